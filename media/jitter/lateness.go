package jitter

import "time"

const (
	binWidth = 2 * time.Millisecond
	bins     = 160 // 320 ms
	// memory is over how many packets lateness is remembered, 5 s.
	memory = 250
	// tooLate is one in how many packets may come later than the target.
	tooLate = 50
	// peakWindow is for how long at least the latest packet is remembered.
	peakWindow = 2 * time.Second
)

// lateness is how much later than the fastest ones the last packets came, in
// bins of 2 ms. Adding a packet and asking cost the same however many there are.
type lateness struct {
	counts [bins]uint16
	recent [memory]uint8 // the bin of each packet, in a circle
	seen   int
	oldest int
	// needed is the least bin that all but the few who may be too late are in or
	// below; above is how many are not.
	needed, above int

	peak   [2]top // of this window and of the one before
	opened time.Time
}

// add enters how late a packet came.
func (l *lateness) add(behind time.Duration, at time.Time) {
	bin := min(max(int(behind/binWidth), 0), bins-1)
	if l.seen == memory {
		l.remove(int(l.recent[l.oldest]))
	} else {
		l.seen++
	}
	l.recent[l.oldest] = uint8(bin) //nolint:gosec // less than bins
	l.oldest = (l.oldest + 1) % memory
	l.counts[bin]++
	if bin > l.needed {
		l.above++
	}
	l.settle()
	l.keepPeak(uint8(bin), at) //nolint:gosec // less than bins
}

func (l *lateness) remove(bin int) {
	l.counts[bin]--
	if bin > l.needed {
		l.above--
	}
}

// settle moves needed to where only the allowed few are above it.
func (l *lateness) settle() {
	allowed := l.seen / tooLate
	for l.above > allowed {
		l.needed++
		l.above -= int(l.counts[l.needed])
	}
	for l.needed > 0 && l.above+int(l.counts[l.needed]) <= allowed {
		l.above += int(l.counts[l.needed])
		l.needed--
	}
}

// top is the highest bin of a window, and the next one below. One packet that is
// later than all others is no reason to keep a delay: a machine that pauses now
// and then is no network that needs a buffer.
type top struct{ first, second uint8 }

func (t *top) take(bin uint8) {
	if bin > t.first {
		t.first, bin = bin, t.first
	}
	t.second = max(t.second, bin)
}

func (l *lateness) keepPeak(bin uint8, at time.Time) {
	switch since := at.Sub(l.opened); {
	case since > 2*peakWindow:
		l.peak, l.opened = [2]top{}, at
	case since > peakWindow:
		l.peak, l.opened = [2]top{{}, l.peak[0]}, at
	}
	l.peak[0].take(bin)
}

// repaired enters how late something lost came with a later packet. That is no
// stray: it will be so again.
func (l *lateness) repaired(behind time.Duration, at time.Time) {
	l.add(behind, at)
	l.peak[0].take(l.peak[0].first)
}

// usual is the delay at which all but one in fifty come in time.
func (l *lateness) usual() time.Duration { return time.Duration(l.needed+1) * binWidth }

// latest is the delay at which all of the last seconds would have come in time,
// but for the one of each window that was the latest.
func (l *lateness) latest() time.Duration {
	return time.Duration(max(l.peak[0].second, l.peak[1].second)+1) * binWidth
}
