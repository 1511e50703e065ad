package voice

import (
	"math"

	"github.com/botd-dev/botd/media"
)

// The detector looks at 20 ms at a time at no more than 24 kHz, where speech
// differs most from noise.
const (
	analysisRate = 16000
	analysisSize = 512
	leastRate    = 8000
	fullScale    = 32768
)

// edges are the critical bands of hearing in hertz (Zwicker, 1961), from where
// telephones begin to where speech ends.
var edges = [...]float64{
	100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480,
	1720, 2000, 2320, 2700, 3150, 3700, 4400, 5300, 6400, 7700,
}

const bandCount = len(edges) - 1

// powers is how loud each band is: the mean power of its bins. A full scale
// square wave has a power of 1 in all bands together.
type powers [bandCount]float64

func (p *powers) sum() float64 {
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	return sum
}

// analyzer makes band powers of frames.
type analyzer struct {
	fft    *transform
	rate   int // of the frames
	step   int // samples that become one
	window []float32
	bins   [bandCount + 1]int // where each band begins
	weight powers             // independent numbers in a band

	samples []float32
	result  spectrum
}

func newAnalyzer() *analyzer {
	return &analyzer{
		fft:     shortTransform(),
		samples: make([]float32, analysisSize),
		result:  newSpectrum(analysisSize),
	}
}

// turn goes over to frames of another rate or length.
func (a *analyzer) turn(rate, length int) {
	a.rate = rate
	a.step = max(rate/analysisRate, 1)
	n := min(length/a.step, analysisSize)
	a.window = make([]float32, n)
	for i := range a.window {
		hann := 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(n))
		a.window[i] = float32(hann / fullScale)
	}
	clear(a.samples)
	reduced := float64(rate) / float64(a.step)
	for i, hz := range edges {
		a.bins[i] = min(int(math.Round(hz*analysisSize/reduced)), analysisSize/2)
	}
	for b := range a.weight {
		// Neighbouring bins of a short windowed frame say nearly the same.
		a.weight[b] = float64(a.bins[b+1]-a.bins[b]) * float64(n) / analysisSize / 1.5
	}
}

// analyze fills p with the band powers of f.
func (a *analyzer) analyze(p *powers, f *media.Frame) {
	if f.Rate != a.rate || min(len(f.Samples)/a.step, analysisSize) != len(a.window) {
		a.turn(f.Rate, len(f.Samples))
	}
	a.reduce(f.Samples)
	a.fft.forward(a.result, a.samples)
	// The mean power of a Hann window is 3/8; a bin holds one side of two.
	scale := 2 / (0.375 * float64(max(len(a.window), 1)))
	for b := range p {
		sum := float32(0)
		re, im := a.result.re[a.bins[b]:a.bins[b+1]], a.result.im[a.bins[b]:a.bins[b+1]]
		for k, r := range re {
			sum += r*r + im[k]*im[k]
		}
		p[b] = float64(sum) * scale / analysisSize
	}
}

// reduce takes the mean of every few samples for one, and windows it. What is
// above the new half rate folds down, but from so far up that it is weak: a
// filter would cost more than all the rest.
func (a *analyzer) reduce(samples []int16) {
	if a.step == 3 {
		for i, w := range a.window {
			s := samples[3*i : 3*i+3 : 3*i+3]
			a.samples[i] = float32(int(s[0])+int(s[1])+int(s[2])) * w / 3
		}
		return
	}
	for i, w := range a.window {
		sum := 0
		for _, s := range samples[i*a.step : (i+1)*a.step] {
			sum += int(s)
		}
		a.samples[i] = float32(sum) * w / float32(a.step)
	}
}
