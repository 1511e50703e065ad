package browser

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// patch sends a fragment.
func (v *visitor) patch(ifMatch, body string) reply {
	v.t.Helper()
	header := []string{"Content-Type", typeFragment}
	if ifMatch != "" {
		header = append(header, "If-Match", ifMatch)
	}
	return v.ask(http.MethodPatch, v.at, body, header...)
}

// restarted is the fragment of a client that begins a new ICE session.
func (v *visitor) restarted() string {
	v.t.Helper()
	text, err := fragmentOf(v.describe(&webrtc.OfferOptions{ICERestart: true}))
	fatal(v.t, err)
	return text
}

// takes makes the server's fragment part of the answer that stood, as RFC 9725,
// section 4.3.3 has clients do.
func (v *visitor) takes(body string) {
	v.t.Helper()
	f, err := parseFragment(body)
	fatal(v.t, err)
	d, err := f.offer(parsed(v.t, v.answer))
	fatal(v.t, err)
	v.answer = d.sdp
	v.take(v.answer)
}

func parsed(t testing.TB, text string) *sdp.SessionDescription {
	t.Helper()
	s := &sdp.SessionDescription{}
	fatal(t, s.UnmarshalString(text))
	return s
}

// remotes are the addresses that the server knows of the client.
func (v *visitor) remotes() []int32 {
	var ports []int32
	for _, s := range v.session().peer.pc.GetStats() {
		if c, ok := s.(webrtc.ICECandidateStats); ok && c.Type == webrtc.StatsTypeRemoteCandidate {
			ports = append(ports, c.Port)
		}
	}
	return ports
}

func TestAnIceRestartByPatchKeepsTheSound(t *testing.T) {
	v := newWorld(t).visitor(t, ann)
	v.visit("g")
	v.speak(440)
	v.hears(440)
	before := v.answer
	for _, ifMatch := range []string{"*", ""} {
		if ifMatch == "" {
			ifMatch = v.etag // new credentials say it as well
		}
		r := v.patch(ifMatch, v.restarted())
		v.wants(r, http.StatusOK)
		if got := r.Header.Get("Content-Type"); got != typeFragment {
			t.Errorf("the content type is %s", got)
		}
		v.takes(r.body)
		if now := r.Header.Get("ETag"); now == "" || now == v.etag {
			t.Errorf("the entity-tag is %s after %s", now, v.etag)
		}
		v.wants(v.patch(v.etag, "a=candidate:9 1 udp 1 127.0.0.1 5999 typ host"), http.StatusPreconditionFailed)
		v.etag = r.Header.Get("ETag")
		v.forget()
		v.hears(440)
	}
	if was, is := credentialsOf(parsed(t, before)), credentialsOf(parsed(t, v.answer)); was == is {
		t.Errorf("our credentials are still %v", is)
	}
}

