package browser

import (
	"time"

	"github.com/pion/rtcp"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/jitter"
	"github.com/botd-dev/botd/media/quality"
)

// farBuffer is for how long the other side is thought to keep our packets
// before it plays them: it does not say.
const farBuffer = 40 * time.Millisecond

// received is what the jitter buffer has counted of the client's packets. Those
// that came too late are lost to whoever listens.
func received(s jitter.Stats) quality.Counters {
	c := quality.Counters{
		Packets: s.Received - s.Late - s.Duplicated, Lost: s.Lost + s.Late, Bursts: s.Bursts,
		Concealed: s.ConcealedSamples, Jitter: s.Jitter, Buffer: s.Delay,
	}
	c.Played = c.Packets*media.FrameSize + c.Concealed
	return c
}

// progress counts what our packets came to by the client's reports, which only
// know the newest number and how many are missing so far (RFC 3550, section
// 6.4.1).
type progress struct {
	begun    bool
	highest  uint32 // extended sequence number
	expected uint64
}

// take takes the next block of a report.
func (p *progress) take(b *rtcp.ReceptionReport) {
	ahead := b.LastSequenceNumber - p.highest // modulo 2^32
	switch {
	case !p.begun:
		p.begun = true
	case ahead >= 1<<31: // of before the last one
		return
	case ahead < 1<<16: // more is the count begun anew
		p.expected += uint64(ahead)
	}
	p.highest = b.LastSequenceNumber
}

// missing is the count of a block, which has 24 bits and a sign: what came twice
// makes it smaller.
func missing(total uint32) uint64 {
	return uint64(max(int32(total<<8)>>8, 0)) //nolint:gosec // sign-extended on purpose
}

// counters is what the client has reported of our packets. skipped are the
// numbers that we gave to no packet, because what we passed on was lost before:
// the client misses those as well.
func (a arrival) counters(skipped uint32) quality.Counters {
	c := quality.Counters{Jitter: a.jitter, RoundTrip: a.trip, Buffer: farBuffer}
	if lost := missing(a.lost); lost > uint64(skipped) {
		c.Lost = lost - uint64(skipped)
	}
	if a.progress.expected > c.Lost {
		c.Packets = a.progress.expected - c.Lost
	}
	return c
}
