//go:build !amd64

package media

// dot is the scalar product of h and of as many of x, of which there must be no
// fewer. The length of h is a multiple of eight. It has four sums so that the
// processor need not wait for one.
func dot(h, x []float32) float32 {
	var a, b, c, d float32
	x = x[:len(h)]
	for len(h) >= 4 && len(x) >= 4 {
		a += h[0] * x[0]
		b += h[1] * x[1]
		c += h[2] * x[2]
		d += h[3] * x[3]
		h, x = h[4:], x[4:]
	}
	return a + b + c + d
}
