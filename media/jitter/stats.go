package jitter

import "time"

// Stats are what a Buffer and its Receiver have counted since they were made,
// and what they aim at.
type Stats struct {
	// Received is every packet pushed.
	Received uint64
	// Lost are those that never came, as far as is known by now.
	Lost uint64
	// Bursts are the runs that the lost ones formed when their time came.
	Bursts uint64
	// Late are those that came when their time was over.
	Late uint64
	// Duplicated are those that came again.
	Duplicated uint64
	// Discarded are those that were thrown away: malformed, of another stream,
	// or to make a delay shorter.
	Discarded uint64
	// Recovered are those that did not come but were found in a later packet
	// (RFC 2198).
	Recovered uint64
	// Concealed are the stretches made up for packets that were not there, and
	// ConcealedSamples how much that was, at 48 kHz.
	Concealed, ConcealedSamples uint64
	// Inserted and Removed are how much sound was stretched and pressed where it
	// was heard, in samples at 48 kHz.
	Inserted, Removed uint64
	// Jitter is that of RFC 3550, section 6.4.1.
	Jitter time.Duration
	// Target is the delay aimed at, Delay the present one: from when a packet
	// that the network does not hold up comes until it is played.
	Target, Delay time.Duration
	// Untrusted says that the levels that the sender tells are not believed: they
	// were far from what was heard, again and again.
	Untrusted bool
}

// Stats is what has been counted so far. Being asked now and then for as long as
// there is a stream, it also gives memory back where nothing has come for long.
func (b *Buffer) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.started && b.next > b.highest && b.cfg.Now().Sub(b.arrived) > idle {
		b.ring = nil
	}
	s := b.stats
	s.Jitter = time.Duration(b.delay.jitter)
	s.Target, s.Delay = b.delay.target(), b.delay.steady+b.off
	return s
}

// count lets what is done with the sound be counted.
func (b *Buffer) count(what func(s *Stats, n int), n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	what(&b.stats, n)
}
