package mix

// The limiter leaves alone what is quieter than the knee and bends what is
// louder, so that no sum, however large, reaches full scale: over the knee the
// sample is knee + room·d/(room+d), whose slope at the knee is 1. It has no
// memory, hence every mix of a tick is bent the same way.
const (
	knee = 26000 // -2 dB of full scale
	room = 32767 - knee
)

// bend limits a sum of several sources to what 16 bits hold.
func bend(s int32) int16 {
	switch {
	case s > knee:
		d := int64(s) - knee
		return int16(knee + room*d/(room+d))
	case s < -knee:
		d := -int64(s) - knee
		return int16(-knee - room*d/(room+d))
	}
	return int16(s)
}

// limit writes sum to dst and returns how many samples it bent. A sum of one
// source fits as it is and is not touched.
func limit(dst []int16, sum []int32, sources int) (bent int64) {
	if sources <= 1 {
		for i, s := range sum {
			dst[i] = int16(s)
		}
		return 0
	}
	for i, s := range sum {
		if s > knee || s < -knee {
			bent++
		}
		dst[i] = bend(s)
	}
	return bent
}

// limitLess is limit for sum without what is less in it, which leaves so many
// others.
func limitLess(dst []int16, sum []int32, less []int16, others int) (bent int64) {
	if others <= 1 {
		for i, s := range sum {
			dst[i] = int16(s - int32(less[i]))
		}
		return 0
	}
	for i, s := range sum {
		s -= int32(less[i])
		if s > knee || s < -knee {
			bent++
		}
		dst[i] = bend(s)
	}
	return bent
}

// fadeSamples is the length of a fade: 5 ms.
const fadeSamples = 240

// fadeIn raises the beginning of a frame from nothing.
func fadeIn(samples []int16) {
	for i := range min(fadeSamples, len(samples)) {
		samples[i] = int16(int(samples[i]) * i / fadeSamples)
	}
}

// fadeOut lowers the beginning of a frame to nothing and silences the rest.
func fadeOut(samples []int16) {
	n := min(fadeSamples, len(samples))
	for i := range n {
		samples[i] = int16(int(samples[i]) * (n - i) / n)
	}
	clear(samples[n:])
}

// blend goes from one mix to the other in the course of a frame. What is in
// both stays as it is.
func blend(dst, from, to []int32) {
	n := int64(len(dst))
	for i := range dst {
		dst[i] = from[i] + int32(int64(to[i]-from[i])*int64(i)/n)
	}
}

// blendPart is blend for one part of the mixes; nil is silence.
func blendPart(dst, from, to []int16) {
	for i := range dst {
		var a, b int
		if from != nil {
			a = int(from[i])
		}
		if to != nil {
			b = int(to[i])
		}
		dst[i] = int16(a + (b-a)*i/len(dst))
	}
}

func add(sum []int32, samples []int16) {
	for i, s := range samples {
		sum[i] += int32(s)
	}
}
