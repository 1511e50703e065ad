package voice

import (
	"math"
	"math/rand/v2"
	"testing"
)

// slow is the definition of the transform.
func slow(x []float32) (re, im []float64) {
	n := len(x)
	re, im = make([]float64, n/2+1), make([]float64, n/2+1)
	for k := range re {
		for i, v := range x {
			sin, cos := math.Sincos(-2 * math.Pi * float64(k*i%n) / float64(n))
			re[k] += float64(v) * cos
			im[k] += float64(v) * sin
		}
	}
	return re, im
}

func TestTheTransformIsThatOfItsDefinition(t *testing.T) {
	for _, size := range []int{16, 512, 1024} {
		fft, r := newTransform(size), rand.New(rand.NewPCG(1, uint64(size)))
		x := make([]float32, size)
		for i := range x {
			x[i] = r.Float32()*2 - 1
		}
		s, w, back := newSpectrum(size), newSpectrum(size), make([]float32, size)
		fft.forward(s, x)
		re, im := slow(x)
		for k := range re {
			if d := math.Hypot(re[k]-float64(s.re[k]), im[k]-float64(s.im[k])); d > 2e-5*math.Sqrt(float64(size)) {
				t.Fatalf("size %d, bin %d is wrong by %g", size, k, d)
			}
		}
		fft.inverse(back, s, w)
		for i := range x {
			if d := math.Abs(float64(x[i] - back[i])); d > 1e-6 {
				t.Fatalf("size %d, sample %d comes back wrong by %g", size, i, d)
			}
		}
	}
}

func BenchmarkTransform(b *testing.B) {
	fft, s, w, x := longTransform(), newSpectrum(1024), newSpectrum(1024), make([]float32, 1024)
	x[3] = 1
	b.Run("forward", func(b *testing.B) {
		for b.Loop() {
			fft.forward(s, x)
		}
	})
	b.Run("inverse", func(b *testing.B) {
		for b.Loop() {
			fft.inverse(x, s, w)
		}
	})
}
