package browser

import (
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/media"
)

const (
	// maxPayload is the largest Opus packet (RFC 6716, section 3.4: one frame).
	maxPayload = 1275
	// reportEvery is after how many ticks a peer is told what it was sent: 5 s.
	reportEvery = 250
	// streamName is the CNAME and the id of the one stream a peer gets.
	streamName = "botd"
)

// track makes RTP of what a port hears. The bridge's tick writes the packets
// itself: a goroutine for each listener would cost more than the packets. It
// fits webrtc.TrackLocal.
//
// Sequence numbers and timestamps go on whatever is heard, so that the receiver
// sees one stream (RFC 3550, section 5.1).
type track struct {
	bound  atomic.Pointer[binding]
	report func([]rtcp.Packet) error // sends RTCP to the peer
	cache  atomic.Pointer[cache]     // nil until the peer asks for something again

	// Below here, the bridge's tick only.
	header  rtp.Header
	silent  bool // nothing was sent in the last tick (RFC 3551, section 4.1)
	ticks   int
	packets uint32
	octets  uint32
}

// binding is where packets go once codecs are agreed upon.
type binding struct {
	stream webrtc.TrackLocalWriter
	ssrc   uint32
	opus   uint8 // payload type
}

func newTrack() *track {
	return &track{
		silent: true, ticks: rand.IntN(reportEvery), //nolint:gosec // spread, not secret
		header: rtp.Header{
			Version: 2, SequenceNumber: uint16(rand.Uint32()), Timestamp: rand.Uint32(), //nolint:gosec // RFC 3550, section 5.1: against plain-text attacks only
		},
	}
}

// Bind fits webrtc.TrackLocal.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	for _, codec := range c.CodecParameters() {
		if strings.EqualFold(codec.MimeType, webrtc.MimeTypeOpus) {
			t.bound.Store(&binding{c.WriteStream(), uint32(c.SSRC()), uint8(codec.PayloadType)})
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind fits webrtc.TrackLocal.
func (t *track) Unbind(webrtc.TrackLocalContext) error {
	t.bound.Store(nil)
	return nil
}

// ID fits webrtc.TrackLocal.
func (t *track) ID() string { return "sound" }

// RID fits webrtc.TrackLocal: there is one layer.
func (t *track) RID() string { return "" }

// StreamID fits webrtc.TrackLocal.
func (t *track) StreamID() string { return streamName }

// Kind fits webrtc.TrackLocal.
func (t *track) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

// hear sends what is heard in one tick. Time goes on where that is nothing
// (RFC 7587, section 4.2: the clock is 48 kHz).
func (t *track) hear(s media.Sound) {
	t.header.Timestamp += media.FrameSize
	to := t.bound.Load()
	if to != nil {
		t.remind(to)
	}
	switch n := len(s.Payload); {
	case s.Lost:
		t.header.SequenceNumber++
		return
	case n == 0 || n > maxPayload:
		t.silent = true
		return
	}
	t.header.SequenceNumber++
	t.header.Marker, t.silent = t.silent, false
	if to == nil {
		return
	}
	t.header.SSRC, t.header.PayloadType = to.ssrc, to.opus
	if c := t.cache.Load(); c != nil {
		c.put(&t.header, s.Payload)
	}
	t.packets++
	t.octets += uint32(len(s.Payload))              //nolint:gosec // modulo 2^32 (RFC 3550, section 6.4.1)
	_, _ = to.stream.WriteRTP(&t.header, s.Payload) // errors are the network's, and watched elsewhere
}

// remind sends a sender report now and then (RFC 3550, section 6.4.1).
func (t *track) remind(to *binding) {
	if t.ticks++; t.ticks < reportEvery || t.report == nil {
		return
	}
	t.ticks = 0
	_ = t.report([]rtcp.Packet{
		&rtcp.SenderReport{
			SSRC: to.ssrc, NTPTime: ntp(time.Now()), RTPTime: t.header.Timestamp,
			PacketCount: t.packets, OctetCount: t.octets,
		},
		rtcp.NewCNAMESourceDescription(to.ssrc, streamName),
	})
}

// again sends packets once more, as far as they are still there. The first time
// a peer asks, none are: from then on they are kept.
func (t *track) again(sequences []uint16) {
	c, to := t.cache.Load(), t.bound.Load()
	if c == nil {
		t.cache.CompareAndSwap(nil, new(cache))
		return
	}
	if to == nil {
		return
	}
	var header rtp.Header
	payload := make([]byte, 0, maxPayload)
	for _, n := range sequences {
		if found, ok := c.get(n, &header, payload); ok {
			_, _ = to.stream.WriteRTP(&header, found)
		}
	}
}

// ntp is a time as RTCP writes it: seconds since 1900 in 32.32 bits (RFC 3550,
// section 4).
func ntp(at time.Time) uint64 {
	const to1970 = 2208988800
	s := uint64(at.Unix() + to1970) //nolint:gosec // after 1900
	return s<<32 | uint64(at.Nanosecond())<<32/1e9
}
