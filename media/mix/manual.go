package mix

import "github.com/botd-dev/botd/media"

// Step makes one tick of every bridge, one after the other, in the caller's
// goroutine. count is the number of the tick since the clock was made, which
// grows from call to call; what it leaves out is silence. It is only for a clock
// that is Manual.
func (c *Clock) Step(count int64) {
	c.mu.Lock()
	round := c.round[:0]
	for i := range c.slots {
		round = append(round, c.slots[i].bridges...)
	}
	c.round = round
	c.mu.Unlock()
	for _, b := range round {
		b.tick(count)
	}
	clear(round)
}

// Quiet reports whether nothing would come of a tick now: nobody speaks or has
// just spoken, nothing is played, and nobody follows the sound frame by frame.
func (c *Clock) Quiet() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.slots {
		for _, b := range c.slots[i].bridges {
			if !b.quiet() {
				return false
			}
		}
	}
	return true
}

// quiet is Quiet of one bridge. The clock's lock is held: only a clock that is
// Manual is asked, whose bridges nobody uses meanwhile.
func (b *Bridge) quiet() bool {
	if b.changed || len(b.plays)+len(b.taps) > 0 {
		return false
	}
	for _, m := range b.members {
		if !m.asleep() || !m.still() {
			return false
		}
		if l, ok := m.port.(media.Follower); ok && l.Follows() {
			return false
		}
	}
	return true
}
