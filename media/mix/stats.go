package mix

import (
	"sync/atomic"
	"time"
)

// Stats are what a clock has counted since it was made.
type Stats struct {
	Bridges  int64 // ticked now
	Ticks    int64 // rounds of the clock
	Late     int64 // rounds begun more than 5 ms after they were due
	Skipped  int64 // rounds left out because they were too late
	Worst    time.Duration
	Decoded  int64 // frames read from ports
	Passed   int64 // frames skipped undecoded
	Unheard  int64 // of those, frames with sound, of ports that were not among the loudest
	Encoded  int64 // payloads made for listeners
	Primed   int64 // payloads made to bring an encoder to where its listener is
	Starved  int64 // ticks a playback had nothing ready for
	Limited  int64 // samples the limiter bent
	Panicked int64 // ports taken out because they panicked
	Unread   int64 // frames a port failed to give
	Unmade   int64 // payloads or encoders that could not be made
}

// lateAfter is how late a round may be without counting as late.
const lateAfter = 5 * time.Millisecond

// counters are the Stats while they are counted. Bridges add to them once a
// tick.
type counters struct {
	ticks, lates, skipped, worst      atomic.Int64
	decoded, passed, unheard          atomic.Int64
	encoded, primed, starved, limited atomic.Int64
	panicked, unread, unmade          atomic.Int64
}

// late counts a round that was begun by so much after it was due.
func (c *counters) late(by time.Duration, skipped int64) {
	c.ticks.Add(1)
	if by > lateAfter {
		c.lates.Add(1)
	}
	if skipped > 0 {
		c.skipped.Add(skipped)
	}
	if int64(by) > c.worst.Load() {
		c.worst.Store(int64(by)) // only the clock's goroutine stores
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
		Encoded: c.encoded.Load(), Primed: c.primed.Load(), Starved: c.starved.Load(),
		Limited: c.limited.Load(), Panicked: c.panicked.Load(), Unread: c.unread.Load(),
		Unmade: c.unmade.Load(),
	}
}
