package mix

import (
	"fmt"

	"github.com/botd-dev/botd/media"
)

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
const (
	history  = 3         // frames an encoder is primed with
	hangover = 50        // ticks: 1 s
	keep     = 1500      // ticks an unused encoder is kept: 30 s
	payload  = 1275 + 64 // the largest Opus packet and some room (RFC 6716, section 3.4)
)

// stream is an encoder and what it made last.
type stream struct {
	format  media.Format
	encoder media.Encoder // nil if it could not be made
	used    int64         // the tick of the last payload
	payload []byte
}

// encode makes the payload of this tick of frame, once, whoever asks. The
// past are the frames before it, oldest first.
func (s *stream) encode(b *Bridge, frame *media.Frame, past *past) []byte {
	if s.used == b.now {
		return s.payload
	}
	fresh := s.used != b.now-1
	s.used = b.now
	s.payload = s.payload[:0]
	if s.encoder == nil {
		return nil
	}
	if fresh {
		for i := range history {
			s.one(b, past.before(history-i))
			b.count.Primed++
		}
	}
	if s.one(b, frame) {
		b.count.Encoded++
	}
	return s.payload
}

// one makes a payload of one frame. An encoder that panics is not used again.
func (s *stream) one(b *Bridge, frame *media.Frame) (made bool) {
	if s.encoder == nil {
		return false
	}
	defer func() {
		if p := recover(); p != nil {
			s.encoder, s.payload, made = nil, s.payload[:0], false
			b.count.Unmade++
		}
	}()
	made = true
	out, err := s.encoder.Encode(s.payload[:0], frame)
	if err != nil {
		b.count.Unmade++
		out, made = s.payload[:0], false
	}
	s.payload = out
	return made
}

// newStream makes the encoder of one stream. If there is none for the format,
// the stream has empty payloads and is counted.
func (b *Bridge) newStream(format media.Format) *stream {
	s := &stream{format: format, used: -1, payload: make([]byte, 0, payload)}
	encoder, err := b.makeEncoder(format)
	if err != nil {
		b.count.Unmade++
		return s
	}
	s.encoder = encoder
	return s
}

func (b *Bridge) makeEncoder(format media.Format) (e media.Encoder, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("mix: encoder of %s panicked: %v", format.Codec, p)
		}
	}()
	return b.clock.cfg.Encoders(format)
}

// streamOf is the stream that m hears in this tick: its own while it is heard
// and for a while after, else the one its audience shares.
func (b *Bridge) streamOf(m *member, format media.Format) *stream {
	if m.quiet > 0 && (m.own == nil || m.own.format != format || m.quiet > hangover) {
		return b.shared(m.audience, format)
	}
	if m.own == nil || m.own.format != format {
		m.own = b.newStream(format)
	}
	return m.own
}

func (b *Bridge) shared(a *audience, format media.Format) *stream {
	s, ok := a.streams[format]
	if !ok {
		s = b.newStream(format)
		a.streams[format] = s
	}
	return s
}

// dropStreams lets go of encoders that have not been used for a while.
func (b *Bridge) dropStreams() {
	for _, a := range b.audiences {
		for format, s := range a.streams {
			if b.now-s.used > keep {
				delete(a.streams, format)
			}
		}
	}
	for _, m := range b.members {
		if m.own != nil && b.now-m.own.used > keep {
			m.own = nil
		}
	}
}
