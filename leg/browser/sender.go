package browser

import (
	"math/rand/v2"
	"sync"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
)

const (
	// sendAhead is how many packets wait for the network: 160 ms.
	sendAhead = 8
	// maxPayload is the largest Opus packet (RFC 6716, section 3.4: one frame).
	maxPayload = 1275
)

// packet is one waiting to be sent.
type packet struct {
	sequence  uint16
	timestamp uint32
	marker    bool
	size      int
	payload   [maxPayload]byte
}

// counter is a prometheus.Counter.
type counter interface{ Inc() }

// sender makes RTP of what the port hears. The bridge's tick must not wait for
// a socket, which over TCP can stall for seconds, so packets go through a
// small ring to a goroutine. A full ring drops its oldest and counts it.
type sender struct {
	dropped counter
	wake    chan struct{} // holds one token while there is something to send

	mu        sync.Mutex
	waiting   [sendAhead]packet
	first, n  int
	sequence  uint16
	timestamp uint32
	silent    bool // nothing was sent in the last tick (RFC 3551, section 4.1)
}

func newSender(dropped counter) *sender {
	return &sender{
		dropped: dropped, wake: make(chan struct{}, 1), silent: true,
		sequence: uint16(rand.Uint32()), timestamp: rand.Uint32(), //nolint:gosec // RFC 3550, section 5.1: against plain-text attacks only
	}
}

// hear takes what is to be sent in one tick. Time goes on where that is
// nothing (RFC 7587, section 4.2: the clock is 48 kHz).
func (s *sender) hear(payload []byte) {
	s.mu.Lock()
	s.timestamp += media.FrameSize
	if len(payload) == 0 || len(payload) > maxPayload {
		s.silent = true
		s.mu.Unlock()
		return
	}
	if s.n == sendAhead {
		s.first = (s.first + 1) % sendAhead
		s.n--
		s.dropped.Inc()
	}
	p := &s.waiting[(s.first+s.n)%sendAhead]
	s.sequence++
	p.sequence, p.timestamp, p.marker = s.sequence, s.timestamp, s.silent
	p.size = copy(p.payload[:], payload)
	s.n++
	s.silent = false
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// next copies the oldest packet out.
func (s *sender) next(p *packet) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n == 0 {
		return false
	}
	w := &s.waiting[s.first]
	p.sequence, p.timestamp, p.marker = w.sequence, w.timestamp, w.marker
	p.size = copy(p.payload[:], w.payload[:w.size])
	s.first = (s.first + 1) % sendAhead
	s.n--
	return true
}

// track is what packets are written to: *webrtc.TrackLocalStaticRTP.
type track interface{ WriteRTP(p *rtp.Packet) error }

// run writes packets until ended. Errors are the network's, and watched
// elsewhere.
func (s *sender) run(to track, ended <-chan struct{}) {
	var p packet
	out := rtp.Packet{Header: rtp.Header{Version: 2}}
	for {
		select {
		case <-s.wake:
		case <-ended:
			return
		}
		for s.next(&p) {
			out.SequenceNumber, out.Timestamp, out.Marker = p.sequence, p.timestamp, p.marker
			out.Payload = p.payload[:p.size]
			_ = to.WriteRTP(&out)
		}
	}
}
