package turn

import "github.com/botd-dev/botd/media"

// hum tells "mhm" from words: with the lips closed, next to nothing is left
// above some hundred hertz, and words have vowels and hisses there.
type hum struct {
	low, high float64 // energy of the speech, and of its differences
}

// hear takes a frame of speech. The energy of the differences of samples, as
// seen at 8 kHz, is a measure of how high it is: that of a tone of f hertz is
// 4 sin²(πf/8000) of its own.
func (h *hum) hear(f *media.Frame) {
	step := max(f.Rate/8000, 1)
	last := 0.0
	for i := 0; i+step <= len(f.Samples); i += step {
		mean := 0.0
		for _, s := range f.Samples[i : i+step] {
			mean += float64(s)
		}
		mean /= float64(step)
		if i > 0 {
			h.high += (mean - last) * (mean - last)
		}
		h.low += mean * mean
		last = mean
	}
}

// humMost is the share of the differences in a hum: what a tone of 450 Hz has.
const humMost = 0.12

// humming reports whether what was heard so far is a hum.
func (h *hum) humming() bool { return h.high < humMost*h.low }
