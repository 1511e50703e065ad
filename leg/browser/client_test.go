package browser

import (
	"context"
	"encoding/json"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/dtmf"
)

// message is anything the server sends.
type message struct {
	Type         string           `json:"type"`
	Ref          *int64           `json:"ref"`
	Call         string           `json:"call"`
	Code         int              `json:"code"`
	Subcode      int              `json:"subCode"`
	Message      string           `json:"message"`
	State        string           `json:"state"`
	SDP          string           `json:"sdp"`
	Resume       string           `json:"resume"`
	ServerCallID string           `json:"serverCallId"`
	Participant  string           `json:"participantId"`
	Role         string           `json:"role"`
	DisplayName  string           `json:"displayName"`
	Reason       *message         `json:"reason"`
	Participants []map[string]any `json:"participants"`
	Speakers     []call.Speaker   `json:"speakers"`
	Text         string           `json:"text"`
	Language     string           `json:"language"`
	Final        bool             `json:"isFinal"`
	Timestamp    time.Time        `json:"timestamp"`
	Send         call.Incoming    `json:"send"`
	Receive      call.Outgoing    `json:"receive"`
}

// client is a page: a signalling socket and, once it calls, a peer connection.
type client struct {
	t    testing.TB
	conn *websocket.Conn
	in   chan message
	kept []message // came while something else was picked
	refs int64
	pc   *webrtc.PeerConnection
	mic  *microphone
	up   chan struct{} // closed when the peer connection is
	down chan struct{} // told when it hears nothing

	once    sync.Once
	mu      sync.Mutex
	heard   []int16
	packets int
	events  []keyPacket
	order   []uint16 // sequence numbers of all packets
	stop    chan struct{}
	tasks   sync.WaitGroup
}

// dial opens the socket without a word.
func (w *world) dial(t testing.TB) *client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, w.url(), &websocket.DialOptions{Subprotocols: []string{protocol}})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	c := &client{t: t, conn: conn, in: make(chan message, 1000), stop: make(chan struct{})}
	c.tasks.Go(c.read)
	t.Cleanup(c.close)
	return c
}

func (c *client) close() {
	_ = c.conn.CloseNow()
	c.hangUpMedia()
	c.tasks.Wait()
}

// hangUpMedia closes the peer connection, as a page that goes away does.
func (c *client) hangUpMedia() {
	select {
	case <-c.stop:
		return
	default:
		close(c.stop)
	}
	if c.pc != nil {
		_ = c.pc.GracefulClose()
	}
}

func (c *client) read() {
	defer close(c.in)
	for {
		_, b, err := c.conn.Read(context.Background())
		if err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(b, &m); err != nil {
			c.t.Errorf("server sent %q: %v", b, err)
			return
		}
		c.in <- m
	}
}

// signIn registers a user.
func (w *world) signIn(t testing.TB, token string) *client {
	t.Helper()
	c := w.dial(t)
	c.say(map[string]any{"type": "hello", "token": token, "displayName": "Ann"})
	c.expect("welcome")
	return c
}

func (c *client) say(m map[string]any) {
	c.t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, b); err != nil {
		c.t.Fatal(err)
	}
}

// pick returns the next message that fits and keeps the others for later.
func (c *client) pick(what string, fits func(message) bool) message {
	c.t.Helper()
	var others []message
	defer func() { c.kept = append(others, c.kept...) }()
	return c.await(what, func(m message) bool {
		if !fits(m) {
			others = append(others, m)
			return false
		}
		return true
	})
}

// ask makes a request about the call c1 and returns its answer.
func (c *client) ask(kind string, more map[string]any) message {
	c.t.Helper()
	c.refs++
	ref := 1000 + c.refs
	m := map[string]any{"type": kind, "ref": ref, "call": "c1"}
	maps.Copy(m, more)
	c.say(m)
	return c.pick("an answer to "+kind, func(a message) bool { return a.Ref != nil && *a.Ref == ref })
}

// await returns the next message that fits, passing over others.
func (c *client) await(what string, fits func(message) bool) message {
	c.t.Helper()
	for len(c.kept) > 0 {
		m := c.kept[0]
		c.kept = c.kept[1:]
		if fits(m) {
			return m
		}
	}
	late := time.After(10 * time.Second)
	for {
		select {
		case m, ok := <-c.in:
			if !ok {
				c.t.Fatalf("the socket closed before %s came", what)
			}
			if fits(m) {
				return m
			}
		case <-late:
			c.t.Fatalf("%s never came", what)
		}
	}
}

func (c *client) expect(kind string) message {
	c.t.Helper()
	return c.await(kind, func(m message) bool { return m.Type == kind })
}

