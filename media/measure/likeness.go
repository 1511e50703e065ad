package measure

import "math"

const (
	// snrFrame is the length of a segment in seconds.
	snrFrame = 0.02
	// leastSNR and mostSNR are what one segment counts at most.
	leastSNR, mostSNR = -10, 35
	// spoken is the level in dBFS from which on a segment counts.
	spoken = -45
)

// SegmentalSNR is the mean of the SNR of every 20 ms of said in which there is
// sound, in dB, each limited to -10 to 35 as is usual (Quackenbush, Objective
// Measures of Speech Quality, 1988). What differs between said and heard is
// noise, so heard must be aligned; a codec leaves some 10 dB. Of silence it is
// -10.
func SegmentalSNR(said, heard []int16, rate int) float64 {
	n := int(snrFrame * float64(rate))
	sum, segments := 0.0, 0
	for from := 0; from+n <= min(len(said), len(heard)); from += n {
		if LevelDBFS(said[from:from+n]) < spoken {
			continue
		}
		var signal, noise float64
		for i := from; i < from+n; i++ {
			x, y := float64(said[i]), float64(heard[i])
			signal += x * x
			noise += (x - y) * (x - y)
		}
		snr := 10 * math.Log10(signal/max(noise, 1e-9))
		sum += min(max(snr, leastSNR), mostSNR)
		segments++
	}
	if segments == 0 {
		return leastSNR
	}
	return sum / float64(segments)
}
