package mix

import (
	"sync/atomic"
	"time"
)

// Stats are what a clock has counted since it was made.
type Stats struct {
	Bridges  int64 // ticked now
	Ticks    int64 // of bridges
	Late     int64 // of those, begun more than 5 ms after they were due
	Skipped  int64 // and left out before them because they were too late
	Worst    time.Duration
	Decoded  int64 // frames read from ports
	Passed   int64 // frames skipped undecoded
	Unheard  int64 // of those, frames with sound, of ports that were not among the loudest
	Relayed  int64 // packets handed on as they came, once for all who share them
	Tapped   int64 // frames and packets put in the rings of taps
	Encoded  int64 // payloads made for listeners
	Primed   int64 // payloads made to bring an encoder to where its listener is
	Starved  int64 // ticks a playback had nothing ready for
	Limited  int64 // samples the limiter bent
	Panicked int64 // ports taken out because they panicked
	Unread   int64 // frames a port failed to give
	Unmade   int64 // payloads or encoders that could not be made
}

// LatePercent is how many ticks of a hundred were late.
func (s Stats) LatePercent() float64 {
	return 100 * float64(s.Late) / float64(max(s.Ticks, 1))
}

// lateAfter is how late a tick may be without counting as late.
const lateAfter = 5 * time.Millisecond

// counters are the Stats while they are counted. Bridges add to them once a
// tick.
type counters struct {
	ticks, lates, skipped, worst      atomic.Int64
	decoded, passed, unheard          atomic.Int64
	relayed, tapped                   atomic.Int64
	encoded, primed, starved, limited atomic.Int64
	panicked, unread, unmade          atomic.Int64
}

// late counts a tick that was begun by so much after it was due.
func (c *counters) late(by time.Duration) {
	c.ticks.Add(1)
	if by > lateAfter {
		c.lates.Add(1)
	}
	for worst := c.worst.Load(); int64(by) > worst; worst = c.worst.Load() {
		if c.worst.CompareAndSwap(worst, int64(by)) {
			return
		}
	}
}

// add counts what happened in one tick of one bridge.
func (c *counters) add(t *Stats) {
	for _, n := range [...]struct {
		to *atomic.Int64
		by int64
	}{
		{&c.decoded, t.Decoded},
		{&c.passed, t.Passed},
		{&c.relayed, t.Relayed},
		{&c.tapped, t.Tapped},
		{&c.unheard, t.Unheard},
		{&c.encoded, t.Encoded},
		{&c.primed, t.Primed},
		{&c.starved, t.Starved},
		{&c.limited, t.Limited},
		{&c.panicked, t.Panicked},
		{&c.unread, t.Unread},
		{&c.unmade, t.Unmade},
	} {
		if n.by != 0 {
			n.to.Add(n.by)
		}
	}
}

func (c *counters) read() Stats {
	return Stats{
		Ticks: c.ticks.Load(), Late: c.lates.Load(), Skipped: c.skipped.Load(),
		Worst:   time.Duration(c.worst.Load()),
		Decoded: c.decoded.Load(), Passed: c.passed.Load(), Unheard: c.unheard.Load(),
		Relayed: c.relayed.Load(), Tapped: c.tapped.Load(),
		Encoded: c.encoded.Load(), Primed: c.primed.Load(), Starved: c.starved.Load(),
		Limited: c.limited.Load(), Panicked: c.panicked.Load(), Unread: c.unread.Load(),
		Unmade: c.unmade.Load(),
	}
}
