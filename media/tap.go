package media

import "time"

// TapOptions say what a tap is to get. The zero value is the mix as linear PCM
// at 48 kHz.
type TapOptions struct {
	// Of is the one port whose sound it is, whether it is among the loudest or
	// not; empty is the mix of all.
	Of string
	// Without is one who is left out of the mix; empty is nobody.
	Without string
	// WithoutPlays leaves out what is played to all for the one who is left out, as
	// Owned tells. It is for the mix as PCM.
	WithoutPlays bool
	// Each gives each of those who are heard in the mix alone, instead of their sum:
	// in every tick one Tapped for each of them, and last one of nobody, all with
	// the same Sequence. Of it is empty then, Packets unset and Rate that of the
	// bridge. Who says nothing costs nothing, however many there are.
	Each bool
	// Rate is that of the PCM in hertz: 8000, 16000, 24000 or 48000; zero is 48000.
	Rate int
	// Packets has it get packets instead of PCM: as they were received where that
	// is possible, else as Format encodes them.
	Packets bool
	// Format is what is encoded into, of a mix and of a port that gives no
	// packets; zero is Opus.
	Format Format
	// Ring is how much waits for a reader; zero is 500 ms.
	Ring time.Duration
}

// Tapped is 20 ms of what a tap gets.
type Tapped struct {
	// Sequence counts the ticks since the tap was opened; what is missing in it
	// was dropped.
	Sequence uint64
	// Time is when it began, since the first tick of the bridge.
	Time time.Duration
	// Speaker is whose voice it is, of a mix the loudest one; empty if nobody
	// speaks. With Each an empty one ends the tick, and has no sound.
	Speaker string
	// Level is how loud the speaker is, in -dBov; Silent if nobody speaks.
	Level uint8
	// Frame is the PCM, silent where nobody speaks; empty in a tap of packets.
	Frame Frame
	// Codec and Payload are the packet; Payload is empty if there is none.
	Codec   string
	Payload []byte
	// Lost says that the packet never came.
	Lost bool
}

// Tap is a listener that nobody notices. What somebody says who is muted is not
// in it. Who reads too slowly loses the oldest.
type Tap interface {
	// Read fills t, waiting for the next tick if need be. After Close, or when
	// the bridge has been closed, it gives what is left, then io.EOF. Only one
	// goroutine at a time may read.
	Read(t *Tapped) error
	// Dropped is how many ticks were lost because they were not read in time.
	Dropped() uint64
	// Close ends the tap. It may be called more than once.
	Close()
}
