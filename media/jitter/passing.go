package jitter

import (
	"time"

	"github.com/botd-dev/botd/media"
)

const (
	// primers is how many packets passed over are decoded after all when sound
	// is wanted again: four that may be asked for, and one before them from which
	// the decoder learns where it is.
	primers = 5
	// longestRewind bounds Rewind; of the primers two are left for the decoder.
	longestRewind = 60 * time.Millisecond
)

// passed is the last packets that were passed over undecoded. Their buffers are
// used again.
type passed struct {
	payloads [primers][]byte // the newest last; empty where one was lost
	count    int
}

// keep remembers a packet; nil is one that was lost.
func (p *passed) keep(payload []byte) {
	oldest := p.payloads[0]
	copy(p.payloads[:], p.payloads[1:])
	p.payloads[primers-1] = append(oldest[:0], payload...)
	p.count = min(p.count+1, primers)
}

// Packet is the coming 20 ms as they came. It reports false where they are not
// one whole packet of 20 ms: in a silence, where packets are of another length,
// and in the middle of one. What has not come is Lost, even if it may yet.
func (r *Receiver) Packet() (media.Packet, bool) {
	if !r.whole && r.tape.unread() > 0 {
		return media.Packet{}, false
	}
	if !r.whole {
		r.pull()
	}
	p := media.Packet{Codec: r.buf.cfg.Codec, Level: r.level, Time: r.item.Time}
	switch {
	case r.item.Kind == Silence, samples(r.item.Duration) != media.FrameSize:
		return media.Packet{}, false
	case r.item.Kind == Sound:
		p.Payload = r.item.Payload
	default:
		p.Lost = true
	}
	return p, true
}

// Resume ends passing on: the next Read begins media.Lookahead samples after the
// beginning of the coming packet. Past, of which four frames can be filled, gets
// what was said right before that, oldest first.
func (r *Receiver) Resume(past []*media.Frame) {
	r.prime()
	r.fill(media.Lookahead)
	r.tape.skip(media.Lookahead)
	r.tape.before(past)
	r.whole = false
}

// Rewind makes the next Read begin up to d earlier, but not more than 60 ms, with
// what was skipped: the first syllable of somebody who was let into the mix late.
// It returns by how much. The delay is given back within about a second.
func (r *Receiver) Rewind(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	if r.tape.unread() == 0 {
		r.prime()
	}
	n := r.tape.rewind(samples(min(d, longestRewind)))
	r.whole = r.whole && n == 0
	return lasting(n)
}

// prime decodes what was passed over last: a decoder goes on from what it has
// decoded before. It is on the tape then as what was said and not heard.
func (r *Receiver) prime() {
	if r.passed.count == 0 {
		return
	}
	r.silent, r.madeUp = false, 0
	kept := r.passed.payloads[primers-r.passed.count:]
	for i, payload := range kept {
		var next []byte
		if i+1 < len(kept) {
			next = kept[i+1]
		}
		if len(payload) == 0 || !r.voice.decode(payload) {
			r.voice.conceal(media.FrameSize, next)
		}
		r.tape.write(r.voice.frame.Samples)
		r.tape.skip(len(r.voice.frame.Samples))
	}
	r.passed.count = 0
}
