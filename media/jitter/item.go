package jitter

import "time"

// Kind is what is to be done for a stretch of time.
type Kind uint8

// The kinds of Item.
const (
	// Silence: nobody sends, so nothing need be decoded.
	Silence Kind = iota
	// Sound: decode Payload.
	Sound
	// Lost: a packet did not come; conceal it, with the help of Next if it is
	// there.
	Lost
	// Late: there is nothing for now, but there will be. What was said last is to
	// be stretched; what comes goes on where it ended.
	Late
)

// Item is what Pull gives: the next stretch of time. Its buffers belong to the
// caller and are used again by the next Pull.
type Item struct {
	Kind Kind
	// Payload is the packet's, for Sound.
	Payload []byte
	// Next is the payload of the packet right after a lost one, for codecs that
	// carry redundancy in it; empty if it is not here.
	Next []byte
	// Duration is how much time this is. For Sound it is what the packet is
	// thought to hold.
	Duration time.Duration
	// Time is where it begins on the stream's timeline, in samples at 48 kHz
	// since the first packet; for Sound and Lost.
	Time int64
	// Missing says that what was right before Payload was lost and stretched over
	// already, or was thrown away: the sound does not go on where it ended.
	Missing bool
	// Level is the sound's in -dBov as the packet's header has it (RFC 6464),
	// if Leveled.
	Level   uint8
	Leveled bool
}
