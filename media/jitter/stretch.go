package jitter

import (
	"math"

	"github.com/botd-dev/botd/media"
)

const (
	// The periods that are repeated or left out, in samples at 48 kHz: 400 to
	// 67 Hz. Of higher voices and tones several periods fit in between.
	minPeriod, maxPeriod = 120, 720
	// template is how much must be like what was one period before: 10 ms.
	template = 480
	// seam is over how many samples two sounds are blended: 5 ms.
	seam = 240
	// coarse is by how much the first search is coarser than the second.
	coarse = 4
	// jump is how many times the steepest step of the last 5 ms the next one is
	// not.
	jump = 2
	// similar is how much alike, from 0 to 1, two periods must be that one of them
	// may go missing in the middle of a word.
	similar = 0.9
)

// stretcher changes how long the sound on a tape lasts and keeps its pitch: it
// repeats whole periods of a voice or leaves them out, where the sound is most
// like itself one period away (overlap-add aligned by waveform similarity,
// WSOLA). Noise and quiet have no period, and any does.
type stretcher struct {
	scratch []int16 // not there before it is needed
}

// copied is a copy of sound, of up to seam and a period.
func (s *stretcher) copied(sound []int16) []int16 {
	if s.scratch == nil {
		s.scratch = make([]int16, seam+maxPeriod)
	}
	return s.scratch[:copy(s.scratch, sound)]
}

// grow puts at least n samples in at the end of the tape, and returns how many:
// whole periods, so that what follows goes on where the sound ended. They must
// be as like the one before as least asks for, else nothing is put in.
func (s *stretcher) grow(t *tape, n int, least float64) int {
	if len(t.samples) < maxPeriod+template {
		return t.silence(n)
	}
	t.reserve(n + maxPeriod)
	p, like := period(t.samples, len(t.samples)-template, -1, maxPeriod)
	if like < least {
		return 0
	}
	return s.repeat(t, p, n)
}

// repeat appends the last period, of p samples, until there are n more.
func (s *stretcher) repeat(t *tape, p, n int) int {
	lead := s.copied(t.samples[len(t.samples)-seam-p:])
	before, cycle := lead[:seam], lead[seam:]
	put := 0
	for ; put < n; put += p {
		if t.unread() >= seam {
			end := t.samples[len(t.samples)-seam:]
			for i := range end {
				end[i] = blend(end[i], before[i], i, seam)
			}
			t.samples = append(t.samples, cycle...)
		} else {
			t.samples = bridge(t.samples, before[seam-1], cycle)
		}
	}
	return put
}

// bridge appends cycle, which went on from before, to sound whose end cannot be
// changed any more: the step between the two is spread over a seam.
func bridge(sound []int16, before int16, cycle []int16) []int16 {
	step := int(sound[len(sound)-1]) - int(before)
	from := len(sound)
	sound = append(sound, cycle...)
	for i := range min(seam, len(cycle)) {
		sound[from+i] = media.Clip(int(sound[from+i]) + step*(seam-i)/seam)
	}
	return sound
}

// shrink leaves one period of up to most samples out of what is read next, and
// returns how many. They must be as like the next one as least asks for, else
// nothing is left out.
func (s *stretcher) shrink(t *tape, most int, least float64) int {
	most = min(most, maxPeriod, t.unread()-template)
	if most < minPeriod {
		return 0
	}
	p, like := period(t.samples, t.at, 1, most)
	if like < least {
		return 0
	}
	return s.leaveOut(t, p)
}

// leaveOut leaves out the next p samples, and blends what was there into what
// comes.
func (s *stretcher) leaveOut(t *tape, p int) int {
	next := t.samples[t.at:]
	out := s.copied(next[:min(seam, len(next)-p)]) // the two overlap
	for i, was := range out {
		next[p+i] = blend(was, next[p+i], i, len(out))
	}
	t.samples = t.samples[:t.at+copy(next, next[p:])]
	return p
}

// join appends sound that does not begin where the tape ends. What was there
// goes on for up to a period, until the two fit best, and blends into it. It
// returns how much that was.
func (s *stretcher) join(t *tape, sound []int16) int {
	n := min(seam, len(sound))
	t.reserve(2*maxPeriod + seam + len(sound))
	from := len(t.samples)
	s.grow(t, maxPeriod+n, 0)
	m := fit(t.samples[from:], sound[:n])
	for i := range n {
		sound[i] = blend(t.samples[from+m+i], sound[i], i, n)
	}
	t.samples = append(t.samples[:from+m], sound...)
	return m
}

// mend takes the jump out of sound that is to go on where the tape ends and does
// not, as what a decoder makes up at times. The step between the two is spread
// over a seam.
func mend(t *tape, sound []int16) {
	if len(t.samples) < seam || len(sound) == 0 {
		return
	}
	end := t.samples[len(t.samples)-seam:]
	last, steepest := int(end[0]), 0
	for _, v := range end {
		steepest = max(steepest, int(v)-last, last-int(v))
		last = int(v)
	}
	step := last - int(sound[0])
	if max(step, -step) <= jump*steepest {
		return
	}
	for i := range min(seam, len(sound)) {
		sound[i] = media.Clip(int(sound[i]) + step*(seam-i)/seam)
	}
}

// fit is where in long, up to a period from its beginning, short fits best.
func fit(long, short []int16) int {
	best, where := math.Inf(-1), 0
	for m := 0; m <= min(maxPeriod, len(long)-len(short)); m += coarse {
		if score := alike(long[m:], short, coarse); score > best {
			best, where = score, m
		}
	}
	return where
}

// period is by how much, of minPeriod to most samples forward (1) or back (-1),
// sound is most like its template at a place, and how much, from -1 to 1.
func period(sound []int16, at, way, most int) (p int, like float64) {
	x := sound[at : at+template]
	rough, like := minPeriod, math.Inf(-1)
	for p := minPeriod; p <= most; p += coarse {
		if score := alike(sound[at+way*p:], x, coarse); score > like {
			rough, like = p, score
		}
	}
	p, like = rough, math.Inf(-1)
	for q := max(minPeriod, rough-coarse); q <= min(most, rough+coarse); q++ {
		if score := alike(sound[at+way*q:], x, 1); score > like {
			p, like = q, score
		}
	}
	return p, like
}

// alike is how much a begins like b, looking at every few samples: their
// correlation, 1 for the same and 0 for nothing in common.
func alike(a, b []int16, every int) float64 {
	a = a[:len(b)]
	var both, as, bs int64
	for i := 0; i < len(b); i += every {
		x, y := int64(a[i]), int64(b[i])
		both += x * y
		as += x * x
		bs += y * y
	}
	if as == 0 || bs == 0 {
		return 0
	}
	return float64(both) / math.Sqrt(float64(as)*float64(bs))
}

// fade scales sound from one part of its loudness to another, both from 0 to 1.
func fade(sound []int16, from, to float64) {
	step := (to - from) / float64(len(sound))
	for i, s := range sound {
		sound[i] = int16(float64(s) * (from + step*float64(i)))
	}
}

// blend goes from a to b in n steps, of which this is number i.
func blend(a, b int16, i, n int) int16 {
	return int16((int(a)*(n-i) + int(b)*i) / n) //nolint:gosec // between a and b
}
