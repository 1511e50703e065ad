package e2e

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
)

// passer is a program that joins by one request and knows no signalling.
type passer struct {
	*guest
	base   string
	token  string
	http   *http.Client
	at     string // the session's address
	answer string // the server's description as it stands
	tape   tape
}

// pass makes one who talks to a server without TLS.
func (s server) pass(t testing.TB) *passer {
	t.Helper()
	return newPasser(t, s.page, "", &http.Transport{})
}

// pass makes one who talks to a server over TLS, with a token.
func (h *house) pass(u user) *passer {
	h.t.Helper()
	return newPasser(h.t, "https://"+h.HTTPSAddr(), u.token,
		&http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusting(h.t, h.root)}})
}

func newPasser(t testing.TB, base, token string, through *http.Transport) *passer {
	t.Helper()
	p := &passer{
		guest: &guest{t: t, stop: make(chan struct{})}, base: base, token: token,
		http: &http.Client{Transport: through, Timeout: 20 * time.Second},
	}
	t.Cleanup(func() {
		close(p.stop)
		if p.pc != nil {
			_ = p.pc.GracefulClose() // nobody is left to be told
		}
		p.tasks.Wait()
		through.CloseIdleConnections()
	})
	return p
}

// reply is what a request was answered.
type reply struct {
	status int
	header http.Header
	body   string
}

// send makes a request; header is names and values in turn.
func (p *passer) send(method, at, body string, header ...string) reply {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.base+at, strings.NewReader(body))
	must(p.t, err)
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i < len(header); i += 2 {
		if r.Header.Set(header[i], header[i+1]); header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	resp, err := p.http.Do(r)
	must(p.t, err)
	b, err := io.ReadAll(resp.Body)
	must(p.t, errors.Join(err, resp.Body.Close()))
	return reply{resp.StatusCode, resp.Header, string(b)}
}

// knock posts an offer.
func (p *passer) knock(place string, header ...string) reply {
	p.t.Helper()
	offer := p.offer()
	p.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { p.tape.record(track) })
	return p.send(http.MethodPost, "/whip/"+place, offer, append([]string{"Content-Type", "application/sdp"}, header...)...)
}

// come joins and waits for media to flow.
func (p *passer) come(place string) {
	p.t.Helper()
	r := p.knock(place)
	if r.status != http.StatusCreated {
		p.t.Fatalf("coming to %s is answered %d: %s", place, r.status, r.body)
	}
	p.at = r.header.Get("Location")
	p.understand(r.body)
	select {
	case <-p.up:
	case <-time.After(15 * time.Second):
		p.t.Fatal("media never flows")
	}
}

// understand makes an answer the server's description.
func (p *passer) understand(answer string) {
	p.t.Helper()
	p.answer = answer
	must(p.t, p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
}

// refused wants an offer to be refused with a status.
func (p *passer) refused(place string, status int, header ...string) {
	p.t.Helper()
	r := p.knock(place, header...)
	if r.status != status || r.header.Get("Content-Type") != "application/problem+json" {
		p.t.Errorf("coming to %s is answered %d: %s, want %d", place, r.status, r.body, status)
	}
	must(p.t, p.pc.GracefulClose())
}

// goAway leaves the call.
func (p *passer) goAway() {
	p.t.Helper()
	if r := p.send(http.MethodDelete, p.at, ""); r.status != http.StatusOK {
		p.t.Fatalf("leaving is answered %d: %s", r.status, r.body)
	}
}

// restart begins a new ICE session, as a client whose network changed.
func (p *passer) restart() {
	p.t.Helper()
	offer := p.describe(&webrtc.OfferOptions{ICERestart: true})
	r := p.send(http.MethodPatch, p.at, iceOf(p.t, offer), "Content-Type", "application/trickle-ice-sdpfrag", "If-Match", "*")
	if r.status != http.StatusOK {
		p.t.Fatalf("a restart is answered %d: %s", r.status, r.body)
	}
	p.understand(withICE(p.t, p.answer, r.body))
}

// isICE reports whether a line of a description is about ICE.
func isICE(line string) bool {
	for _, prefix := range []string{"a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates"} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}

// iceOf is a description's ICE as a fragment.
func iceOf(t testing.TB, description string) string {
	t.Helper()
	var s sdp.SessionDescription
	must(t, s.UnmarshalString(description))
	fragment := "m=" + s.MediaDescriptions[0].MediaName.String() + "\r\na=mid:0\r\n"
	for line := range strings.Lines(description) {
		if isICE(line) {
			fragment += line
		}
	}
	return fragment
}

// withICE is a description with the ICE of a fragment instead of its own.
func withICE(t testing.TB, description, fragment string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(description) {
		if !isICE(line) {
			b.WriteString(line)
		}
	}
	for line := range strings.Lines(fragment) {
		if isICE(line) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// tape is what came in the order and at the place that the packets' time stamps
// say, so that what did not come is silence.
type tape struct {
	mu    sync.Mutex
	begun bool
	first uint32
	sound sound
}

// record takes all packets of a track.
func (r *tape) record(track *webrtc.TrackRemote) {
	row, err := codec.Find("opus")
	if err != nil {
		return
	}
	decoder, err := row.NewDecoder()
	if err != nil {
		return
	}
	f := media.NewFrame(media.Rate)
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		if decoder.Decode(f, p.Payload) == nil {
			r.put(p.Timestamp, f.Samples)
		}
	}
}

func (r *tape) put(at uint32, samples []int16) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.begun {
		r.begun, r.first = true, at
	}
	from := int(int32(at - r.first)) //nolint:gosec // time stamps wrap
	if from < 0 {
		return
	}
	if need := from + len(samples); need > len(r.sound) {
		r.sound = append(r.sound, make(sound, need-len(r.sound))...)
	}
	copy(r.sound[from:], samples)
}

// forget begins the tape anew.
func (r *tape) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun, r.sound = false, nil
}

func (r *tape) length() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return seconds(len(r.sound))
}

func (r *tape) copied() sound {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.sound)
}

// next waits until so much has come from now on, and returns it.
func (p *passer) next(d time.Duration) sound {
	p.t.Helper()
	p.tape.forget()
	p.lasts(d)
	return p.tape.copied()
}

// lasts waits until so much is on the tape.
func (p *passer) lasts(d time.Duration) {
	p.t.Helper()
	late := time.NewTimer(d + 15*time.Second)
	defer late.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for p.tape.length() < d {
		select {
		case <-tick.C:
		case <-late.C:
			p.t.Fatalf("only %v of sound came, want %v", p.tape.length(), d)
		}
	}
}
