package browser

import (
	"bytes"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/pion/webrtc/v4"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

func TestAMistakeInOnesSoundEndsNobodyElsesTick(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	core, logged := observer.New(zap.ErrorLevel)
	c.ear.leg.log = zap.New(core)
	c.ear.leg.port.buffer = nil // a mistake
	for range 3 {
		c.send(c.packet("a word"))
		c.in.fetch(time.Now())
	}
	c.send([]byte{0, 1, 2})
	c.in.fetch(time.Now())
	soon(t, "it is told", func() bool { return logged.Len() == 1 })
	if text, _ := logged.All()[0].ContextMap()["stack"].(string); !bytes.Contains([]byte(text), []byte("ear.go")) {
		t.Errorf("where it was is not told: %s", text)
	}
}

func TestTwoClientsThatChoseTheSameNumberAreBothHeard(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	c.send(c.packet("the first"))
	c.in.fetch(time.Now())
	other := known(t)
	other.master = bytes.Repeat([]byte{9}, 48)
	c.in.sources.add(talker, newSource(other, newTestEar(t)))
	c.cipher = other.cipher(0, theirs)
	for range 2 * triesMost {
		c.send(c.packet("the second"))
	}
	c.in.fetch(time.Now())
	if n := len(c.in.strays.waiting) - c.in.strays.first; n != 2*triesMost {
		t.Errorf("%d of %d packets of the second go the long way", n, 2*triesMost)
	}
	if c.heard() != 1 {
		t.Errorf("%d packets are heard as of the first", c.heard())
	}
}

func TestTwoCallersThatChoseTheSameNumberAreBothHeard(t *testing.T) {
	w := newWorld(t)
	a, b := w.signIn(t, ann), w.signIn(t, bob)
	a.join("one", line{ssrc: 7})
	a.speak(440)
	a.hears(440)
	b.join("other", line{ssrc: 7})
	b.speak(600)
	b.hears(600)
	a.forget()
	a.hears(440)
}

func TestAClientWhoseSoundGoesOnAsAnotherStreamIsHeard(t *testing.T) {
	c := newWorld(t).signIn(t, ann)
	c.join("g", line{})
	c.speak(440)
	c.hears(440)
	fatal(t, c.pc.RemoveTrack(c.pc.GetSenders()[0]))
	sound, err := webrtc.NewTrackLocalStaticRTP(opusCodec, "other", "page")
	fatal(t, err)
	c.mic = &microphone{TrackLocalStaticRTP: sound}
	_, err = c.pc.AddTrack(c.mic)
	fatal(t, err)
	c.say(map[string]any{"type": "offer", "ref": 5, "call": "c1", "sdp": c.describe(nil)})
	c.take(c.expect("answer").SDP)
	c.speak(600)
	c.forget()
	c.hears(600)
}

func TestAClientThatBeginsEverMoreStreamsIsLost(t *testing.T) {
	for name, begin := range map[string]func(c *client, ssrc uint32){
		"of sound": func(c *client, ssrc uint32) {
			h := rtp.Header{Version: 2, SSRC: ssrc, PayloadType: 111}
			_, _ = c.mic.bound.WriteStream().WriteRTP(&h, []byte("a word"))
		},
		"of reports": func(c *client, ssrc uint32) {
			_ = c.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{SenderSSRC: 1, MediaSSRC: ssrc}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newWorld(t).signIn(t, ann)
			c.join("g", line{})
			for ssrc := range uint32(2 * streamsMost) {
				begin(c, 1000+ssrc)
			}
			if r := c.state("Disconnected").Reason; r.Code != call.ReasonMediaLost.Code || r.Subcode != call.ReasonMediaLost.Subcode {
				t.Errorf("the call ends with %d/%d", r.Code, r.Subcode)
			}
		})
	}
}

// ticking fetches and flushes, as a bridge's clock does.
func (w *world) ticking(t *testing.T) {
	t.Helper()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(media.FrameDuration)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				w.Fetch()
				w.Flush()
			case <-stop:
				return
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		<-done
	})
}

func TestAnIceRestartKeepsTheShortWays(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Batched = true })
	w.ticking(t)
	c := w.signIn(t, ann)
	c.join("g", line{})
	c.speak(440)
	c.hears(440)
	for ref := range 3 {
		c.say(map[string]any{
			"type": "offer", "ref": ref, "call": "c1", "sdp": c.describe(&webrtc.OfferOptions{ICERestart: true}),
		})
		c.take(c.expect("answer").SDP)
		c.forget()
		c.hears(440)
	}
	out := w.onlyLeg(t).port.track
	soon(t, "packets go the short way", func() bool {
		out.mu.Lock()
		defer out.mu.Unlock()
		return out.route.open() && !out.route.failed
	})
	w.engine.out.sources.of.Range(func(_, in any) bool {
		s := in.(*source)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.cipher == nil || s.count == 0 {
			t.Error("packets come the long way only")
		}
		return true
	})
}

