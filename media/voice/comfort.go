package voice

import (
	"math"

	"github.com/botd-dev/botd/media"
)

// comfortPeak is how much louder than the level a sample may be: next to none of
// Gaussian noise is, and a filter that changes cannot ring.
const comfortPeak = 5

// Comfort makes noise. It is a media.Source of frames of 20 ms that never ends.
type Comfort struct {
	rate   int
	white  float64             // the amplitude of the white noise that is filtered
	most   float64             // the amplitude of the loudest sample
	filter [NoiseOrder]float64 // the last coefficient first
	sound  []float64           // the end of the frame before, then the frame
	random uint64
}

// NewComfort makes a source of silence at rate hertz; Set gives it a sound.
func NewComfort(rate int) *Comfort {
	return &Comfort{
		rate:   rate,
		sound:  make([]float64, NoiseOrder+rate/50),
		random: 0x9e3779b97f4a7c15,
	}
}

// Set gives the noise another sound. n is to have been learned at the rate of
// the frames, else it is too high or too low.
func (c *Comfort) Set(n Noise) {
	filter, gain := n.filter()
	for i, a := range filter {
		c.filter[NoiseOrder-1-i] = a
	}
	rms := fullScale * math.Pow(10, -float64(n.Level)/20)
	c.white = math.Sqrt(3) * gain * rms // uniform between -1 and 1 has 1/√3
	c.most = comfortPeak * rms
	if n.Level >= media.Silent {
		c.white, c.most = 0, 0
	}
}

// Read fills f with 20 ms of noise. It never fails.
func (c *Comfort) Read(f *media.Frame) error {
	f.Resize(c.rate/50, c.rate)
	copy(c.sound, c.sound[len(f.Samples):])
	for i := range f.Samples {
		y := c.white * c.uniform()
		past := (*[NoiseOrder]float64)(c.sound[i:])
		for k, a := range c.filter {
			y -= a * past[k]
		}
		y = min(max(y, -c.most), c.most)
		c.sound[NoiseOrder+i] = y
		f.Samples[i] = clip(y)
	}
	return nil
}

// uniform is a number between -1 and 1, by George Marsaglia's xorshift: noise
// need not be hard to guess.
func (c *Comfort) uniform() float64 {
	c.random ^= c.random << 13
	c.random ^= c.random >> 7
	c.random ^= c.random << 17
	return float64(int64(c.random)) / (1 << 63)
}

// clip rounds and limits a sample.
func clip(s float64) int16 {
	return int16(int(min(max(s, -32768), 32767)+32768.5) - 32768)
}
