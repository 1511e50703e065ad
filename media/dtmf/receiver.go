package dtmf

import (
	"time"

	"github.com/pion/rtp"
)

const (
	// silence is after how long without a packet a key counts as let go: three
	// packets of the slowest usual sender, one every 50 ms.
	silence = 150 * time.Millisecond
	// remembered is how many keys back a straggler is still known.
	remembered = 8
	// segmentSlack is by how much a segment may miss the longest duration.
	segmentSlack = 0x1000
)

// Receiver makes key presses of the telephone-event packets of one participant.
// A press counts once, at its first packet to arrive, whichever of its packets
// are lost, repeated or late: what makes it one is its RTP timestamp (RFC 4733,
// section 2.2.1). One goroutine feeds it.
type Receiver struct {
	ssrc    uint32
	recent  [remembered]uint32 // timestamps of the last presses and segments
	known   int                // how many of them there are
	next    int                // where the next one is put
	current Event
	began   uint32 // the timestamp of current
	last    time.Time
	down    bool
}

// Push takes a packet that arrived at some time, and returns a key if this is
// the first that is heard of its being pressed. Packets that hold no key are
// passed over.
func (r *Receiver) Push(p *rtp.Packet, at time.Time) (Tone, bool) {
	e, ok := Parse(p.Payload)
	if !ok {
		return "", false
	}
	if p.SSRC != r.ssrc { // another stream, with timestamps of its own
		*r = Receiver{ssrc: p.SSRC}
	}
	if r.seen(p.Timestamp) {
		r.again(p.Timestamp, e, at)
		return "", false
	}
	longer := r.continues(p, e, at)
	r.remember(p.Timestamp)
	r.current, r.began, r.last, r.down = e, p.Timestamp, at, !e.End
	if longer {
		return "", false
	}
	return FromCode(e.Code)
}

// Down is the key that is pressed at a time: from its first packet until one
// says that it ended, another key began, or nothing came for 150 ms.
func (r *Receiver) Down(at time.Time) (Tone, bool) {
	if !r.down || at.Sub(r.last) > silence {
		return "", false
	}
	return FromCode(r.current.Code)
}

// again takes a further packet of a known press.
func (r *Receiver) again(timestamp uint32, e Event, at time.Time) {
	if timestamp != r.began {
		return // a straggler of an earlier one
	}
	r.last = at
	r.current.Duration = max(r.current.Duration, e.Duration)
	r.down = r.down && !e.End
}

// continues reports whether p is a further segment of the key that is down.
// Where a key is held for longer than a duration can say, 1.4 s at 48 kHz, the
// sender goes on with a new timestamp and no marker (RFC 4733, section 2.5.1.3).
func (r *Receiver) continues(p *rtp.Packet, e Event, at time.Time) bool {
	if !r.down || p.Marker || e.Code != r.current.Code || at.Sub(r.last) > silence {
		return false
	}
	ahead := p.Timestamp - r.began
	return ahead >= longest-segmentSlack && ahead <= longest+segmentSlack
}

func (r *Receiver) seen(timestamp uint32) bool {
	for _, t := range r.recent[:r.known] {
		if t == timestamp {
			return true
		}
	}
	return false
}

func (r *Receiver) remember(timestamp uint32) {
	r.recent[r.next] = timestamp
	r.next = (r.next + 1) % remembered
	r.known = min(r.known+1, remembered)
}
