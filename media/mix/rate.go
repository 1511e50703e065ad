package mix

import (
	"fmt"

	"github.com/botd-dev/botd/media"
)

// rate turns the frames of a tap to the rate that its reader wants, on the
// reader's goroutine.
type rate struct {
	hz   int
	conv *media.Resampler // nil at 48 kHz
	next uint64           // the sequence number that follows
}

func (r *rate) set(hz int) error {
	switch r.hz = hz; hz {
	case 0, media.Rate:
		return nil
	case 8000, 16000, 24000:
		return r.reset()
	}
	return fmt.Errorf("%w: %d", ErrRate, hz)
}

// reset begins anew, with as much silence as the filter looks ahead, so that
// every frame in gives one out.
func (r *rate) reset() (err error) {
	if r.conv, err = media.NewResampler(media.Rate, r.hz); err != nil {
		return err
	}
	r.conv.Write(make([]int16, r.conv.Lookahead()))
	return nil
}

// turn makes f a frame of the rate. Where frames are missing before it, the
// sound begins anew.
func (r *rate) turn(f *media.Frame, sequence uint64) {
	if r.conv == nil {
		return
	}
	if sequence != r.next {
		_ = r.reset() // as it could be made before
	}
	r.next = sequence + 1
	r.conv.Write(f.Samples)
	f.Resize(r.hz/50, r.hz)
	n := r.conv.Read(f.Samples)
	clear(f.Samples[n:])
}
