package pocketsphinx

import "github.com/botd-dev/botd/media"

// floorPeak is the peak of white noise of -54 dBFS.
const floorPeak = 113

// noise mixes white noise of -54 dBFS in. The models know no sound without any:
// above 4 kHz, where a telephone has nothing at all, every phone sounds the same
// to them otherwise. It is the same noise each time, so that the same sound is
// understood the same.
func noise(samples []int16) {
	x := uint32(1)
	for i, s := range samples {
		x = x*1664525 + 1013904223 // a linear congruential generator
		samples[i] = media.Clip(int(s) + int(int32(x)>>16)*floorPeak>>15)
	}
}
