package media

// dot is the scalar product of h and of as many of x, of which there must be no
// fewer. The length of h is a multiple of eight. It is nearly all that
// resampling costs, and a fifth of that with four lanes at a time, which every
// processor of this kind has.
//
//go:noescape
func dot(h, x []float32) float32
