package browser

import (
	"fmt"
	"math/rand/v2"
	"net"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/call"
)

func TestStrangersCannotDisturbACall(t *testing.T) {
	w := newWorld(t)
	c := w.signIn(t, ann)
	c.join("g", line{})
	c.speak(440)
	c.hears(440)
	conn, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", w.MediaPort()))
	fatal(t, err)
	defer conn.Close()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		_, _ = conn.Write(hostile(random, i))
	}
	fatal(t, conn.SetReadDeadline(time.Now().Add(300*time.Millisecond)))
	if n, err := conn.Read(make([]byte, 1500)); err == nil {
		t.Errorf("a stranger was answered with %d bytes", n)
	}
	c.mu.Lock()
	c.heard = nil
	c.mu.Unlock()
	c.hears(440)
	if c.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
		t.Errorf("the call is %v", c.pc.ConnectionState())
	}
}

// hostile is a datagram that begins like one of STUN, DTLS, RTP or RTCP (RFC
// 7983, section 7) and goes on as it likes.
func hostile(random *rand.Rand, i int) []byte {
	starts := [][]byte{
		{0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42},
		{22, 254, 253},
		{0x80, 111},
		{0x80, 201},
		{},
		{0, 1, 0xff, 0xff, 0x21, 0x12, 0xa4, 0x42},
		{22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1},
	}
	b := make([]byte, random.IntN(1400))
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return append(append([]byte{}, starts[i%len(starts)]...), b...)
}

func TestAnIceRestartKeepsTheCall(t *testing.T) {
	c := newWorld(t).signIn(t, ann)
	c.join("g", line{})
	c.speak(440)
	c.hears(440)
	c.say(map[string]any{
		"type": "offer", "ref": 5, "call": "c1", "sdp": c.describe(&webrtc.OfferOptions{ICERestart: true}),
	})
	c.take(c.expect("answer").SDP)
	c.mu.Lock()
	c.heard = nil
	c.mu.Unlock()
	c.hears(440)
}

func TestMediaThatNeverFlowsFails(t *testing.T) {
	c := newWorld(t, func(c *Config) { c.SetupTimeout = 200 * time.Millisecond }).signIn(t, ann)
	c.say(map[string]any{"type": "join", "ref": 1, "call": "c1", "groupId": "g", "sdp": c.offer(line{})})
	c.expect("answer") // and never takes it
	r := c.state("Disconnected").Reason
	if r.Code != call.ReasonMediaFailed.Code || r.Subcode != call.ReasonMediaFailed.Subcode {
		t.Errorf("the call ends with %d/%d", r.Code, r.Subcode)
	}
}

func TestAnOfferIsNotAnsweredWhileItRings(t *testing.T) {
	w := newWorld(t)
	caller, callee := w.signIn(t, ann), w.signIn(t, bob)
	caller.say(map[string]any{
		"type": "start", "ref": 1, "call": "c1", "sdp": caller.offer(line{}), "targets": []map[string]string{{"rawId": bob}},
	})
	in := callee.expect("incoming")
	callee.say(map[string]any{"type": "reject", "ref": 2, "call": in.Call})
	for {
		m := caller.await("anything", func(message) bool { return true })
		if m.Type == "answer" {
			t.Fatal("an unanswered call was given an address")
		}
		if m.State == "Disconnected" {
			if m.Reason.Code != 603 {
				t.Errorf("a rejected call ends with %d/%d", m.Reason.Code, m.Reason.Subcode)
			}
			return
		}
	}
}

func TestMutingIsSeenByOthersAndToldToTheMuted(t *testing.T) {
	w := newWorld(t)
	a, b := w.signIn(t, ann), w.signIn(t, bob)
	a.join("g", line{})
	b.join("g", line{})
	muted := func(m message) bool {
		return m.Type == "roster" && len(m.Participants) == 1 && m.Participants[0]["isMuted"] == true
	}
	open := func(m message) bool {
		return m.Type == "roster" && len(m.Participants) == 1 && m.Participants[0]["isMuted"] == false
	}
	a.say(map[string]any{"type": "mute", "ref": 1, "call": "c1"})
	b.await("a muted participant", muted)
	a.say(map[string]any{"type": "unmute", "ref": 2, "call": "c1"})
	b.await("an open one", open)
	b.say(map[string]any{"type": "muteOthers", "ref": 3, "call": "c1"})
	a.expect("muted")
	b.await("a muted participant", muted)
}

