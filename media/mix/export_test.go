package mix

// Tick makes one tick of b, as its clock does.
func (b *Bridge) Tick() { b.tick(b.now + 1) }

// Limited is how many ways of hearing b remembers that somebody is limited to.
func (b *Bridge) Limited() int { return len(b.limits.ears) }

// Rest ends the rounds of c, so that its bridges are ticked by Tick alone.
func (c *Clock) Rest() {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		c.cfg.Alarm.Ring()
	}
	c.mu.Unlock()
	c.own.Wait()
}

// NewTimer makes the Alarm that a Config has by default.
func NewTimer() Alarm { return newTimer() }
