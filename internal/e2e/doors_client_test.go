package e2e

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/measure"
)

// said is anything that the server says on the signalling socket.
type said struct {
	Type         string
	Ref          *int64
	Call         string
	Code         int
	Subcode      int
	Message      string
	State        string
	SDP          string
	Resume       string
	ServerCallID string
	Role         string
	Reason       *said
	Participants []struct {
		Identifier struct{ RawID string }
		State      string
		IsMuted    bool
	}
}

// guest is a program that says what it likes to the server, and
// sends and hears sound with a peer connection of its own.
type guest struct {
	t    testing.TB
	conn *websocket.Conn
	in   chan said
	kept []said
	refs int64

	pc    *webrtc.PeerConnection
	mic   *webrtc.TrackLocalStaticRTP
	up    chan struct{}
	stop  chan struct{}
	tasks sync.WaitGroup

	mu      sync.Mutex
	hearing sound
	packets int
}

// dial opens a signalling socket, over TLS.
func (h *house) dial() *guest {
	h.t.Helper()
	return dialAt(h.t, "wss://"+h.HTTPSAddr(), &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusting(h.t, h.root)}, DisableKeepAlives: true,
	}})
}

func dialAt(t testing.TB, base string, through *http.Client) *guest {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, base+"/client/signal", &websocket.DialOptions{
		Subprotocols: []string{"botd.signal.v1"}, HTTPClient: through,
	})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	g := &guest{t: t, conn: conn, in: make(chan said, 2000), stop: make(chan struct{})}
	g.tasks.Go(g.read)
	t.Cleanup(g.leave)
	return g
}

// leave closes everything, as a program that is ended does.
func (g *guest) leave() {
	_ = g.conn.CloseNow() // it may be closed
	select {
	case <-g.stop:
	default:
		close(g.stop)
	}
	if g.pc != nil {
		_ = g.pc.GracefulClose() // nobody is left to be told
	}
	g.tasks.Wait()
}

func (g *guest) read() {
	defer close(g.in)
	for {
		_, b, err := g.conn.Read(context.Background())
		if err != nil {
			return
		}
		var m said
		if err := json.Unmarshal(b, &m); err != nil {
			g.t.Errorf("the server said %q: %v", b, err)
			return
		}
		g.in <- m
	}
}

// enter registers a user with a new socket.
func (h *house) enter(u user) *guest {
	h.t.Helper()
	g := h.dial()
	g.say(map[string]any{"type": "hello", "token": u.token})
	g.await("welcome", func(m said) bool { return m.Type == "welcome" })
	return g
}

func (g *guest) say(m map[string]any) {
	g.t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		g.t.Fatal(err)
	}
	if err := g.conn.Write(g.t.Context(), websocket.MessageText, b); err != nil {
		g.t.Fatal(err)
	}
}

// ask makes a request about a call and returns its answer.
func (g *guest) ask(kind string, more map[string]any) said {
	g.t.Helper()
	g.refs++
	ref := g.refs
	m := map[string]any{"type": kind, "ref": ref, "call": "c1"}
	maps.Copy(m, more)
	g.say(m)
	return g.await("the answer to "+kind, func(a said) bool { return a.Ref != nil && *a.Ref == ref })
}

// whom is an identifier in a request.
func whom(u user) map[string]any { return map[string]any{"rawId": u.id} }

// refused makes a request that must be refused.
func (g *guest) refused(code, subcode int, kind string, more map[string]any) {
	g.t.Helper()
	if m := g.ask(kind, more); m.Type != "error" || m.Code != code || m.Subcode != subcode {
		g.t.Errorf("%s is answered %s, want %d/%d", kind, raw(m), code, subcode)
	}
}

// await returns the first message that fits; others wait for their turn.
func (g *guest) await(what string, fits func(said) bool) said {
	g.t.Helper()
	if at := slices.IndexFunc(g.kept, fits); at >= 0 {
		m := g.kept[at]
		g.kept = slices.Delete(g.kept, at, at+1)
		return m
	}
	late := time.NewTimer(15 * time.Second)
	defer late.Stop()
	for {
		select {
		case m, open := <-g.in:
			if !open {
				g.t.Fatalf("the socket was closed before %s came", what)
			}
			if fits(m) {
				return m
			}
			g.kept = append(g.kept, m)
		case <-late.C:
			g.t.Fatalf("%s never came; there is %s", what, raw(g.kept))
		}
	}
}

// reach waits for a state of the call.
func (g *guest) reach(state string) said {
	g.t.Helper()
	return g.await("the state "+state, func(m said) bool { return m.Type == "state" && m.State == state })
}

// cut waits until the server closes the socket, and returns what it said last
// and the code.
func (g *guest) cut() (last said) {
	g.t.Helper()
	late := time.NewTimer(10 * time.Second)
	defer late.Stop()
	for {
		select {
		case m, open := <-g.in:
			if !open {
				return last
			}
			last = m
		case <-late.C:
			g.t.Fatal("the socket stays open")
		}
	}
}

