package mix

// fadeSamples is the length of a fade of a voice: 5 ms; stopFade that of what is
// played and stopped: 10 ms.
const (
	fadeSamples = 240
	stopFade    = 480
)

// fadeIn raises the beginning of a frame from nothing.
func fadeIn(samples []int16) {
	for i := range min(fadeSamples, len(samples)) {
		samples[i] = int16(int(samples[i]) * i / fadeSamples)
	}
}

// fadeOut lowers the beginning of a frame to nothing and silences the rest.
func fadeOut(samples []int16) { fade(samples, fadeSamples) }

// fade is fadeOut over n samples.
func fade(samples []int16, n int) {
	n = min(n, len(samples))
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
