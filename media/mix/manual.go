package mix

import "github.com/botd-dev/botd/media"

// Step makes one tick of every bridge, one after the other, in the caller's
// goroutine. count is the number of the tick since the clock was made, which
// grows from call to call; what it leaves out is silence. It is only for a clock
// that is Manual.
func (c *Clock) Step(count int64) {
	for _, b := range c.all() {
		b.tick(count)
	}
	clear(c.round)
}

// all are the bridges there are, in the order of their slots. Only one goroutine
// at a time may ask.
func (c *Clock) all() []*Bridge {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.round = c.round[:0]
	for i := range c.slots {
		c.round = append(c.round, c.slots[i].bridges...)
	}
	return c.round
}

// Quiet reports whether nothing would come of a tick now: nobody speaks or has
// just spoken, nothing is played, and nobody follows the sound frame by frame.
func (c *Clock) Quiet() bool {
	for _, b := range c.all() {
		if !b.quiet() {
			return false
		}
	}
	return true
}

// quiet is Quiet of one bridge.
func (b *Bridge) quiet() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
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