// join goes into a call and waits for media to flow.
func (g *guest) join(locator map[string]any) said {
	g.t.Helper()
	more := map[string]any{"sdp": g.offer()}
	maps.Copy(more, locator)
	m := g.ask("join", more)
	if m.Type != "ok" {
		g.t.Fatalf("join %v is answered %s", locator, raw(m))
	}
	g.flow()
	return m
}

// flow takes the server's description and waits until the peers are connected.
func (g *guest) flow() {
	g.t.Helper()
	g.take()
	select {
	case <-g.up:
	case <-time.After(15 * time.Second):
		g.t.Fatal("media never flows")
	}
}

// take makes the next answer the server's description.
func (g *guest) take() {
	g.t.Helper()
	m := g.await("an answer", func(m said) bool { return m.Type == "answer" })
	if err := g.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: m.SDP}); err != nil {
		g.t.Fatal(err)
	}
}

// offer makes a peer connection on loopback and describes it.
func (g *guest) offer() string {
	g.t.Helper()
	e := webrtc.SettingEngine{}
	e.SetIncludeLoopbackCandidate(true)
	e.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	e.SetIPFilter(func(ip net.IP) bool { return ip.To4() != nil })
	m := &webrtc.MediaEngine{}
	opus := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: rate, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}
	must(g.t, m.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 111}, webrtc.RTPCodecTypeAudio))
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(e), webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(&interceptor.Registry{})).
		NewPeerConnection(webrtc.Configuration{})
	must(g.t, err)
	g.pc, g.up = pc, make(chan struct{})
	g.mic, err = webrtc.NewTrackLocalStaticRTP(opus, "mic", "guest")
	must(g.t, err)
	up := sync.OnceFunc(func() { close(g.up) })
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			up()
		}
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { g.listen(track) })
	_, err = pc.AddTrack(g.mic)
	must(g.t, err)
	return g.describe(nil)
}

// describe makes an offer of the peer connection as it is.
func (g *guest) describe(o *webrtc.OfferOptions) string {
	g.t.Helper()
	offer, err := g.pc.CreateOffer(o)
	must(g.t, err)
	gathered := webrtc.GatheringCompletePromise(g.pc)
	must(g.t, g.pc.SetLocalDescription(offer))
	<-gathered
	return g.pc.LocalDescription().SDP
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// listen keeps what the server sends.
func (g *guest) listen(track *webrtc.TrackRemote) {
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
		g.mu.Lock()
		g.packets++
		if decoder.Decode(f, p.Payload) == nil {
			g.hearing = append(g.hearing, f.Samples...)
		}
		g.mu.Unlock()
	}
}

// sing sends a tone until the guest leaves, whatever the server says.
func (g *guest) sing(hz int) {
	g.t.Helper()
	row, err := codec.Find("opus")
	must(g.t, err)
	encoder, err := row.NewEncoder(media.Format{Codec: "opus", Rate: media.Rate})
	must(g.t, err)
	g.tasks.Go(func() {
		tick := time.NewTicker(media.FrameDuration)
		defer tick.Stop()
		f, b, second := media.NewFrame(media.Rate), make([]byte, 0, 1500), tone(hz, time.Second)
		for i := 0; ; i++ {
			select {
			case <-g.stop:
				return
			case <-tick.C:
			}
			copy(f.Samples, second[i*media.FrameSize%rate:])
			payload, err := encoder.Encode(b[:0], f)
			if err != nil {
				return
			}
			_ = g.mic.WriteRTP(&rtp.Packet{Header: rtp.Header{ // it may not flow yet
				Version: 2, SequenceNumber: uint16(i), Timestamp: uint32(i * media.FrameSize), //nolint:gosec // they wrap
			}, Payload: payload})
		}
	})
}

// forget lets go of what was heard so far.
func (g *guest) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hearing, g.packets = nil, 0
}

// heard is what came since, and in how many packets.
func (g *guest) heard() (sound, int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.hearing), g.packets
}

// hears waits until half a second of a tone, and of nothing else, was heard.
func (g *guest) hears(hz float64) {
	g.t.Helper()
	g.forget()
	late := time.NewTimer(15 * time.Second)
	defer late.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		all, packets := g.heard()
		last := all[max(0, len(all)-rate/2):]
		if len(last) == rate/2 {
			if peak, _ := measure.Peak(last, rate); peak > hz-5 && peak < hz+5 && measure.LevelDBFS(last) > audible {
				return
			}
		}
		select {
		case <-tick.C:
		case <-late.C:
			g.t.Fatalf("%v Hz are not heard, in %d packets", hz, packets)
		}
	}
}
