package mix

// Tick makes one tick of b, as its clock does.
func (b *Bridge) Tick() { b.tick(b.now + 1) }

// Limited is how many ways of hearing b remembers that somebody is limited to.
func (b *Bridge) Limited() int { return len(b.limits.ears) }
