package jitter

import (
	"time"

	"github.com/pion/rtcp"
)

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

// Stats is what has been counted so far.
func (b *Buffer) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
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

// report is what a receiver report needs (RFC 3550, appendix A.3).
type report struct {
	first    int64 // the sequence number that the stream began with, extended
	received int64
	// Both as of the last report.
	expectedBefore, receivedBefore int64
}

func (r *report) restart(first int64) { *r = report{first: first} }

// Report makes the reception report about the stream since the last one was
// made, and reports false if nothing has come. When the sender's last report
// came is for the caller to add. Being called now and then for as long as there
// is a stream, it also gives memory back where nothing has come for long.
func (b *Buffer) Report() (rtcp.ReceptionReport, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.started {
		return rtcp.ReceptionReport{}, false
	}
	if b.next > b.highest && b.cfg.Now().Sub(b.arrived) > idle {
		b.ring = nil
	}
	r := &b.report
	expected := b.highest - r.first + 1
	interval := expected - r.expectedBefore
	lost := interval - (r.received - r.receivedBefore)
	r.expectedBefore, r.receivedBefore = expected, r.received
	fraction := int64(0)
	if interval > 0 && lost > 0 {
		fraction = min(lost*256/interval, 255)
	}
	return rtcp.ReceptionReport{
		SSRC:               b.ssrc,
		FractionLost:       uint8(fraction),                                    //nolint:gosec // limited above
		TotalLost:          uint32(min(max(expected-r.received, 0), 0x7fffff)), //nolint:gosec // 24 bits, and no more than that
		LastSequenceNumber: uint32(b.highest - firstCycle),                     //nolint:gosec // modulo 2^32
		Jitter:             uint32(b.cfg.units(time.Duration(b.delay.jitter))), //nolint:gosec // less than a stream's length
	}, true
}
