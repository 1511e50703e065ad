package answerer

import (
	"math"
	"time"

	"github.com/botd-dev/botd/media"
)

// What a beep is: one tone, as steady as no voice is.
const (
	lowestBeep   = 300.0 // hertz
	highestBeep  = 2500.0
	shortestBeep = 120 * time.Millisecond
	quietestBeep = 50    // -dBov
	steadyWithin = 0.015 // of the frequency that it begins with
	steadyLevel  = 3     // dB of the level, likewise
	leastPure    = 0.99  // of the energy is in the one tone
)

// tone follows a steady tone.
type tone struct {
	hertz float64
	level int
	lasts time.Duration
}

// beeps takes the next 20 ms and reports whether a tone has lasted for long
// enough. A tone may begin in the middle of the first of them.
func (t *tone) beeps(f *media.Frame) bool {
	hertz, purity := pitch(f.Samples)
	level := int(media.Level(f))
	switch {
	case purity < leastPure || hertz < lowestBeep || hertz > highestBeep || level > quietestBeep:
		*t = tone{}
	case t.lasts > 0 && math.Abs(hertz-t.hertz) <= steadyWithin*t.hertz && abs(level-t.level) <= steadyLevel:
		t.lasts += media.FrameDuration
		if t.lasts > 2*media.FrameDuration {
			return t.lasts >= shortestBeep // no drifting away from how it began
		}
	default:
		t.lasts = media.FrameDuration
	}
	t.hertz, t.level = hertz, level
	return t.lasts >= shortestBeep
}

// rings reports whether there may be a tone: that is no speech.
func (t *tone) rings() bool { return t.lasts >= 2*media.FrameDuration }

func abs(i int) int { return max(i, -i) }

// pitch is the frequency of the sine that fits best, and how much of the energy
// that explains. Of a sine, x[n+1] + x[n-1] = 2 cos(w) x[n]: the cosine is found
// by least squares, and what is left over is no sine.
func pitch(samples []int16) (hertz, purity float64) {
	var cross, energy, both float64
	for n := 1; n < len(samples)-1; n++ {
		x, sum := float64(samples[n]), float64(samples[n+1])+float64(samples[n-1])
		cross += x * sum
		energy += x * x
		both += sum * sum
	}
	if energy == 0 {
		return 0, 0
	}
	double := cross / energy
	left := both - double*cross // of the sums
	hertz = math.Acos(max(-1, min(1, double/2))) * Rate / (2 * math.Pi)
	return hertz, 1 - left/(4*energy)
}
