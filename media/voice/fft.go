package voice

import (
	"math"
	"math/bits"
	"sync"
)

// The two lengths of the transform that are used here, each with one table for
// all who use it.
var (
	shortTransform = lazyTable(512)
	longTransform  = lazyTable(1024)
)

// lazyTable makes a transform of size real samples when it is first asked for.
func lazyTable(size int) func() *transform {
	return sync.OnceValue(func() *transform { return newTransform(size) })
}

// transform is the fast Fourier transform of real samples. It packs them in
// twos into complex numbers, transforms half as many of these (radix 2, in
// place) and takes the two spectra apart again. It holds tables only, so any
// number of goroutines may use one.
type transform struct {
	half     int       // complex numbers
	cos, sin []float32 // of 2πk/size for k below half
	reversed []uint16  // index with its bits turned round
}

func newTransform(size int) *transform {
	half := size / 2
	t := &transform{
		half: half,
		cos:  make([]float32, half), sin: make([]float32, half),
		reversed: make([]uint16, half),
	}
	shift := bits.LeadingZeros16(uint16(half)) + 1
	for k := range half {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(size))
		t.cos[k], t.sin[k] = float32(cos), float32(sin)
		t.reversed[k] = bits.Reverse16(uint16(k)) >> shift
	}
	return t
}

// spectrum is one sided: bins 0 to half, real and imaginary parts apart.
type spectrum struct{ re, im []float32 }

func newSpectrum(size int) spectrum {
	return spectrum{make([]float32, size/2+1), make([]float32, size/2+1)}
}

// forward transforms x into s. It is not scaled.
func (t *transform) forward(s spectrum, x []float32) {
	for i, r := range t.reversed {
		s.re[i], s.im[i] = x[2*r], x[2*r+1]
	}
	t.run(s.re, s.im)
	t.split(s)
}

// split takes the spectra of even and odd samples apart and joins them to the
// one of all samples.
func (t *transform) split(s spectrum) {
	n := t.half
	dc := s.re[0]
	s.re[0], s.re[n] = dc+s.im[0], dc-s.im[0]
	s.im[0], s.im[n] = 0, 0
	for k := 1; k <= n/2; k++ {
		m := n - k
		evenRe, evenIm := (s.re[k]+s.re[m])/2, (s.im[k]-s.im[m])/2
		oddRe, oddIm := (s.im[k]+s.im[m])/2, (s.re[m]-s.re[k])/2
		turnRe := oddRe*t.cos[k] + oddIm*t.sin[k]
		turnIm := oddIm*t.cos[k] - oddRe*t.sin[k]
		s.re[k], s.im[k] = evenRe+turnRe, evenIm+turnIm
		s.re[m], s.im[m] = evenRe-turnRe, turnIm-evenIm
	}
}

// inverse undoes forward. w is for working in and may not be s.
func (t *transform) inverse(x []float32, s, w spectrum) {
	n := t.half
	for i, r := range t.reversed {
		k := int(r)
		m := n - k
		evenRe, evenIm := s.re[k]+s.re[m], s.im[k]-s.im[m]
		diffRe, diffIm := s.re[k]-s.re[m], s.im[k]+s.im[m]
		oddRe := diffRe*t.cos[k] - diffIm*t.sin[k]
		oddIm := diffIm*t.cos[k] + diffRe*t.sin[k]
		// With the parts exchanged the forward transform runs backward.
		w.im[i], w.re[i] = evenRe-oddIm, evenIm+oddRe
	}
	t.run(w.re, w.im)
	scale := 1 / float32(2*n)
	for i := range n {
		x[2*i], x[2*i+1] = w.im[i]*scale, w.re[i]*scale
	}
}

// run is the transform of Cooley and Tukey over numbers in reversed order. It
// goes two stages at a time, which halves the way to memory and back.
func (t *transform) run(re, im []float32) {
	t.first(re, im)
	half := 4
	for ; 4*half <= t.half; half *= 4 {
		for start := 0; start < t.half; start += 4 * half {
			t.twoStages(re[start:][:4*half], im[start:][:4*half])
		}
	}
	for ; 2*half <= t.half; half *= 2 {
		for start := 0; start < t.half; start += 2 * half {
			t.stage(re[start:][:2*half], im[start:][:2*half])
		}
	}
}

// first does the two stages whose factors are 1 and -i.
func (t *transform) first(re, im []float32) {
	for i := 0; i+3 < t.half; i += 4 {
		r, m := re[i:i+4:i+4], im[i:i+4:i+4]
		ar, ai, br, bi := r[0]+r[1], m[0]+m[1], r[0]-r[1], m[0]-m[1]
		cr, ci, dr, di := r[2]+r[3], m[2]+m[3], r[2]-r[3], m[2]-m[3]
		r[0], m[0] = ar+cr, ai+ci
		r[1], m[1] = br+di, bi-dr
		r[2], m[2] = ar-cr, ai-ci
		r[3], m[3] = br-di, bi+dr
	}
}

// stage joins the two halves of re and im.
func (t *transform) stage(re, im []float32) {
	half := len(re) / 2
	stride := t.half / half
	lowRe, highRe := re[:half], re[half:][:half]
	lowIm, highIm := im[:half], im[half:][:half]
	for k := range lowRe {
		cos, sin := t.cos[k*stride], t.sin[k*stride]
		r, i := highRe[k]*cos+highIm[k]*sin, highIm[k]*cos-highRe[k]*sin
		a, b := lowRe[k], lowIm[k]
		lowRe[k], lowIm[k] = a+r, b+i
		highRe[k], highIm[k] = a-r, b-i
	}
}

// twoStages joins the quarters of re and im: the first with the second and the
// third with the fourth, then both. A quarter of a turn on is a factor of -i.
func (t *transform) twoStages(re, im []float32) {
	n := len(re) / 4
	stride := t.half / (2 * n) // of the second stage
	r0, r1, r2, r3 := re[:n], re[n:][:n], re[2*n:][:n], re[3*n:][:n]
	i0, i1, i2, i3 := im[:n], im[n:][:n], im[2*n:][:n], im[3*n:][:n]
	for k := range r0 {
		c1, s1 := t.cos[2*k*stride], t.sin[2*k*stride]
		c2, s2 := t.cos[k*stride], t.sin[k*stride]
		ar, ai := r1[k]*c1+i1[k]*s1, i1[k]*c1-r1[k]*s1
		br, bi := r3[k]*c1+i3[k]*s1, i3[k]*c1-r3[k]*s1
		er, ei, fr, fi := r0[k]+ar, i0[k]+ai, r0[k]-ar, i0[k]-ai
		gr, gi, hr, hi := r2[k]+br, i2[k]+bi, r2[k]-br, i2[k]-bi
		xr, xi := gr*c2+gi*s2, gi*c2-gr*s2
		yr, yi := hi*c2-hr*s2, -hr*c2-hi*s2 // times -i
		r0[k], i0[k], r2[k], i2[k] = er+xr, ei+xi, er-xr, ei-xi
		r1[k], i1[k], r3[k], i3[k] = fr+yr, fi+yi, fr-yr, fi-yi
	}
}
