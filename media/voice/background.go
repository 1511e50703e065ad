package voice

import (
	"math"

	"github.com/botd-dev/botd/media"
)

const (
	// backgroundEvery is one of how many frames of noise is looked at.
	backgroundEvery = 4
	// backgroundLearn is its part in the average: a time constant of 0.8 s.
	backgroundLearn = 0.1
	// backgroundWhite is white noise that is added, relative to the power, lest
	// the filter of a narrow band be steeper than its samples are exact.
	backgroundWhite = 1e-5
)

// Background learns what a line sounds like when nobody speaks. It belongs to
// one stream of frames.
type Background struct {
	detector *Detector
	rate     int
	window   []float32
	samples  []float32
	count    int
	mean     [NoiseOrder + 1]float64
}

// NewBackground makes a Background that has heard nothing.
func NewBackground() *Background { return &Background{detector: NewDetector(Config{})} }

// Hear takes the next 20 ms, at 8 kHz or more. Frames of digital silence, in
// which the line says nothing at all, should be left out.
func (b *Background) Hear(f *media.Frame) {
	if b.detector.Speech(f) || f.Rate < leastRate || len(f.Samples) == 0 {
		return
	}
	if b.count++; b.count%backgroundEvery != 1 {
		return
	}
	if b.rate != f.Rate || len(b.window) != len(f.Samples) {
		b.turn(f)
	}
	b.learn(f.Samples)
}

// Noise is the background at the rate of the frames that were heard last; false
// if none has been.
func (b *Background) Noise() (Noise, bool) {
	if b.mean[0] == 0 {
		return Noise{Level: media.Silent}, false
	}
	r := b.mean
	r[0] *= 1 + backgroundWhite
	return shape(&r), true
}

// turn goes over to frames of another rate or length.
func (b *Background) turn(f *media.Frame) {
	b.rate, b.count, b.mean = f.Rate, 1, [NoiseOrder + 1]float64{}
	b.samples = make([]float32, len(f.Samples))
	b.window = make([]float32, len(f.Samples))
	for i := range b.window {
		hann := 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(len(b.window)))
		b.window[i] = float32(hann / fullScale)
	}
}

// learn takes the autocorrelation of samples into the average.
func (b *Background) learn(samples []int16) {
	for i, s := range samples {
		b.samples[i] = float32(s) * b.window[i]
	}
	part := backgroundLearn
	if b.mean[0] == 0 {
		part = 1
	}
	for lag := range min(len(b.mean), len(samples)) {
		early := b.samples[:len(b.samples)-lag]
		sum := float32(0)
		for i, s := range b.samples[lag:] {
			sum += s * early[i]
		}
		// The mean power of a Hann window is 3/8.
		r := float64(sum) / (0.375 * float64(len(samples)))
		b.mean[lag] += (r - b.mean[lag]) * part
	}
}
