package bottest

import (
	"math"
	"slices"

	"github.com/botd-dev/botd/media"
)

// analyst finds the words in one stream of sound. A word sounds the same in each
// of its frames, so most frames need not be looked at twice.
type analyst struct {
	language *language
	last     []int16
	found    []*word
	waves    map[int][]float64 // cosines of one period, by their number
}

func newAnalyst(l *language) *analyst { return &analyst{language: l, waves: map[int][]float64{}} }

// words are those in 20 ms of sound. The list is valid until the next call.
func (a *analyst) words(samples []int16, rate int) []*word {
	if slices.Equal(samples, a.last) {
		return a.found
	}
	a.last = append(a.last[:0], samples...)
	a.found = a.look(samples, rate)
	return a.found
}

func (a *analyst) look(samples []int16, rate int) []*word {
	if !loud(samples) {
		return nil
	}
	if rate == media.Rate {
		if w := a.language.exact(samples); w != nil {
			return []*word{w}
		}
	}
	spectrum := a.spectrum(thinned(samples, rate))
	return a.language.heard(&spectrum)
}

// loud reports whether there is anything but the noise of rounding.
func loud(samples []int16) bool {
	return slices.ContainsFunc(samples, func(s int16) bool { return s > softest || s < -softest })
}

// thinned takes every third sample of 48 kHz: words have nothing above 7 kHz.
func thinned(samples []int16, rate int) []int16 {
	if rate != media.Rate {
		return samples
	}
	thin := make([]int16, 0, len(samples)/3)
	for i := 0; i < len(samples); i += 3 {
		thin = append(thin, samples[i])
	}
	return thin
}

// spectrum is the amplitude of each multiple of 50 Hz in 20 ms.
func (a *analyst) spectrum(samples []int16) (out [highest + 1]float64) {
	n := len(samples)
	wave := a.wave(n)
	for bin := lowest; bin <= highest && 2*bin < n; bin++ {
		var re, im float64
		at, quarter := 0, 3*n/4
		for _, s := range samples {
			re += float64(s) * wave[at]
			im += float64(s) * wave[(at+quarter)%n] // the sine
			if at += bin; at >= n {
				at -= n
			}
		}
		out[bin] = 2 * math.Hypot(re, im) / float64(n)
	}
	return out
}

func (a *analyst) wave(n int) []float64 {
	if w := a.waves[n]; w != nil {
		return w
	}
	w := make([]float64, n)
	for i := range w {
		w[i] = math.Cos(2 * math.Pi * float64(i) / float64(n))
	}
	a.waves[n] = w
	return w
}
