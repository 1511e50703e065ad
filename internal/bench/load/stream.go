package load

import (
	"sync"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/internal/bench/sound"
	"github.com/botd-dev/botd/media"
)

// window is the time in which packets are counted.
type window struct {
	start  time.Time
	length time.Duration
}

const (
	// firstWithin is how late the first packet in a window may come: the window of
	// each stream begins with it, so that a whole number of packets fits in.
	firstWithin = 2 * media.FrameDuration
	// edge is how early a packet may come that belongs after the end.
	edge = media.FrameDuration / 2
)

// due is how many packets each stream has in a window.
func (w *window) due() int { return int(w.length / media.FrameDuration) }

// stream is what one participant hears. Its reader counts; whoever measures
// takes the counts away.
type stream struct {
	call *call
	ear  *sound.Ear // nil for those who do not decode

	mu sync.Mutex
	counts
	window   *window // of which the counts are
	from     time.Time
	sequence uint16 // of the last packet
	came     time.Time
	time     uint32 // its timestamp
}

// counts are what came in a window.
type counts struct {
	received int
	repeated int // once more, or after a later one
	spacing  histogram
	delays   []time.Duration // of markers
}

// take counts a packet in the window; nil means that nobody measures.
func (s *stream) take(w *window, now time.Time, h *rtp.Header, payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counted := w != nil && s.inside(w, now)
	if counted {
		s.count(now, h)
	}
	if s.ear == nil {
		return
	}
	onset, heard := s.ear.Hear(payload, now)
	if !heard || !counted {
		return
	}
	if sent, ok := s.call.sent(onset); ok && w.counts(sent) {
		s.delays = append(s.delays, onset.Sub(sent))
	}
}

// inside says whether a packet is in its stream's part of the window.
func (s *stream) inside(w *window, now time.Time) bool {
	if s.window != w {
		s.window, s.counts, s.from = w, counts{}, w.start
		if now.Sub(w.start) < firstWithin {
			s.from = now
		}
	}
	return now.Sub(s.from) < w.length-edge
}

// count adds a packet that is inside.
func (s *stream) count(now time.Time, h *rtp.Header) {
	if s.received > 0 {
		if int16(h.SequenceNumber-s.sequence) <= 0 { //nolint:gosec // RFC 1982 arithmetic
			s.repeated++
			return
		}
		samples := int32(h.Timestamp - s.time) //nolint:gosec // may be negative
		s.spacing.add((now.Sub(s.came) - time.Duration(samples)*time.Second/media.Rate).Abs())
	}
	s.received++
	s.sequence, s.came, s.time = h.SequenceNumber, now, h.Timestamp
}

// counted are the counts of a window, which nobody may take meanwhile.
func (s *stream) counted(w *window) counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.window != w {
		return counts{}
	}
	c := s.counts
	s.window = nil // the next packet begins anew
	return c
}
