package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/jitter"
)

// agreed is what a negotiation came to.
type agreed struct {
	webrtc.TrackLocalContext
	codecs []webrtc.RTPCodecParameters
}

func (a agreed) CodecParameters() []webrtc.RTPCodecParameters { return a.codecs }
func (a agreed) SSRC() webrtc.SSRC                            { return 7 }
func (a agreed) WriteStream() webrtc.TrackLocalWriter         { return &sent{} }

func TestAClientThatPutsRedundancyFirstGetsIt(t *testing.T) {
	opus := webrtc.RTPCodecParameters{RTPCodecCapability: opusCodec, PayloadType: 111}
	red := webrtc.RTPCodecParameters{RTPCodecCapability: redCodec, PayloadType: 63}
	for _, c := range []struct {
		codecs []webrtc.RTPCodecParameters
		red    uint8
	}{
		{[]webrtc.RTPCodecParameters{opus, red}, 0},
		{[]webrtc.RTPCodecParameters{red, opus}, 63},
		{[]webrtc.RTPCodecParameters{opus}, 0},
	} {
		out := newTrack()
		if _, err := out.Bind(agreed{codecs: c.codecs}); err != nil {
			t.Fatal(err)
		}
		if to := out.bound.Load(); to.opus != 111 || to.red != c.red {
			t.Errorf("of %d codecs it takes %+v", len(c.codecs), to)
		}
	}
	if _, err := newTrack().Bind(agreed{codecs: []webrtc.RTPCodecParameters{red}}); err == nil {
		t.Error("redundancy without Opus is taken")
	}
}

func TestRedundancyIsOfferedBack(t *testing.T) {
	w := newWorld(t)
	offer := strings.Replace(page, "SAVPF 111 63", "SAVPF 63 111", 1)
	d, err := parseOffer(offer)
	fatal(t, err)
	p, err := w.engine.newPeer(d, w.metrics, newTrack(), nil)
	fatal(t, err)
	defer p.close()
	text, err := p.answer(t.Context())
	fatal(t, err)
	if !strings.Contains(text, "a=rtpmap:63 red/48000/2") || !strings.Contains(text, "SAVPF 63 111") {
		t.Errorf("the answer is\n%s", text)
	}
}

func TestEachPayloadComesOnceMore(t *testing.T) {
	out, to := boundTrack()
	out.bound.Load().red = 63
	for _, s := range []string{"a", "b", "c"} {
		out.hear(toHear(s))
	}
	blocks, err := jitter.ParseRED([]byte(to.payloads[2]))
	fatal(t, err)
	if len(blocks) != 2 || string(blocks[0].Payload) != "b" || string(blocks[1].Payload) != "c" ||
		blocks[0].Offset != media.FrameSize || blocks[1].PayloadType != 111 {
		t.Errorf("it is %+v", blocks)
	}
	if to.headers[2].PayloadType != 63 {
		t.Errorf("it is sent as type %d", to.headers[2].PayloadType)
	}
}

func TestWhatWasLostComesWithTheNext(t *testing.T) {
	e := newTestEar(t)
	e.lanes.of[63] = laneRED
	var red jitter.RED
	at := time.Now()
	frame := media.NewFrame(media.Rate)
	for i, b := range speechPackets(t, 60) {
		var p rtp.Packet
		fatal(t, p.Unmarshal(b))
		p.PayloadType = 63
		p.Payload = red.Append(nil, 111, p.Timestamp, p.Payload)
		b, err := p.Marshal()
		fatal(t, err)
		at = at.Add(media.FrameDuration)
		if i%3 != 1 {
			e.take(b, at)
		}
		e.leg.port.Level()
		fatal(t, e.leg.port.Read(frame))
	}
	if s := e.leg.port.buffer.Stats(); s.Recovered < 18 || s.Lost > 1 {
		t.Errorf("of 20 lost packets %d came with the next, %d did not", s.Recovered, s.Lost)
	}
}
