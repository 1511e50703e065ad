package voice

import (
	"math"
	"math/bits"

	"github.com/botd-dev/botd/media"
)

// SuppressConfig sets Suppress.
type SuppressConfig struct {
	// Most is by how many dB noise is made quieter at most. What is left hides
	// that the rest is gone. Zero is 18.
	Most float64
}

// Suppress makes steady background noise quieter and leaves speech as it is. It
// delays the sound by half a frame, 10 ms at 20 ms a frame, and takes frames at
// any rate from 8 kHz up; those of an odd number of samples pass unchanged.
func Suppress(cfg SuppressConfig) media.Stage {
	if cfg.Most <= 0 {
		cfg.Most = 18
	}
	return func(src media.Source) media.Source {
		return &suppressor{src: src, least: amplitude(-cfg.Most)}
	}
}

// suppressor cuts the sound into windows of a frame that overlap by half, and
// weighs each one's spectrum. The square root of a Hann window before and after
// adds up to one where two windows overlap.
type suppressor struct {
	src   media.Source
	least float64

	rate    int
	fft     *transform
	window  []float32
	before  []float32 // the half frame that was heard last
	tail    []float32 // the half window that waits for its other half
	cut     []float32 // a window, filled up with zeros
	sound   spectrum
	scratch spectrum
	rule    *rule
}

// Read fits media.Source. Errors are the source's.
func (s *suppressor) Read(f *media.Frame) error {
	if err := s.src.Read(f); err != nil {
		return err
	}
	if f.Rate < leastRate || len(f.Samples) < 2 || len(f.Samples)%2 != 0 {
		return nil
	}
	if f.Rate != s.rate || len(f.Samples) != len(s.window) {
		s.turn(f.Rate, len(f.Samples))
	}
	half := len(f.Samples) / 2
	s.hop(f.Samples[:half])
	s.hop(f.Samples[half:])
	return nil
}

// turn goes over to frames of another rate or length.
func (s *suppressor) turn(rate, length int) {
	size := 1 << bits.Len(uint(max(length, 8)-1))
	switch size {
	case 512:
		s.fft = shortTransform()
	case 1024:
		s.fft = longTransform()
	default:
		s.fft = newTransform(size)
	}
	s.rate = rate
	s.window = make([]float32, length)
	for i := range s.window {
		s.window[i] = float32(math.Sin(math.Pi * (float64(i) + 0.5) / float64(length)))
	}
	s.before, s.tail = make([]float32, length/2), make([]float32, length/2)
	s.cut = make([]float32, size)
	s.sound, s.scratch = newSpectrum(size), newSpectrum(size)
	s.rule = newRule(size/2+1, rate, s.least)
}

// hop takes half a frame and gives the half frame before it.
func (s *suppressor) hop(samples []int16) {
	half := len(samples)
	rise, fall := s.window[:half], s.window[half:]
	early, late := s.cut[:half], s.cut[half:2*half]
	for i, w := range rise {
		early[i] = s.before[i] * w
	}
	for i, v := range samples {
		s.before[i] = float32(v)
		late[i] = float32(v) * fall[i]
	}
	clear(s.cut[2*half:])
	s.fft.forward(s.sound, s.cut)
	s.rule.weigh(s.sound)
	s.fft.inverse(s.cut, s.sound, s.scratch)
	for i, v := range s.tail {
		samples[i] = clip(float64(v + early[i]*rise[i]))
		s.tail[i] = late[i] * fall[i]
	}
}
