package measure

import (
	"math"
	"slices"
)

const (
	// toneAway is by which part of its frequency a tone may be heard too high or
	// too low.
	toneAway = 0.02
	// tonePart is the least part of the energy that the tone must have.
	tonePart = 0.5
	// toneRates is how many times the frequency of a tone is enough of a sample
	// rate to recognise it.
	toneRates = 16
	// clickPart is the part of its amplitude that a tone may jump by.
	clickPart = 0.25
)

// ToneSeconds is in how many of the whole seconds of samples the tone of hz
// hertz is recognised: within 2 % of its frequency, with at least half of all
// the energy, and no more than 10 dB below the loudest second.
func ToneSeconds(samples []int16, rate int, hz float64) (recognised, of int) {
	loudest := math.Inf(-1)
	for second := range slices.Chunk(samples[:len(samples)/rate*rate], rate) {
		loudest = max(loudest, LevelDBFS(second))
	}
	by := max(int(float64(rate)/(toneRates*hz)), 1)
	for second := range slices.Chunk(samples[:len(samples)/rate*rate], rate) {
		of++
		peak, part := Peak(thinned(second, by), rate/by)
		if math.Abs(peak-hz) <= toneAway*hz && part >= tonePart && LevelDBFS(second) > loudest-10 {
			recognised++
		}
	}
	return recognised, of
}

// Clicks counts the places at which a tone of hz hertz jumps: by more from one
// sample to the next than the tone and a quarter of its amplitude explain. What
// follows within 5 ms belongs to the same click. A tone that fades or is made up
// smoothly has none.
func Clicks(samples []int16, rate int, hz float64) int {
	loud := 0.0
	for _, s := range samples {
		loud += float64(s) * float64(s) / float64(max(len(samples), 1))
	}
	amplitude := math.Sqrt(2 * loud)
	// The second difference that a sine of one frequency never has: with any
	// amplitude and phase x[n] = 2 cos(w) x[n-1] - x[n-2].
	turn := 2 * math.Cos(2*math.Pi*hz/float64(rate))
	clicks, quiet := 0, samplesOf(shortestGap, rate)
	last := -quiet
	for i := 2; i < len(samples); i++ {
		rest := float64(samples[i]) - turn*float64(samples[i-1]) + float64(samples[i-2])
		if math.Abs(rest) <= clickPart*amplitude {
			continue
		}
		if i-last >= quiet {
			clicks++
		}
		last = i
	}
	return clicks
}
