package media

import (
	"errors"
	"fmt"
	"math"
)

// ErrRate is a sample rate that cannot be converted.
var ErrRate = errors.New("unsupported sample rate")

// The filter: a sinc under a Kaiser window, cut at a part of the lower rate's
// band. It takes away 0.25 dB at 0.4 of the lower rate and all but -83 dB at
// half of it, where folding begins, falling to -96 dB at once.
const (
	kaiserBeta   = 9.5
	cutoff       = 0.875
	tapsPerPhase = 48      // at the lower of the two rates
	maxTaps      = 1 << 18 // of all phases: one megabyte
	minRate      = 4000
	maxRate      = 192000
)

// Resampler changes the sample rate of one stream: samples go in at one rate
// with Write and come out at another with Read, in pieces of any length. The
// first sample out belongs to the first one in; to make it the filter looks
// Lookahead samples further, so that much must be written first.
type Resampler struct {
	up, down int       // the ratio to/from, reduced
	length   int       // taps of one phase, a multiple of eight
	taps     []float32 // up phases of length taps
	in       []float32
	at       int // where the taps lie over in for the next sample out
	phase    int // of the next sample out, in 1/up of a sample in
	written  int
	read     int
	flushed  bool
}

// NewResampler makes a Resampler between two rates in hertz. It takes any from
// 4 to 192 kHz whose ratio is simple enough for a filter of a megabyte, which
// the usual ones are; else the error is ErrRate.
func NewResampler(from, to int) (*Resampler, error) {
	if min(from, to) < minRate || max(from, to) > maxRate {
		return nil, fmt.Errorf("%d Hz to %d Hz: %w", from, to, ErrRate)
	}
	d := gcd(from, to)
	r := &Resampler{up: to / d, down: from / d}
	r.length = 8
	if from != to {
		r.length = 8 * ((tapsPerPhase*max(from, to) + 8*to - 1) / (8 * to))
	}
	if r.length*r.up > maxTaps {
		return nil, fmt.Errorf("%d Hz to %d Hz: %w", from, to, ErrRate)
	}
	r.design(min(1, float64(to)/float64(from)))
	r.in = make([]float32, r.length/2-1, 2*r.length+from/50)
	return r, nil
}

// Reset makes r as if new, and keeps its filter and buffers.
func (r *Resampler) Reset() {
	r.in = r.in[:r.length/2-1]
	clear(r.in)
	r.at, r.phase, r.written, r.read, r.flushed = 0, 0, 0, 0, false
}

// design fills the taps. band is the lower rate as a part of the one coming in.
func (r *Resampler) design(band float64) {
	r.taps = make([]float32, r.up*r.length)
	if r.up == r.down {
		r.taps[r.length/2-1] = 1 // nothing to convert, and nothing may be cut
		return
	}
	half := float64(r.length / 2)
	one := make([]float64, r.length)
	for phase := range r.up {
		sum := 0.0
		for k := range one {
			t := float64(k-r.length/2+1) - float64(phase)/float64(r.up)
			one[k] = sinc(cutoff*band*t) * kaiser(t/half)
			sum += one[k]
		}
		for k, h := range one {
			r.taps[phase*r.length+k] = float32(h / sum)
		}
	}
}

// Lookahead is how many samples at the first rate Write must have taken beyond
// those that Read gives back. Who writes that many of silence first, and then
// frames, reads a frame for each.
func (r *Resampler) Lookahead() int { return r.length / 2 }

// Write takes samples at the first rate.
func (r *Resampler) Write(samples []int16) {
	r.written += len(samples)
	r.compact()
	for _, s := range samples {
		r.in = append(r.in, float32(s))
	}
}

// Flush says that no more will be written, so that Read gives the end too: as
// many samples in all as the time written takes at the second rate.
func (r *Resampler) Flush() {
	if r.flushed {
		return
	}
	r.flushed = true
	r.compact()
	for range r.Lookahead() {
		r.in = append(r.in, 0)
	}
}

// compact lets go of samples that no sample out needs any more.
func (r *Resampler) compact() {
	n := min(r.at, len(r.in))
	r.in = r.in[:copy(r.in, r.in[n:])]
	r.at -= n
}

// Buffered is how many samples at the second rate Read can give now.
func (r *Resampler) Buffered() int {
	room := len(r.in) - r.length - r.at
	if room < 0 {
		return 0
	}
	n := ((room+1)*r.up-1-r.phase)/r.down + 1
	if r.flushed {
		n = min(n, (r.written*r.up+r.down-1)/r.down-r.read)
	}
	return max(n, 0)
}

// Read fills dst with samples at the second rate and tells how many there were.
func (r *Resampler) Read(dst []int16) int {
	dst = dst[:min(len(dst), r.Buffered())]
	for i := range dst {
		h := r.taps[r.phase*r.length:][:r.length]
		dst[i] = round(dot(h, r.in[r.at:][:r.length]))
		r.phase += r.down
		r.at += r.phase / r.up
		r.phase %= r.up
	}
	r.read += len(dst)
	return len(dst)
}

// round is to the nearest, and clips.
func round(v float32) int16 {
	return Clip(int(v+fullScale+0.5) - fullScale)
}

func sinc(t float64) float64 {
	if t == 0 {
		return 1
	}
	return math.Sin(math.Pi*t) / (math.Pi * t)
}

// kaiser is the window from -1 to 1, not scaled.
func kaiser(t float64) float64 {
	if t <= -1 || t >= 1 {
		return 0
	}
	return bessel(kaiserBeta * math.Sqrt(1-t*t))
}

// bessel is I0, the modified Bessel function of the first kind, by the
// polynomials of Abramowitz and Stegun, 9.8.1 and 9.8.2, which are right to
// 1e-7.
func bessel(x float64) float64 {
	if x < 3.75 {
		t := x * x / (3.75 * 3.75)
		return 1 + t*(3.5156229+t*(3.0899424+t*(1.2067492+t*(0.2659732+t*(0.0360768+t*0.0045813)))))
	}
	t := 3.75 / x
	p := 0.00916281 + t*(-0.02057706+t*(0.02635537+t*(-0.01647633+t*0.00392377)))
	p = 0.39894228 + t*(0.01328592+t*(0.00225319+t*(-0.00157565+t*p)))
	return p * math.Exp(x) / math.Sqrt(x)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
