package voice

import "math"

const (
	// ceilingPeak is what a sample may be made: -1 dB of full scale.
	ceilingPeak = 29204
	ceilingRoom = 32767 - ceilingPeak
	// ceilingBlocks is in how many parts of a frame peaks are sought: 2.5 ms.
	ceilingBlocks = 8
	// ceilingWait is for how many blocks nothing is let go after a peak, so that
	// every wave of a low voice is held alike: 20 ms.
	ceilingWait = 8
	// ceilingBack is by what the gain rises in a block after that: 40 dB a
	// second.
	ceilingBack = 1.0116
)

// ceiling amplifies without clipping. The gain is a line from each block's edge
// to the next, low enough at both ends for what is between: a peak is seen
// coming one block before, and the wave keeps its form.
type ceiling struct {
	held float64 // the part of the gain that is let through, from 0 to 1
	wait int     // blocks
}

// amplify multiplies samples by a gain that goes from one factor to another.
func (c *ceiling) amplify(samples []int16, from, to float64) {
	if from == 1 && to == 1 && c.held == 1 {
		return
	}
	var peaks [ceilingBlocks + 1]float64
	for k := range ceilingBlocks {
		peaks[k] = peak(block(samples, k))
	}
	gain := from * c.held
	for k := range ceilingBlocks {
		wide := from + (to-from)*float64(k+1)/ceilingBlocks
		c.hold(wide * max(peaks[k], peaks[k+1]))
		next := wide * c.held
		slope(block(samples, k), gain, next)
		gain = next
	}
}

// hold lets a block through whose loudest sample would be peak.
func (c *ceiling) hold(peak float64) {
	part := 1.0
	if peak > ceilingPeak {
		part = ceilingPeak / peak
	}
	switch {
	case part <= c.held:
		c.held, c.wait = part, ceilingWait
	case c.wait > 0:
		c.wait--
	default:
		c.held = min(c.held*ceilingBack, part)
	}
}

func block(samples []int16, k int) []int16 {
	return samples[k*len(samples)/ceilingBlocks : (k+1)*len(samples)/ceilingBlocks]
}

func peak(samples []int16) float64 {
	least, most := int16(0), int16(0)
	for _, s := range samples {
		least, most = min(least, s), max(most, s)
	}
	return max(float64(most), -float64(least))
}

// slope multiplies samples by a gain that goes evenly from one factor to
// another.
func slope(samples []int16, from, to float64) {
	step := (to - from) / float64(max(len(samples), 1))
	for i, s := range samples {
		from += step
		samples[i] = bend(float64(s) * from)
	}
}

// bend rounds a sample. What is above the ceiling nevertheless, in the first
// 2.5 ms of a frame that nobody saw coming, is bent softly below full scale.
func bend(s float64) int16 {
	size := math.Abs(s)
	if size > ceilingPeak {
		over := size - ceilingPeak
		size = ceilingPeak + ceilingRoom*over/(ceilingRoom+over)
	}
	return int16(math.Copysign(size+0.5, s))
}
