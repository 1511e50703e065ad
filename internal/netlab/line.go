package netlab

import (
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	// secondCopy is by how much the copy of a packet comes later at most.
	secondCopy = 10 * time.Millisecond
	// stallEvery is how long it is between two stalls, in the mean.
	stallEvery = time.Second
	// drift is by which part of Jitter a queue changes in 20 ms, at most.
	drift = 0.25
)

// Line does to packets what a Weather says. It belongs to one goroutine.
type Line struct {
	weather Weather
	random  *rand.Rand

	row   int           // packets that are still to be lost
	queue float64       // 0 to 1
	last  time.Duration // when the last one came out that may not be overtaken
	sent  time.Duration // when the last one was sent
	stall Span

	seen, lost, longest, now int
}

// NewLine makes a line. Lines with the same seed do the same.
func NewLine(w Weather, seed uint64) *Line {
	return &Line{weather: w, random: rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // the same every time is what is wanted
}

// Fate appends to dst when the packet comes out that is sent at a time, both
// since the weather began: once, twice, or not at all.
func (l *Line) Fate(dst []time.Duration, sent time.Duration) []time.Duration {
	l.seen++
	if l.out(sent) || l.loses() {
		l.lost++
		l.now++
		l.longest = max(l.longest, l.now)
		return dst
	}
	l.now = 0
	w := &l.weather
	at := sent + w.Delay + l.jitter(sent)
	if w.Spread != Overtaking {
		at = max(at, l.last)
		l.last = at
	}
	if l.random.Float64() < w.Reorder {
		at += w.Hold
	}
	dst = append(dst, at)
	if l.random.Float64() < w.Duplicate {
		dst = append(dst, at+time.Duration(l.random.Int64N(int64(secondCopy))))
	}
	return dst
}

// out reports whether nothing passes.
func (l *Line) out(at time.Duration) bool {
	for _, o := range l.weather.Outages {
		if at >= o.From && at < o.To {
			return true
		}
	}
	return false
}

// loses decides about one packet. How long a row is, is decided as it begins;
// how often one begins, so that the part of all is Loss.
func (l *Line) loses() bool {
	w := &l.weather
	if l.row > 0 {
		l.row--
		return true
	}
	length := max(w.Burst, float64(w.Row), 1)
	if w.Loss <= 0 || l.random.Float64() >= w.Loss/(w.Loss+length*(1-w.Loss)) {
		return false
	}
	if l.row = w.Row - 1; w.Row <= 0 {
		for l.row = 0; l.random.Float64() < 1-1/length; {
			l.row++
		}
	}
	return true
}

// jitter is how long a packet is held up.
func (l *Line) jitter(sent time.Duration) time.Duration {
	w := &l.weather
	if w.Jitter <= 0 {
		return 0
	}
	switch w.Spread {
	case Queueing:
		l.queue += (2*l.random.Float64() - 1) * drift * min(float64(sent-l.sent)/float64(20*time.Millisecond), 4)
		l.queue, l.sent = min(max(l.queue, 0), 1), sent
		return time.Duration(l.queue * float64(w.Jitter))
	case Stalling:
		if sent >= l.stall.To {
			from := sent + time.Duration(l.random.ExpFloat64()*float64(stallEvery))
			l.stall = Span{from, from + w.Jitter}
		}
		if sent >= l.stall.From {
			return l.stall.To - sent
		}
		return 0
	default:
		return time.Duration(l.random.Float64() * float64(w.Jitter))
	}
}

// Counts are what has become of packets.
type Counts struct {
	// Seen is how many came in, Lost how many of them did not come out, and
	// Longest how many of those in a row.
	Seen, Lost, Longest int
}

// Counts is what has become of the packets so far.
func (l *Line) Counts() Counts { return Counts{l.seen, l.lost, l.longest} }

// String is for a table.
func (c Counts) String() string {
	return fmt.Sprintf("%d of %d lost, %d in a row", c.Lost, c.Seen, c.Longest)
}
