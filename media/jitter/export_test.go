package jitter

// Holds reports whether b has memory for packets.
func (b *Buffer) Holds() bool { return b.ring != nil }
