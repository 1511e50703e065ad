package jitter

import (
	"slices"

	"github.com/botd-dev/botd/media"
)

const (
	// remembered is how much of what was said is kept, in samples at 48 kHz: what
	// Resume hands out and what stretching looks back at.
	remembered = 5 * media.FrameSize
	// longestPacket is in samples at 48 kHz: 120 ms (RFC 6716, section 2.1.4).
	longestPacket = 6 * media.FrameSize
)

// tape is sound at 48 kHz, one channel: what was said, then what is yet to be
// read. It has no buffer until something is written.
type tape struct {
	samples []int16
	at      int // where reading goes on
	skipped int // how much right before that was passed over unheard
}

// unread is how many samples are yet to be read.
func (t *tape) unread() int { return len(t.samples) - t.at }

// reserve makes room for n samples; what was said long ago goes.
func (t *tape) reserve(n int) {
	if t.samples == nil {
		t.samples = make([]int16, 0, max(n, remembered+4*media.FrameSize))
	}
	if len(t.samples)+n > cap(t.samples) && t.at > remembered {
		t.samples = t.samples[:copy(t.samples, t.samples[t.at-remembered:])]
		t.at = remembered
	}
	t.samples = slices.Grow(t.samples, n)
}

// write appends samples.
func (t *tape) write(s []int16) {
	t.reserve(len(s))
	t.samples = append(t.samples, s...)
}

// silence appends n zeros and returns n.
func (t *tape) silence(n int) int {
	t.reserve(n)
	from := len(t.samples)
	t.samples = t.samples[:from+n]
	clear(t.samples[from:])
	return n
}

// read moves what is next into dst.
func (t *tape) read(dst []int16) {
	t.at += copy(dst, t.samples[t.at:])
	t.skipped = 0
}

// skip passes over up to n samples and returns how many there were.
func (t *tape) skip(n int) int {
	n = min(n, t.unread())
	t.at += n
	t.skipped = min(t.skipped+n, remembered)
	return n
}

// rewind goes back over up to n samples that nobody heard and returns how many
// there were.
func (t *tape) rewind(n int) int {
	n = min(n, t.skipped, t.at)
	t.at -= n
	t.skipped -= n
	return n
}

// before fills frames with what ends where reading goes on, oldest first.
func (t *tape) before(frames []*media.Frame) {
	from := t.at - len(frames)*media.FrameSize
	for _, f := range frames {
		f.Resize(media.FrameSize, media.Rate)
		f.Silence()
		if missing := max(0, -from); missing < media.FrameSize {
			copy(f.Samples[missing:], t.samples[from+missing:t.at])
		}
		from += media.FrameSize
	}
}
