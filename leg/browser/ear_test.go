package browser

import (
	"testing"
	"time"

	"github.com/hraban/opus"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/media"
)

// negotiatedLikeChromium is what Chromium and we agree upon.
var negotiatedLikeChromium = webrtc.RTPParameters{
	Codecs: []webrtc.RTPCodecParameters{
		{RTPCodecCapability: opusCodec, PayloadType: 111},
		{RTPCodecCapability: keys(48000), PayloadType: 110},
	},
	HeaderExtensions: []webrtc.RTPHeaderExtensionParameter{{URI: "urn:ietf:params:rtp-hdrext:ssrc-audio-level", ID: 1}},
}

func newTestEar(t testing.TB) *ear {
	t.Helper()
	p, err := newPort()
	fatal(t, err)
	return newEar(&leg{port: p}, negotiated(negotiatedLikeChromium), nil)
}

// speechPackets are packets of a tone, as they come from the network.
func speechPackets(t testing.TB, n int) [][]byte {
	t.Helper()
	enc, err := opus.NewEncoder(media.Rate, 1, opus.AppVoIP)
	fatal(t, err)
	pcm, b := make([]int16, media.FrameSize), make([]byte, 1500)
	list := make([][]byte, n)
	for i := range list {
		tone(pcm, 440, i*media.FrameSize)
		size, err := enc.Encode(pcm, b)
		fatal(t, err)
		p := rtp.Packet{Header: rtp.Header{
			Version: 2, PayloadType: 111, SSRC: 1, SequenceNumber: uint16(i), Timestamp: uint32(i * media.FrameSize),
		}, Payload: b[:size]}
		fatal(t, p.SetExtension(1, []byte{0x80 | 12}))
		list[i], err = p.Marshal()
		fatal(t, err)
	}
	return list
}

func TestATickOfSoundAllocatesNothing(t *testing.T) {
	e := newTestEar(t)
	packets := speechPackets(t, 300)
	f := media.NewFrame(media.Rate)
	now, i := time.Now(), 0
	tick := func() {
		e.take(packets[i], now)
		i, now = i+1, now.Add(media.FrameDuration)
		e.leg.port.Level()
		_ = e.leg.port.Read(f)
	}
	for range 50 {
		tick()
	}
	if n := testing.AllocsPerRun(200, tick); n != 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

func TestTheLevelIsKnownWithoutDecoding(t *testing.T) {
	e := newTestEar(t)
	now := time.Now().Add(-100 * time.Millisecond)
	for _, b := range speechPackets(t, 5) {
		e.take(b, now)
		now = now.Add(media.FrameDuration)
	}
	if l := e.leg.port.Level(); l != 12 {
		t.Errorf("the level is %d", l)
	}
}

func FuzzPacket(f *testing.F) {
	e := newTestEar(f)
	f.Add(speechPackets(f, 1)[0])
	f.Add([]byte{0x80, 110, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5, 0x8a, 3, 0xc0})
	frame, now := media.NewFrame(media.Rate), time.Now()
	f.Fuzz(func(t *testing.T, b []byte) {
		e.take(b, now)
		now = now.Add(media.FrameDuration)
		e.leg.port.Level()
		if err := e.leg.port.Read(frame); err != nil || len(frame.Samples) != media.FrameSize {
			t.Errorf("%d samples, %v", len(frame.Samples), err)
		}
	})
}

func BenchmarkATick(b *testing.B) {
	e := newTestEar(b)
	packets := speechPackets(b, 1000)
	f := media.NewFrame(media.Rate)
	now := time.Now()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e.take(packets[i%len(packets)], now)
		now = now.Add(media.FrameDuration)
		e.leg.port.Level()
		_ = e.leg.port.Read(f)
		e.leg.port.Hear(media.Sound{Frame: f, Payload: packets[0][12:]})
	}
}
