package measure

import (
	"math"
	"slices"
	"time"

	"github.com/botd-dev/botd/media"
)

const (
	// alike is from which likeness on a delay is believed.
	alike = 0.4
	// around is how far from the last delay another is looked for.
	around = 300 * time.Millisecond
)

// Moment is by how much a piece of sound came late.
type Moment struct {
	// At is where the piece begins in what was said.
	At time.Duration
	// Delay is by how much it was heard later than it was said.
	Delay time.Duration
	// Likeness is how much of it was heard so: 1 if nothing else was, next to 0
	// if it was not heard at all.
	Likeness float64
}

// Delays is the delay piece by piece: of each whole piece of said in which there
// is sound, where in heard it is most alike, no further than 300 ms from where
// the last was that was heard. The first is looked for within 2 s of start. It
// takes speech or noise, as Delay does.
func Delays(said, heard []int16, rate int, piece, start time.Duration) []Moment {
	var all []Moment
	n := samplesOf(piece, rate)
	last, within := start, 2*time.Second
	for from := 0; from+n <= len(said); from += n {
		part := said[from : from+n]
		if LevelDBFS(part) < silentPart {
			continue
		}
		first := from + samplesOf(last-within, rate)
		late, likeness := found(part, cut(heard, first, n+samplesOf(2*within, rate)), rate)
		m := Moment{
			At: lasting(from, rate), Delay: last - within + late, Likeness: likeness,
		}
		if all = append(all, m); likeness >= alike {
			last, within = m.Delay, around
		}
	}
	return all
}

// silentPart is the level in dBFS below which there is nothing to find.
const silentPart = -50

// Heard reports whether enough of the piece was heard for its delay to be
// believed.
func (m Moment) Heard() bool { return m.Likeness >= alike }

// Align is heard as it would have come without delay, as long as said: piece by
// piece of half a second put where it is most alike, so that what was stretched
// or pressed a little can be compared sample by sample.
func Align(said, heard []int16, rate int, start time.Duration) []int16 {
	const piece = 500 * time.Millisecond
	n := samplesOf(piece, rate)
	last := start
	delays := map[int]time.Duration{}
	for _, m := range Delays(said, heard, rate, piece, start) {
		if m.Heard() {
			last = m.Delay
		}
		delays[samplesOf(m.At, rate)] = last
	}
	aligned := make([]int16, 0, len(said))
	last = start
	for from := 0; from < len(said); from += n {
		if d, known := delays[from]; known {
			last = d
		}
		aligned = append(aligned, cut(heard, from+samplesOf(last, rate), min(n, len(said)-from))...)
	}
	return aligned
}

// found is where in heard, which is longer, part is most alike, and how much:
// roughly first, then to the sample.
func found(part, heard []int16, rate int) (time.Duration, float64) {
	by := max(rate/coarse, 1)
	about := by * samplesOf(Delay(thinned(part, by), thinned(heard, by), rate/by), rate/by)
	best, likeness := max(about, 0), 0.0
	heard = cut(heard, 0, len(heard)+2*by)
	for late := max(about-by, 0); late <= min(about+by, len(heard)-len(part)); late++ {
		if l := likenessOf(part, heard[late:late+len(part)]); l > likeness {
			best, likeness = late, l
		}
	}
	return lasting(best, rate), likeness
}

// coarse is the rate in hertz at which is looked for roughly.
const coarse = 6000

// thinned is the mean of every so many samples.
func thinned(samples []int16, by int) []int16 {
	out := make([]int16, len(samples)/by)
	for i := range out {
		sum := 0
		for _, s := range samples[i*by : (i+1)*by] {
			sum += int(s)
		}
		out[i] = media.Clip(sum / by)
	}
	return out
}

// likenessOf is the correlation of two pieces of equal length, not below zero.
// Every fourth sample is enough to know it.
func likenessOf(part, same []int16) float64 {
	var product, a, b float64
	for i := 0; i < len(part); i += 4 {
		x, y := float64(part[i]), float64(same[i])
		product += x * y
		a += x * x
		b += y * y
	}
	if product <= 0 || a == 0 || b == 0 {
		return 0
	}
	return product / math.Sqrt(a*b)
}

// cut is n samples from a place that may lie outside, where there is silence.
func cut(samples []int16, from, n int) []int16 {
	before := min(max(-from, 0), n)
	inside := samples[min(max(from, 0), len(samples)):min(max(from+n, 0), len(samples))]
	out := make([]int16, before, n)
	out = append(out, inside...)
	return slices.Concat(out, make([]int16, n-len(out)))
}

func samplesOf(d time.Duration, rate int) int {
	return int(int64(d) * int64(rate) / int64(time.Second))
}

func lasting(samples, rate int) time.Duration {
	return time.Duration(int64(samples) * int64(time.Second) / int64(rate))
}
