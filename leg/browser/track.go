package browser

import (
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/dtmf"
	"github.com/botd-dev/botd/media/jitter"
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
	tracks *tracks                   // where probes are seen

	expected expected    // loss, by what the peer reports
	moved    atomic.Bool // the peer has, since the last probe
	pad      atomic.Pointer[dtmf.Sender]

	// skipped counts the sequence numbers of what was lost before it came here.
	skipped atomic.Uint32

	mu      sync.Mutex
	route   route
	cache   *cache // nil until the peer asks for something again
	red     redundant
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
	red    uint8 // payload type of redundancy around it (RFC 2198), zero for none
	wants  codec.OpusParameters
	keys   uint8 // payload type of telephone-events, zero for none
	clock  int   // theirs, in hertz
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
	to := &binding{stream: c.WriteStream(), ssrc: uint32(c.SSRC())}
	var first webrtc.RTPCodecParameters
	for _, p := range c.CodecParameters() {
		switch pt := uint8(p.PayloadType); {
		case strings.EqualFold(p.MimeType, mimeKeys):
			to.takes(pt, p.ClockRate)
			continue
		case to.opus != 0: // what comes after it is not preferred
			continue
		case strings.EqualFold(p.MimeType, webrtc.MimeTypeOpus):
			to.opus, to.wants = pt, codec.ParseOpus(p.SDPFmtpLine)
		case strings.EqualFold(p.MimeType, mimeRED):
			to.red = pt
		default:
			continue
		}
		if first.MimeType == "" {
			first = p
		}
	}
	if to.opus == 0 {
		return first, webrtc.ErrUnsupportedCodec
	}
	if to.keys != 0 {
		t.takeKeys(to.clock)
	}
	if t.bound.Store(to); t.tracks != nil {
		t.tracks.add(to.ssrc, t)
	}
	return first, nil
}

// Unbind fits webrtc.TrackLocal.
func (t *track) Unbind(webrtc.TrackLocalContext) error {
	if from := t.bound.Swap(nil); from != nil && t.tracks != nil {
		t.tracks.remove(from.ssrc, t)
	}
	return nil
}

// format is how the peer wants to hear, prepared for the loss that it reports.
func (t *track) format() media.Format {
	wants := codec.OpusParameters{Redundancy: true} // until that is known
	if to := t.bound.Load(); to != nil {
		wants = to.wants
	}
	return wants.Format(int(t.expected.percent.Load()))
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
	t.mu.Lock()
	defer t.mu.Unlock()
	t.header.Timestamp += media.FrameSize
	to := t.bound.Load()
	if to != nil {
		t.remind(to)
		if t.sendKey(to) {
			return
		}
	}
	switch n := len(s.Payload); {
	case s.Lost:
		t.header.SequenceNumber++
		t.skipped.Add(1)
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
	payload := s.Payload
	if to.red != 0 {
		t.header.PayloadType = to.red
		payload = t.red.around(to.opus, t.header.Timestamp, payload)
	}
	t.put(to, payload)
}

// redundant makes payloads with redundancy.
type redundant struct {
	jitter.RED
	buffer []byte
}

func (r *redundant) around(opus uint8, timestamp uint32, payload []byte) []byte {
	r.buffer = r.Append(r.buffer[:0], opus, timestamp, payload)
	return r.buffer
}

// send sends a packet with the header as it is, now and then the long way.
func (t *track) send(to *binding, payload []byte) {
	if t.route.open() && t.packets%probeEvery != 0 && !t.moved.Swap(false) {
		t.route.send(&t.header, payload)
		return
	}
	t.route.begin(&t.header, payload)
	_, _ = to.stream.WriteRTP(&t.header, payload) // errors are the network's, and watched elsewhere
	t.route.end()
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
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cache == nil {
		t.cache = new(cache)
		return
	}
	to := t.bound.Load()
	for _, n := range sequences {
		header, payload := t.cache.get(n)
		if header == nil || to == nil {
			continue
		}
		if t.route.open() {
			t.route.send(header, payload)
			continue
		}
		_, _ = to.stream.WriteRTP(header, payload)
	}
}

// ntp is a time as RTCP writes it: seconds since 1900 in 32.32 bits (RFC 3550,
// section 4).
func ntp(at time.Time) uint64 {
	const to1970 = 2208988800
	s, ns := uint64(at.Unix()+to1970), uint64(at.Nanosecond()) //nolint:gosec // after 1900
	return s<<32 | ns<<32/1e9
}
