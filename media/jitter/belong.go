package jitter

import (
	"time"

	"github.com/pion/rtp"
)

// stray is a packet that fits nothing before it. A second one right after it
// makes it a new stream (RFC 3550, appendix A.1), so that one packet gone astray
// does not end the old one.
type stray struct {
	known    bool
	ssrc     uint32
	sequence uint16
}

// belongs reports whether a packet is of the stream that is played, after
// having begun with a new one where it is the start of that.
func (b *Buffer) belongs(h *rtp.Header, at time.Time, void bool) bool {
	if !b.started {
		b.restart(h, at)
		return true
	}
	ahead := int(int16(h.SequenceNumber - uint16(b.highest))) //nolint:gosec // modulo 2^16
	if h.SSRC != b.ssrc || ahead >= slots || ahead <= -slots {
		return b.confirms(h, at)
	}
	if void { // the timestamp of an event is that of its beginning
		return true
	}
	step := int64(int32(h.Timestamp - uint32(b.newest))) //nolint:gosec // modulo 2^32
	if ahead <= 0 {
		return step <= 0
	}
	if step < 0 || step > b.cfg.units(maxGap) { // the sender's clock was set
		b.restart(h, at)
	}
	return true
}

// confirms begins with a new stream at its second packet.
func (b *Buffer) confirms(h *rtp.Header, at time.Time) bool {
	second := b.stray == stray{true, h.SSRC, h.SequenceNumber - 1}
	b.stray = stray{true, h.SSRC, h.SequenceNumber}
	if second {
		b.restart(h, at)
	}
	return second
}

// restart forgets every packet and begins with the stream of this one. What is
// known of the network stays.
func (b *Buffer) restart(h *rtp.Header, at time.Time) {
	b.clear()
	if b.started { // the time between is part of the timeline
		b.elapsed = b.time(b.newest) + int64(samples(at.Sub(b.arrived)))
	}
	b.started, b.ssrc, b.stray = true, h.SSRC, stray{}
	b.highest = firstCycle + int64(h.SequenceNumber)
	b.newest = 1<<40 + int64(h.Timestamp)
	b.next, b.begun, b.placed, b.stretched = b.highest, false, false, 0
	b.arrived = at
	b.delay.restart(b.newest, at)
}

// clear throws away what waits.
func (b *Buffer) clear() {
	if b.ring == nil {
		return
	}
	for i := range b.ring {
		if b.ring[i].state == waiting && !b.ring[i].void {
			b.stats.Discarded++
		}
		b.ring[i].state = empty
	}
}
