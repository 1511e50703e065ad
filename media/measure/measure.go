// Package measure says what can be heard in a piece of sound: which tone, how
// loud, with which gaps and how late. Tests of bots and of calls ask it.
//
// Sound is signed 16-bit samples of one channel at a rate in hertz. Levels are
// those of the root mean square in dB below overload, so that a sine at full
// scale has -3.01 dBFS; media.Level is the same with the sign turned.
package measure

import (
	"math"
	"time"
)

const fullScale = 32768

// shortestGap is what is too short to be heard as a gap, or is only a sound of
// low frequency passing through zero.
const shortestGap = 5 * time.Millisecond

// LevelDBFS is how loud samples are, in dBFS; minus infinity for silence.
func LevelDBFS(samples []int16) float64 {
	sum := 0.0
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	if sum == 0 {
		return math.Inf(-1)
	}
	return 10 * math.Log10(sum/float64(len(samples))/(fullScale*fullScale))
}

// ToneLevel is how loud the one tone of hz hertz is, in dBFS. The longer the
// samples, the less of its neighbours is taken for it: a second tells tones
// apart that differ by a few hertz.
func ToneLevel(samples []int16, rate int, hz float64) float64 {
	if len(samples) == 0 {
		return math.Inf(-1)
	}
	a, b, _ := fit(samples, rate, hz)
	return 20 * math.Log10(math.Hypot(a, b)/math.Sqrt2/fullScale)
}

// SNR is by how many dB the one tone of hz hertz is louder than everything else
// but a constant. Rounding to 16 bits alone leaves 98 dB at full scale.
func SNR(samples []int16, rate int, hz float64) float64 {
	a, b, c := fit(samples, rate, hz)
	tone, rest := 0.0, 0.0
	for i, s := range samples {
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		t := a*sin + b*cos
		d := float64(s) - t - c
		tone += t * t
		rest += d * d
	}
	return 10 * math.Log10(tone/rest)
}

// Gaps gives the length of every stretch of 5 ms or more in which no sample is
// louder than threshold, in dBFS of a sample (-40 is an amplitude of 328). Only
// gaps between sounds count: not the silence before the first and after the
// last.
func Gaps(samples []int16, rate int, threshold float64) []time.Duration {
	limit := fullScale * math.Pow(10, threshold/20)
	var gaps []time.Duration
	last := -1
	for i, s := range samples {
		if math.Abs(float64(s)) <= limit {
			continue
		}
		gap := time.Duration(i-last-1) * time.Second / time.Duration(rate)
		if last >= 0 && gap >= shortestGap {
			gaps = append(gaps, gap)
		}
		last = i
	}
	return gaps
}

// fit finds the sine, the cosine and the constant that together come nearest to
// samples, by least squares. It is exact for any length, where a Fourier sum is
// so only over whole periods.
func fit(samples []int16, rate int, hz float64) (a, b, c float64) {
	var m [3][4]float64 // the normal equations
	for i, s := range samples {
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		row := [4]float64{sin, cos, 1, float64(s)}
		for j := range m {
			for k := range row {
				m[j][k] += row[j] * row[k]
			}
		}
	}
	x := solve(m)
	return x[0], x[1], x[2]
}

// solve is Gauss and Jordan's; an unknown nothing is known of is zero.
func solve(m [3][4]float64) (x [3]float64) {
	for i := range m {
		best := i
		for j := i + 1; j < 3; j++ {
			if math.Abs(m[j][i]) > math.Abs(m[best][i]) {
				best = j
			}
		}
		m[i], m[best] = m[best], m[i]
		if math.Abs(m[i][i]) < 1e-9 {
			m[i] = [4]float64{}
			m[i][i] = 1
		}
		for j := range m {
			if j == i {
				continue
			}
			factor := m[j][i] / m[i][i]
			for k := range m[j] {
				m[j][k] -= factor * m[i][k]
			}
		}
	}
	for i := range x {
		x[i] = m[i][3] / m[i][i]
	}
	return x
}
