package voice

import (
	"errors"
	"math"
)

// NoiseOrder is how many reflection coefficients a Noise has.
const NoiseOrder = 12

// ErrNoise means that a payload of comfort noise is empty.
var ErrNoise = errors.New("no comfort noise in an empty payload")

// Noise describes steady noise as RFC 3389 does: how loud it is, and the
// all-pole filter that gives white noise its spectrum. The filter belongs to the
// sample rate that the noise was learned at.
type Noise struct {
	// Level is in -dBov (RFC 3389, section 3.1); media.Silent is none.
	Level uint8
	// Reflection has the coefficients k of the filter, each between -1 and 1,
	// in the sign of A(z) = 1 + Σ a z^-i: noise of low frequencies begins with
	// -1. Zeros at the end make a filter of lower order, all zeros white noise.
	Reflection [NoiseOrder]float64
}

// ParseNoise reads the payload of a comfort noise packet (RFC 3389, section 3):
//
//	0 (1) level (7) | N1 (8) | N2 (8) | …
//
// with k = 258·(N-127)/32768 (section 3.2). Coefficients beyond NoiseOrder are
// left out, which smooths the spectrum; N of 255 is reserved, and it and what
// follows are ignored. Only an empty payload is an error, ErrNoise.
func ParseNoise(payload []byte) (Noise, error) {
	var n Noise
	if len(payload) == 0 {
		return n, ErrNoise
	}
	n.Level = payload[0] & 0x7f
	for i, b := range payload[1:min(len(payload), 1+NoiseOrder)] {
		if b == 255 {
			break
		}
		n.Reflection[i] = 258 * (float64(b) - 127) / 32768
	}
	return n, nil
}

// AppendPayload appends n to dst as the payload that ParseNoise reads, no longer
// than it has to be.
func (n Noise) AppendPayload(dst []byte) []byte {
	dst = append(dst, min(n.Level, 127))
	end := len(dst)
	for _, k := range n.Reflection {
		b := byte(math.Round(min(max(k*32768/258, -127), 127)) + 127)
		if dst = append(dst, b); b != 127 {
			end = len(dst)
		}
	}
	return dst[:end]
}

// filter is the all-pole filter of n: a[i] weighs the output i+1 samples ago.
// gain is what white noise of that level is to be multiplied with. Where the
// filter is so steep that no line has such a noise, it ends.
func (n Noise) filter() (a [NoiseOrder]float64, gain float64) {
	gain = 1
	for i := range a {
		k := n.Reflection[i]
		if gain*(1-k*k) < leastGain {
			break
		}
		before := a
		for j, b := range before[:i] { // the step-up recursion
			a[i-1-j] += k * b
		}
		a[i] = k
		gain *= 1 - k*k
	}
	return a, math.Sqrt(gain)
}

// shape finds the noise whose autocorrelation r is, by the recursion of Levinson
// and Durbin. r[0] is its mean power, 1 being full scale.
func shape(r *[NoiseOrder + 1]float64) Noise {
	n := Noise{Level: 127}
	if r[0] <= 0 {
		return n
	}
	n.Level = uint8(min(max(math.Round(-10*math.Log10(r[0])), 0), 127))
	var a, before [NoiseOrder + 1]float64
	left := r[0]
	for i := 1; i <= NoiseOrder; i++ {
		sum := r[i]
		for j := 1; j < i; j++ {
			sum += a[j] * r[i-j]
		}
		k := min(max(-sum/left, -steepest), steepest)
		before = a
		for j := 1; j < i; j++ {
			a[j] += k * before[i-j]
		}
		a[i] = k
		n.Reflection[i-1] = k
		left *= 1 - k*k
	}
	return n
}

// What keeps filters stable: the largest coefficient that is learned, and the
// least gain of any filter, -60 dB.
const (
	steepest  = 0.9995
	leastGain = 1e-6
)
