package mix

import "github.com/botd-dev/botd/media"

// A decoder expects its stream to come from one encoder: Opus overlaps each
// frame with the one before and predicts from it. A listener who begins to
// speak, however, must hear something else than the others, and goes from the
// encoder they share to one of its own; later it goes back. Neither is to
// click:
//
//   - An encoder that was not used in the last tick is primed: it is given the
//     last frames of what its listener heard, and what it makes of them is
//     thrown away. Then it overlaps with, and predicts from, the sound that
//     the listener's decoder has just played.
//   - A listener who stops speaking keeps its own encoder for hangover ticks.
//     During them it is given the same sound as the shared one, so that both
//     have come to the same state when the listener changes over.
//   - Where a listener with an encoder of its own comes to want another format,
//     the new one is given the same sound for history ticks before it is used.
const (
	history  = 2         // frames an encoder is primed with
	hangover = 50        // ticks: 1 s
	keep     = 250       // ticks an unused encoder is kept: 5 s
	payload  = 1275 + 64 // the largest Opus packet and some room (RFC 6716, section 3.4)
)

// stream is an encoder and what it made last.
type stream struct {
	format  media.Format
	encoder media.Encoder // nil if it could not be made
	used    int64         // the tick of the last payload
	rested  int           // how many of the last frames it was given were silent
	payload []byte

	listened int // frames that it was given and nobody heard
}

// frame is one to be encoded, and how its listener came to it.
type frame struct {
	*media.Frame
	past   *memory // what was heard before
	rested bool    // all of that was silence
	silent bool    // this is
}

// encode makes the payload of this tick of f, once, whoever asks.
func (s *stream) encode(b *Bridge, f frame) []byte {
	if s.used == b.now {
		return s.payload
	}
	fresh := s.used != b.now-1
	s.used = b.now
	s.payload = s.payload[:0]
	if fresh && (s.rested < history || !f.rested) {
		for _, before := range f.past {
			s.one(b, before)
			b.count.Primed++
		}
	}
	if s.rested++; !f.silent {
		s.rested = 0
	}
	if s.one(b, f.Frame) {
		b.count.Encoded++
	}
	return s.payload
}

// listen gives the encoder a frame that its listener hears from another one.
func (s *stream) listen(b *Bridge, f *media.Frame) {
	s.used, s.rested = b.now, 0
	s.listened++
	s.one(b, f)
	b.count.Primed++
}

// one makes a payload of one frame. An encoder that panics is not used again.
func (s *stream) one(b *Bridge, f *media.Frame) (made bool) {
	if s.encoder == nil {
		return false
	}
	defer func() {
		if p := recover(); p != nil {
			s.encoder, s.payload, made = nil, s.payload[:0], false
			b.count.Unmade++
		}
	}()
	out, err := s.encoder.Encode(s.payload[:0], f)
	if err != nil {
		b.count.Unmade++
		s.payload = s.payload[:0]
		return false
	}
	s.payload = out
	return true
}

// newStream takes or makes the encoder of one stream. If there is none for the
// format, the stream has empty payloads and is counted.
func (b *Bridge) newStream(format media.Format) *stream {
	s := &stream{format: format, used: never, payload: make([]byte, 0, payload)}
	encoder, used, err := b.clock.pool.take(format)
	if err != nil {
		b.count.Unmade++
		return s
	}
	s.encoder = encoder
	if !used {
		s.rested = history
	}
	return s
}

// retire gives the encoder of a stream to whoever needs one next.
func (b *Bridge) retire(s *stream) {
	if s != nil && s.encoder != nil {
		b.clock.pool.give(s.format, s.encoder)
		s.encoder = nil
	}
}

// dropStreams lets go of encoders that have not been used for a while.
func (b *Bridge) dropStreams() {
	for _, a := range b.audiences {
		for _, g := range a.groups {
			if g.stream != nil && b.now-g.stream.used > keep {
				b.retire(g.stream)
				g.stream = nil
			}
		}
	}
	for _, m := range b.members {
		if m.own != nil && b.now-m.own.used > keep {
			b.release(m)
		}
	}
	for _, t := range b.taps {
		if t.stream != nil && b.now-t.stream.used > keep {
			b.retire(t.stream)
			t.stream = nil
		}
	}
}
