package mix

import (
	"math"
	"sync/atomic"

	"github.com/botd-dev/botd/media"
)

// volume is how loud a playback is to be, and whether it goes on at all. Whoever
// plays it says so from any goroutine; the tick follows without a click.
type volume struct {
	paused atomic.Bool
	ducked atomic.Uint64 // by how many dB: the bits of a float64

	// Below here, the tick only.
	gain  float64      // of the last sample
	spare *media.Frame // what was cut off by a pause; nil before the first one
	kept  bool         // spare comes next
}

// Pause fits media.Playback: the coming tick fades the sound out within 10 ms.
func (v *volume) Pause() { v.paused.Store(true) }

// Resume fits media.Playback.
func (v *volume) Resume() { v.paused.Store(false) }

// Duck fits media.Playback. What would make it louder is as zero.
func (v *volume) Duck(dB float64) {
	if math.IsNaN(dB) || dB < 0 {
		dB = 0
	}
	v.ducked.Store(math.Float64bits(dB))
}

// wanted is the gain it is to have.
func (v *volume) wanted() float64 {
	if v.paused.Load() {
		return 0
	}
	return math.Pow(10, -math.Float64frombits(v.ducked.Load())/20)
}

// resting reports whether nothing is to be taken, for it is paused and has faded.
func (v *volume) resting(began bool) bool {
	return v.paused.Load() && (!began || v.gain == 0)
}

// apply brings f to the gain that is wanted, in 10 ms where it falls silent or
// begins again, else in 20. It reports whether f was the last before a pause; it
// is kept then, and comes again after it, so that nothing is lost.
func (v *volume) apply(f *media.Frame, first bool) (paused bool) {
	to := v.wanted()
	if first {
		v.gain = to
	}
	over := len(f.Samples)
	switch {
	case to == 0:
		v.keep(f)
		over, paused = stopFade, true
	case v.gain == 0:
		over = stopFade
	}
	if v.gain != 1 || to != 1 {
		ramp(f.Samples, v.gain, to, over)
	}
	v.gain = to
	return paused
}

func (v *volume) keep(f *media.Frame) {
	v.kept = true
	if v.spare == nil {
		v.spare = media.NewFrame(media.Rate)
	}
	if v.spare != f {
		v.spare.Resize(len(f.Samples), f.Rate)
		copy(v.spare.Samples, f.Samples)
	}
}

// ramp goes from one gain to another in the course of n samples.
func ramp(samples []int16, from, to float64, n int) {
	for i, s := range samples {
		g := to
		if i < n {
			g = from + (to-from)*float64(i)/float64(n)
		}
		samples[i] = media.Clip(int(math.Round(float64(s) * g)))
	}
}
