package jitter

import (
	"github.com/botd-dev/botd/media"
)

const (
	// primers is how many packets passed over are decoded after all when sound
	// is wanted again, so that the decoder knows where it is.
	primers = 3
	// longestPacket is in samples at 48 kHz: 120 ms (RFC 6716, section 2.1.4).
	longestPacket = 6 * media.FrameSize
)

// Receiver makes frames of the packets in a Buffer: it has the half of a
// media.Port that speaks. As with a Port, only the bridge's tick calls it, once
// every 20 ms: Level, then one of Read or Skip.
//
// The decoder may give frames of other than 20 ms, for packets that hold other
// than that; they are cut and joined here.
type Receiver struct {
	buf   *Buffer
	dec   media.Decoder
	item  Item
	held  bool         // item has been pulled and not yet been made into sound
	frame *media.Frame // as the decoder gives them
	ready []int16      // decoded and not yet read
	level uint8        // of what is ready
	// The last packets that were passed over, the newest last.
	passed [primers][]byte
	count  int
}

// NewReceiver joins a buffer and the decoder of its stream.
func NewReceiver(buf *Buffer, dec media.Decoder) *Receiver {
	return &Receiver{
		buf: buf, dec: dec, level: media.Silent,
		frame: &media.Frame{Samples: make([]int16, 0, longestPacket), Rate: media.Rate},
		ready: make([]int16, 0, media.FrameSize+longestPacket),
	}
}

// Level is the loudness of the coming 20 ms, in -dBov. It decodes only where
// the packets do not carry their level (RFC 6464).
func (r *Receiver) Level() uint8 {
	if len(r.ready) >= media.FrameSize {
		return r.level
	}
	r.pull()
	switch {
	case r.item.Kind == Silence && len(r.ready) == 0:
		r.level = media.Silent
	case r.item.Kind == Sound && r.item.Leveled:
		r.level = r.item.Level
	case r.item.Kind == Sound:
		r.fill()
		r.frame.Resize(media.FrameSize, media.Rate)
		copy(r.frame.Samples, r.ready)
		r.level = media.Level(r.frame)
		r.buf.Heard(r.level)
	case r.item.Kind == Lost: // as loud as before, for all we know
	}
	return r.level
}

// Read fills f with the coming 20 ms at 48 kHz. What cannot be decoded is
// concealed, so there is no error.
func (r *Receiver) Read(f *media.Frame) error {
	r.fill()
	f.Resize(media.FrameSize, media.Rate)
	copy(f.Samples, r.ready)
	r.advance(media.FrameSize)
	return nil
}

// Skip passes over the coming 20 ms undecoded.
func (r *Receiver) Skip() {
	rest := media.FrameSize - r.advance(media.FrameSize)
	for rest > 0 {
		r.pull()
		length := r.samples()
		if length > rest {
			r.decode()
			rest -= r.advance(rest)
			continue
		}
		if r.item.Kind == Sound {
			r.keep(r.item.Payload)
		}
		r.held = false
		rest -= length
	}
}

// pull takes the next item, unless there is one.
func (r *Receiver) pull() {
	if !r.held {
		r.buf.Pull(&r.item)
		r.held = true
	}
}

// samples is the length of the item at 48 kHz.
func (r *Receiver) samples() int {
	return max(1, int(r.item.Duration*media.FrameSize/media.FrameDuration))
}

// fill decodes until there is a frame.
func (r *Receiver) fill() {
	for len(r.ready) < media.FrameSize {
		r.pull()
		r.decode()
	}
}

// advance lets go of up to n samples and returns how many there were.
func (r *Receiver) advance(n int) int {
	n = min(n, len(r.ready))
	r.ready = r.ready[:copy(r.ready, r.ready[n:])]
	return n
}

// decode makes sound of the item.
func (r *Receiver) decode() {
	r.held = false
	switch r.item.Kind {
	case Silence:
		r.frame.Resize(r.samples(), media.Rate)
		r.frame.Silence()
	case Sound:
		r.prime()
		if !r.decoded(r.item.Payload) {
			r.buf.spoilt()
			r.conceal(nil)
		}
	case Lost:
		r.prime()
		r.conceal(r.item.Next)
	}
	r.ready = append(r.ready, r.frame.Samples...)
}

// decoded decodes a payload into frame, and reports whether it could.
func (r *Receiver) decoded(payload []byte) bool {
	err := r.dec.Decode(r.frame, payload)
	return err == nil && len(r.frame.Samples) > 0 && len(r.frame.Samples) <= longestPacket
}

// conceal fills frame with what might have been said.
func (r *Receiver) conceal(next []byte) {
	n := min(r.samples(), longestPacket)
	r.frame.Resize(n, media.Rate)
	if r.dec.Conceal(r.frame, next) != nil || len(r.frame.Samples) != n {
		r.frame.Resize(n, media.Rate)
		r.frame.Silence()
	}
}

// keep remembers a packet that was passed over.
func (r *Receiver) keep(payload []byte) {
	oldest := r.passed[0]
	copy(r.passed[:], r.passed[1:])
	r.passed[primers-1] = append(oldest[:0], payload...)
	r.count = min(r.count+1, primers)
}

// prime decodes what was passed over last and throws it away: a decoder goes on
// from what it has decoded before.
func (r *Receiver) prime() {
	for _, payload := range r.passed[primers-r.count:] {
		_ = r.decoded(payload)
	}
	r.count = 0
}