// A client that has been away over TCP for 11 minutes or more has come round the
// corner of its sequence numbers, and the cipher of the short way does not know.
func TestAClientThatHasBeenAwayForLongIsHeardTheLongWay(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	c.send(c.packet("before"))
	c.in.fetch(time.Now())
	c.cipher.SetROC(talker, 3)
	want := c.packet("after")
	c.send(want)
	c.in.fetch(time.Now())
	if !c.in.strays.some() || !bytes.Equal(c.in.strays.waiting[0].packet, want) {
		t.Error("it is heard nowhere")
	}
}

// In a call that lasts, sequence numbers come round the corner every 22 minutes.
// The peer connection sees one packet in fifty of them.
func TestALongCallIsHeardByBothWays(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	long := c.secret.cipher(0, theirs, srtp.SRTPReplayProtection(replayWindow))
	const packets = 1<<16 + 200 // twice round the corner
	took, buffer := 0, make([]byte, 0, maxPacket)
	for n := range packets {
		b := c.packet("a word")
		if n == 0 { // by which it has found out that there is a client
			_, err := long.DecryptRTP(buffer, b, nil)
			fatal(t, err)
		}
		if c.in.sources.take(b, time.Now()) {
			continue
		}
		took++
		if _, err := long.DecryptRTP(buffer, b, nil); err != nil {
			t.Fatalf("packet %d: %v", c.header.SequenceNumber, err)
		}
	}
	if took != packets/probeEvery {
		t.Errorf("%d of %d packets took the long way", took, packets)
	}
	if heard := c.heard(); heard < packets-int64(took) {
		t.Errorf("%d of %d packets were heard", heard, packets)
	}
}

func TestALongCallIsSentByBothWays(t *testing.T) {
	out, way, _ := routed(t, 0)
	const packets = 1<<16 + 200
	for range packets {
		out.hear(toHear("a word"))
	}
	if out.route.failed || way.taken > packets/probeEvery+1 {
		t.Errorf("%d of %d packets took the long way", way.taken, packets)
	}
}

func TestAReportAboutBothSoundsIsTakenOnce(t *testing.T) {
	var r reported
	at := time.Unix(1700000000, 0)
	r.own(&rtcp.SenderReport{SSRC: 9, NTPTime: 1 << 40, Reports: []rtcp.ReceptionReport{{SSRC: 7, FractionLost: 60}}}, at)
	r.own(&rtcp.ReceiverReport{SSRC: 9, Reports: []rtcp.ReceptionReport{{SSRC: 7, FractionLost: 60}}}, at)
	if r.arrives().known {
		t.Error("what it says of our sound is taken with what it says of its own")
	}
	if lsr, _ := r.echo(at.Add(time.Second)); lsr != 1<<24 {
		t.Errorf("what it says of its own is %x", lsr)
	}
}

// onlyLeg is the leg that the server measures.
func (w *world) onlyLeg(t *testing.T) *leg {
	t.Helper()
	w.meter.mu.Lock()
	defer w.meter.mu.Unlock()
	for _, turn := range w.meter.legs {
		for l := range turn {
			return l
		}
	}
	t.Fatal("there is none")
	return nil
}

func TestWhoAsksForPacketsWithoutEndIsNotSentThemWithoutEnd(t *testing.T) {
	track, to := boundTrack()
	track.again(nil)
	for range cached {
		track.hear(toHear("a"))
	}
	var r reported
	last := to.headers[len(to.headers)-1].SequenceNumber
	ask := &rtcp.TransportLayerNack{MediaSSRC: 7}
	for range 300 {
		ask.Nacks = append(ask.Nacks, rtcp.NackPair{PacketID: last - cached + 1, LostPackets: 0xffff})
	}
	for range 10 {
		r.take(ask, time.Now(), track)
	}
	if n := len(to.headers) - cached; n < cached || n > 3*cached {
		t.Errorf("%d packets were sent again", n)
	}
}

func TestWhoLeavesGapsWithoutEndIsNotAskedWithoutEnd(t *testing.T) {
	r := newReceiving(lanes{nack: true})
	for n := range uint16(20_000) {
		r.now = r.now.Add(-media.FrameDuration + 50*time.Microsecond) // a flood
		r.packet(t, 2*n, 0)
	}
	if n := len(pick[*rtcp.TransportLayerNack](r.sent)); n < 10 || n > 110 {
		t.Errorf("asked %d times in a second", n)
	}
}

func TestTransportFeedbackTellsOfNoMoreThanCanBeMissing(t *testing.T) {
	r := newReceiving(lanes{transport: 3})
	for n := range uint16(100) {
		r.packet(t, 30_000*n, 0)
	}
	count := 0
	for _, p := range pick[*rtcp.TransportLayerCC](r.sent) {
		count += int(p.PacketStatusCount)
	}
	if count > 10_000 {
		t.Errorf("of 100 packets it tells of %d", count)
	}
}

func TestTheJitterOfACallThatLastsForDaysIsRight(t *testing.T) {
	var c clock
	began := 53*time.Hour + 22*time.Minute
	for n := range 50 * 60 { // a minute in which 2^63 ns times 48,000 is passed
		c.take(uint32(n)*media.FrameSize, began+time.Duration(n)*media.FrameDuration)
		if c.jitter > 1 {
			t.Fatalf("without jitter it is %.0f", c.jitter)
		}
	}
}
