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
	// Level is the sound's in -dBov as the packet's header has it (RFC 6464),
	// if Leveled.
	Level   uint8
	Leveled bool
}

// Stats are what a Buffer has counted, and what it aims at.
type Stats struct {
	// Received is every packet pushed.
	Received uint64
	// Lost are those that never came, as far as is known by now.
	Lost uint64
	// Late are those that came when their time was over.
	Late uint64
	// Duplicated are those that came again.
	Duplicated uint64
	// Concealed are the stretches made up for packets that were not there.
	Concealed uint64
	// Discarded are those that were thrown away: malformed, of another stream,
	// or to make a delay shorter.
	Discarded uint64
	// Jitter is that of RFC 3550, section 6.4.1.
	Jitter time.Duration
	// Target is the delay aimed at, Delay the present one. Both are between the
	// arrival of a packet that the network did not hold up and the last moment
	// before it is played, give or take a tick.
	Target, Delay time.Duration
}
