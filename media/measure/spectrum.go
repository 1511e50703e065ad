package measure

import (
	"math"
	"math/cmplx"
	"time"
)

// mainLobe is how far a tone spreads under the Hann window, in 1/duration.
const mainLobe = 3

// Peak is the frequency in hertz of the loudest tone, and the part from 0 to 1
// that it has of all the sound's energy: nearly 1 for a clean tone, half for
// one of two equal ones, next to nothing in noise.
func Peak(samples []int16, rate int) (hz, fraction float64) {
	if len(samples) < 16 {
		return 0, 0
	}
	power, total := spectrum(samples)
	best := 0
	for i, p := range power {
		if p > power[best] {
			best = i
		}
	}
	if total == 0 {
		return 0, 0
	}
	bins := 2 * len(power)
	spread := mainLobe * bins / len(samples)
	around := 0.0
	for i := max(best-spread, 0); i <= min(best+spread, len(power)-1); i++ {
		around += power[i]
	}
	return vertex(power, best) * float64(rate) / float64(bins), around / total
}

// spectrum is the power in each bin up to half the rate, without the constant,
// of the samples under a Hann window.
func spectrum(samples []int16) (power []float64, total float64) {
	mean := 0.0
	for _, s := range samples {
		mean += float64(s) / float64(len(samples))
	}
	x := make([]complex128, above(len(samples)))
	for i, s := range samples {
		hann := 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(len(samples)))
		x[i] = complex((float64(s)-mean)*hann, 0)
	}
	transform(x, -1)
	power = make([]float64, len(x)/2)
	for i := range power {
		power[i] = real(x[i])*real(x[i]) + imag(x[i])*imag(x[i])
		total += power[i]
	}
	return power, total
}

// vertex is where between its neighbours the top of the peak lies: that of the
// parabola through the logarithms, which the main lobe nearly is.
func vertex(power []float64, i int) float64 {
	if i == 0 || i == len(power)-1 || power[i-1] == 0 || power[i+1] == 0 {
		return float64(i)
	}
	l, m, r := math.Log(power[i-1]), math.Log(power[i]), math.Log(power[i+1])
	if l+r == 2*m {
		return float64(i)
	}
	return float64(i) + (l-r)/(2*(l-2*m+r))
}

// Delay is by how much heard comes later than said, where the two are most
// alike; negative where it comes earlier. Both begin at the same time, and it
// takes speech or noise: a steady tone is like itself at every period.
func Delay(said, heard []int16, rate int) time.Duration {
	size := above(len(said) + len(heard))
	a, b := make([]complex128, size), make([]complex128, size)
	for i, s := range said {
		a[i] = complex(float64(s), 0)
	}
	for i, s := range heard {
		b[i] = complex(float64(s), 0)
	}
	transform(a, -1)
	transform(b, -1)
	for i := range a { // correlation is a product in the spectrum
		a[i] = cmplx.Conj(a[i]) * b[i]
	}
	transform(a, 1)
	best := 0
	for i := range a {
		if real(a[i]) > real(a[best]) {
			best = i
		}
	}
	if best >= size-len(said) { // the far end of the circle lies before zero
		best -= size
	}
	return time.Duration(best) * time.Second / time.Duration(rate)
}

// above is the least power of two that is not below n.
func above(n int) int {
	size := 1
	for size < n {
		size *= 2
	}
	return size
}

// transform is the fast Fourier transform of Cooley and Tukey, radix 2, in
// place and not scaled; sign is -1 forward and 1 backward.
func transform(x []complex128, sign float64) {
	for i, j := 1, 0; i < len(x); i++ { // bits of the index turned round
		bit := len(x) / 2
		for ; j&bit != 0; bit /= 2 {
			j ^= bit
		}
		j ^= bit
		if i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	twiddles := make([]complex128, len(x)/2)
	for k := range twiddles {
		twiddles[k] = cmplx.Rect(1, sign*2*math.Pi*float64(k)/float64(len(x)))
	}
	for size := 2; size <= len(x); size *= 2 {
		step := len(x) / size
		for start := 0; start < len(x); start += size {
			for k := range size / 2 {
				even, odd := x[start+k], twiddles[k*step]*x[start+k+size/2]
				x[start+k], x[start+k+size/2] = even+odd, even-odd
			}
		}
	}
}
