package mix

// Tick makes one tick of b, as its clock does.
func (b *Bridge) Tick() { b.tick() }