func (c *client) state(s string) message {
	c.t.Helper()
	return c.await("state "+s, func(m message) bool { return m.Type == "state" && m.State == s })
}

// line tells how a client's peer connection differs from a browser's usual.
type line struct {
	noKeys  bool // nor telephone-events
	tcpOnly bool
	ssrc    webrtc.SSRC // of its sound; zero is any
}

// offer makes a peer connection and its offer, every candidate in it.
func (c *client) offer(l line) string {
	c.t.Helper()
	s := webrtc.SettingEngine{}
	s.SetIncludeLoopbackCandidate(true)
	s.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	s.SetIPFilter(func(ip net.IP) bool { return ip.To4() != nil })
	if l.tcpOnly {
		s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	}
	m := &webrtc.MediaEngine{}
	if l.noKeys {
		fatal(c.t, m.RegisterCodec(codecs[0], webrtc.RTPCodecTypeAudio))
	} else {
		fatal(c.t, register(m))
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(s), webrtc.WithMediaEngine(m),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	var err error
	if c.pc, err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
		c.t.Fatal(err)
	}
	sound, err := webrtc.NewTrackLocalStaticRTP(opusCodec, "mic", "page")
	fatal(c.t, err)
	c.mic = &microphone{TrackLocalStaticRTP: sound}
	c.up, c.down = make(chan struct{}), make(chan struct{}, 8)
	c.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch s {
		case webrtc.PeerConnectionStateConnected:
			c.once.Do(func() { close(c.up) })
		case webrtc.PeerConnectionStateDisconnected:
			c.down <- struct{}{}
		default:
		}
	})
	c.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { c.listen(track) })
	how := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendrecv}
	if l.ssrc != 0 {
		how.SendEncodings = []webrtc.RTPEncodingParameters{{RTPCodingParameters: webrtc.RTPCodingParameters{SSRC: l.ssrc}}}
	}
	_, err = c.pc.AddTransceiverFromTrack(c.mic, how)
	fatal(c.t, err)
	return c.describe(nil)
}

// describe makes an offer of the peer connection as it is.
func (c *client) describe(o *webrtc.OfferOptions) string {
	c.t.Helper()
	offer, err := c.pc.CreateOffer(o)
	fatal(c.t, err)
	gathered := webrtc.GatheringCompletePromise(c.pc)
	fatal(c.t, c.pc.SetLocalDescription(offer))
	<-gathered
	return c.pc.LocalDescription().SDP
}

// take makes an answer the server's description.
func (c *client) take(answer string) {
	c.t.Helper()
	fatal(c.t, c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// keyPacket is a telephone-event as it came.
type keyPacket struct {
	rtp.Header
	dtmf.Event
}

// keysReceived are the packets of telephone-events so far.
func (c *client) keysReceived() []keyPacket {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.events)
}

// forget lets what was heard so far be forgotten.
func (c *client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard, c.packets = nil, 0
}

// received is how many packets came since.
func (c *client) received() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.packets
}

// press sends a key as the telephone-events of a browser: a packet every 20
// ms, three of them at the end. n tells presses apart.
func (c *client) press(key dtmf.Tone, n int) {
	c.t.Helper()
	code, ok := key.Code()
	if !ok {
		c.t.Fatalf("%q is no key", key)
	}
	for i := range 8 {
		e := dtmf.Event{Code: code, Volume: 10, Duration: uint16(min(i+1, 6) * media.FrameSize), End: i >= 5}
		c.mic.event(rtp.Header{
			Version: 2, Marker: i == 0, SequenceNumber: uint16(1000*n + i), Timestamp: uint32(n * 48000),
		}, e.Append(nil))
	}
}

// microphone is a track that can carry telephone-events beside the sound, as a
// browser's does.
type microphone struct {
	*webrtc.TrackLocalStaticRTP
	mu    sync.Mutex
	bound webrtc.TrackLocalContext
}

func (m *microphone) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bound = c
	return m.TrackLocalStaticRTP.Bind(c)
}

func (m *microphone) event(h rtp.Header, payload []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h.SSRC, h.PayloadType = uint32(m.bound.SSRC()), 110
	_, _ = m.bound.WriteStream().WriteRTP(&h, payload)
}

// extension is the negotiated id of a header extension.
func (c *client) extension(uri string) uint8 {
	for _, e := range c.pc.GetSenders()[0].GetParameters().HeaderExtensions {
		if e.URI == uri {
			return uint8(e.ID)
		}
	}
	c.t.Fatalf("%s was not negotiated", uri)
	return 0
}