func TestAnAddressThatComesLaterIsTried(t *testing.T) {
	v := newWorld(t).visitor(t, ann)
	v.visit("g")
	r := v.patch(`"x", `+v.etag, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=candidate:9 1 udp 2130706431 127.0.0.1 5999 typ host\r\n")
	v.wants(r, http.StatusNoContent)
	soon(t, "the address is known", func() bool {
		for _, port := range v.remotes() {
			if port == 5999 {
				return true
			}
		}
		return false
	})
}

func TestAFragmentIsRefusedWithWhatIsWrong(t *testing.T) {
	v := newWorld(t).visitor(t, ann)
	v.visit("g")
	v.speak(440)
	candidate := "a=candidate:9 1 udp 1 127.0.0.1 5999 typ host"
	for name, tc := range map[string]struct {
		body, ifMatch string
		status        int
		says          string
	}{
		"no condition":        {candidate, "", http.StatusPreconditionRequired, "If-Match"},
		"another session's":   {candidate, `"9"`, http.StatusPreconditionFailed, "If-Match"},
		"a weak tag":          {candidate, "W/" + v.etag, http.StatusPreconditionFailed, "If-Match"},
		"nothing":             {"", v.etag, http.StatusBadRequest, "fragment"},
		"no fragment":         {"hello", v.etag, http.StatusBadRequest, "fragment"},
		"no usable address":   {"a=candidate:what", v.etag, http.StatusBadRequest, "candidates"},
		"half of credentials": {"a=ice-ufrag:abcd", "*", http.StatusBadRequest, "ice-pwd"},
		"the other half":      {"a=ice-pwd:abcdefghijklmnopqrstuvwx", "*", http.StatusBadRequest, "ice-ufrag"},
		"short credentials":   {"a=ice-ufrag:abcd\na=ice-pwd:short", "*", http.StatusBadRequest, "ice-pwd"},
		"an odd user":         {"a=ice-ufrag:ab d\na=ice-pwd:abcdefghijklmnopqrstuvwx", "*", http.StatusBadRequest, "ice-ufrag"},
		"too long":            {strings.Repeat(candidate+"\n", 1000), v.etag, http.StatusRequestEntityTooLarge, "32768"},
	} {
		t.Run(name, func(t *testing.T) {
			r := v.patch(tc.ifMatch, tc.body)
			if r.StatusCode != tc.status || !strings.Contains(r.body, tc.says) {
				t.Errorf("the answer is %s: %s", r.Status, r.body)
			}
		})
	}
	v.wants(v.ask(http.MethodPatch, v.at, candidate, "Content-Type", typeSDP, "If-Match", v.etag), http.StatusUnsupportedMediaType)
	v.hears(440)
}

func TestWhoRestartsTooOftenIsRefused(t *testing.T) {
	v := newWorld(t).visitor(t, ann)
	v.visit("g")
	for i := range 100 {
		r := v.patch("*", fmt.Sprintf("a=ice-ufrag:user%d\na=ice-pwd:abcdefghijklmnopqrstuvwx", i))
		if r.StatusCode == http.StatusTooManyRequests && i >= offerBurst {
			return
		}
		v.wants(r, http.StatusOK)
	}
	t.Error("nobody minds")
}

func TestAFragmentIsReadToItsFirstMedia(t *testing.T) {
	f, err := parseFragment("a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n" +
		"m=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 1 typ host\r\na=candidate:no\r\n" +
		"m=video 9 RTP/AVP 0\r\na=mid:1\r\na=ice-ufrag:other\r\na=candidate:2 1 udp 1 127.0.0.1 2 typ host\r\n")
	fatal(t, err)
	if f.ufrag != "abcd" || len(f.candidates) != 1 || !strings.Contains(f.candidates[0], "127.0.0.1 1") {
		t.Errorf("it is read as %+v", f)
	}
}

func FuzzFragment(f *testing.F) {
	f.Add("a=ice-ufrag:efgh\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n" +
		"a=candidate:1 1 udp 2130706431 127.0.0.1 5999 typ host\r\na=end-of-candidates\r\n")
	f.Add("a=candidate:1 1 tcp 1 ::1 9 typ host tcptype active\n")
	f.Add("a=ice-ufrag:abcd\na=ice-pwd:abcdefghijklmnopqrstuvwx\na=candidate:1 1 udp 1 x.local 9 typ host\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseFragment(text)
		if err != nil {
			if !errors.Is(err, errInvalid) {
				t.Errorf("%v is not the client's fault", err)
			}
			return
		}
		before := parsed(t, page)
		if !got.restarts(credentialsOf(before)) {
			return
		}
		d, err := got.offer(before)
		if err != nil {
			if !errors.Is(err, errInvalid) {
				t.Errorf("%v is not the client's fault", err)
			}
			return
		}
		now := parsed(t, d.sdp)
		if credentialsOf(now) != got.credentials {
			t.Errorf("the credentials are %v, want %v", credentialsOf(now), got.credentials)
		}
		if d.candidates > maxCandidates || d.candidates > len(got.candidates) {
			t.Errorf("%d candidates of %d", d.candidates, len(got.candidates))
		}
		if was, is := len(parsed(t, page).MediaDescriptions[0].Attributes), len(now.MediaDescriptions[0].Attributes); is != was+d.candidates {
			t.Errorf("%d attributes became %d with %d candidates", was, is, d.candidates)
		}
	})
}