func TestSpeakingIsSeen(t *testing.T) {
	w := newWorld(t)
	a, b := w.signIn(t, ann), w.signIn(t, bob)
	a.join("g", line{})
	b.join("g", line{})
	a.speak(440)
	b.await("somebody speaking", func(m message) bool {
		return m.Type == "roster" && len(m.Participants) == 1 && m.Participants[0]["isSpeaking"] == true
	})
}

func TestThePageIsToldWhoSpeaks(t *testing.T) {
	w := newWorld(t)
	a, b := w.signIn(t, ann), w.signIn(t, bob)
	a.join("g", line{})
	b.join("g", line{})
	a.speak(440)
	for _, c := range []*client{a, b} {
		c.await("who speaks", func(m message) bool {
			return m.Type == "speakers" && m.Call == "c1" && len(m.Speakers) == 1 && m.Speakers[0].Identity == ann && m.Speakers[0].Speaking
		})
	}
}

func TestThePageIsToldThatItsUserSpeaksUnheard(t *testing.T) {
	w := newWorld(t)
	a, b := w.signIn(t, ann), w.signIn(t, bob)
	a.join("g", line{})
	b.join("g", line{})
	b.say(map[string]any{"type": "muteOthers", "ref": 3, "call": "c1"})
	a.expect("muted")
	a.speak(440)
	a.expect("mutedSpeaking")
}

func TestAKeyIsReportedOnce(t *testing.T) {
	w := newWorld(t)
	c := w.signIn(t, ann)
	w.ring(t, ann)
	in := c.expect("incoming")
	c.say(map[string]any{"type": "accept", "ref": 1, "call": in.Call, "sdp": c.offer(line{})})
	c.take(c.expect("answer").SDP)
	c.state("Connected")
	<-c.up
	c.press("five", 1)
	c.press("five", 2)
	c.press("pound", 3)
	w.pressed(t, "five five pound")
}

// relay carries datagrams between a client and the media port, or not.
type relay struct {
	near, far *net.UDPConn
	client    atomic.Pointer[net.UDPAddr]
	dark      atomic.Bool
	tasks     sync.WaitGroup
}

func newRelay(t *testing.T, port int) *relay {
	t.Helper()
	near, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	fatal(t, err)
	far, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	fatal(t, err)
	r := &relay{near: near, far: far}
	r.tasks.Go(func() {
		b := make([]byte, 2000)
		for {
			n, from, err := near.ReadFromUDP(b)
			if err != nil {
				return
			}
			r.client.Store(from)
			if !r.dark.Load() {
				_, _ = far.Write(b[:n])
			}
		}
	})
	r.tasks.Go(func() {
		b := make([]byte, 2000)
		for {
			n, err := far.Read(b)
			if err != nil {
				return
			}
			if to := r.client.Load(); to != nil && !r.dark.Load() {
				_, _ = near.WriteToUDP(b[:n], to)
			}
		}
	})
	t.Cleanup(func() {
		_, _ = near.Close(), far.Close()
		r.tasks.Wait()
	})
	return r
}

var anyCandidate = regexp.MustCompile(`(?m)^a=candidate:.*\r\n`)

// between joins a group through the relay: neither side knows the other's
// address.
func (r *relay) between(c *client, group string) {
	c.t.Helper()
	c.say(map[string]any{
		"type": "join", "ref": 100, "call": "c1", "groupId": group,
		"sdp": anyCandidate.ReplaceAllString(c.offer(line{}), ""),
	})
	text := anyCandidate.ReplaceAllString(c.expect("answer").SDP, "")
	port := r.near.LocalAddr().(*net.UDPAddr).Port
	text = strings.Replace(text, "a=rtpmap:", fmt.Sprintf("a=candidate:1 1 udp 2130706431 127.0.0.1 %d typ host\r\na=rtpmap:", port), 1)
	c.take(text)
	c.state("Connected")
	<-c.up
}

func TestASilentNetworkIsForgivenForAWhile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 15 s")
	}
	w := newWorldWith(t, call.Timeouts{Reconnect: 2 * time.Second})
	c := w.signIn(t, ann)
	r := newRelay(t, w.MediaPort())
	r.between(c, "g")
	c.speak(440)
	c.hears(440)

	r.dark.Store(true)
	<-c.down // the server's patience is the same
	r.dark.Store(false)
	c.mu.Lock()
	c.heard = nil
	c.mu.Unlock()
	c.hears(440)

	r.dark.Store(true)
	began := time.Now()
	if s := c.state("Disconnected").Reason; s.Code != call.ReasonMediaLost.Code {
		t.Errorf("the call ends with %d/%d", s.Code, s.Subcode)
	}
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("a lost client was removed after %v", d)
	}
}
