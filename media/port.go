package media

import (
	"sync/atomic"
	"time"
)

// Format is how a port wants to hear: one codec and its parameters. Ports with
// equal formats that hear the same mix share one encoding.
type Format struct {
	// Codec is the encoding name as SDP spells it, in lower case ("opus",
	// "pcmu"); empty means linear PCM at 48 kHz, one channel.
	Codec string
	// Rate is the RTP clock rate in hertz.
	Rate int
	// Bitrate is in bits per second; zero leaves it to the codec.
	Bitrate int
	// PacketLoss is the loss in percent that the encoder prepares for.
	PacketLoss           int
	Complexity, Channels int  // the encoder's effort, as its codec counts it, and how many it sends; zero leaves it to the codec
	DTX                  bool // nothing need be sent in silence
}

// Sound is what a port hears in one tick, lent for the call.
type Sound struct {
	// Frame is there for a port whose Format names no codec, and nil where what
	// a PacketPort says is passed on as it came.
	Frame *Frame
	// Payload is the 20 ms encoded in the port's Format; empty if nothing need be
	// sent (DTX) or nothing can be. With DTX there is one every 400 ms of silence.
	Payload []byte
	// Lost says that the payload is missing because it never came: a gap in the
	// sequence tells the listener's decoder, which knows best what to do.
	Lost bool
}

// Packet is 20 ms of encoded sound as they came from the network, lent until the
// next tick.
type Packet struct {
	// Codec is the encoding name, as in Format.
	Codec   string
	Payload []byte
	// Level is how loud it is, in -dBov (RFC 6464).
	Level uint8
	// Time is where it begins on the port's own timeline, in samples at 48 kHz.
	Time int64
	// Lost says that its time has come and it has not. Payload is empty.
	Lost bool
}

// Encoder makes one packet's payload of one frame at 48 kHz. It keeps state
// from frame to frame and belongs to one stream.
type Encoder interface {
	// Encode appends the payload to dst and returns it. An empty payload with
	// no error means that nothing need be sent (DTX).
	Encode(dst []byte, f *Frame) ([]byte, error)
}

// Decoder makes one frame of one packet's payload. It keeps state from packet
// to packet and belongs to one stream.
type Decoder interface {
	// Decode fills f with 20 ms at 48 kHz.
	Decode(f *Frame, payload []byte) error
	// Conceal fills f for a packet that did not come. next is the packet after
	// it, where it is already here, for codecs that carry redundancy (Opus
	// in-band FEC), else nil.
	Conceal(f *Frame, next []byte) error
}

// Port is one side of a bridge: what somebody says and what they are to hear.
// Only the bridge's tick calls it, once every 20 ms: Level, then exactly one of
// Read or Skip, then Hear. None of them may block. What else a port can do it
// says by being a PacketPort, a Sleeper, a Rewinder or a Sender.
type Port interface {
	// Level tells how loud the coming 20 ms are, in -dBov (0 is loudest, Silent
	// is nothing to say), without decoding them.
	Level() uint8
	// Read fills f with the coming 20 ms at 48 kHz.
	Read(f *Frame) error
	// Skip passes over the coming 20 ms undecoded.
	Skip()
	// Format is how the port wants to hear. It is asked in Join and then once a
	// second.
	Format() Format
	// Hear hands over what the port is to hear. s is lent for the call.
	Hear(s Sound)
}

// Lookahead is by how many samples at 48 kHz what comes out of our Opus encoder
// and a decoder lags behind what went in: 2.5 ms without linear prediction (RFC
// 6716, section 2; with it 6.5 ms).
const Lookahead = 120

// PacketPort is a Port whose sound comes in packets, which may be passed on as
// they came. Nothing is decoded then, and nothing encoded.
type PacketPort interface {
	Port
	// Packet is the coming 20 ms undecoded. It reports false where they are not
	// one whole packet of 20 ms: before anything came, in a silence, where packets
	// are of another length, or in the middle of one. It comes after Level, and
	// before Read or Skip if at all.
	Packet() (Packet, bool)
	// Resume ends passing on: it comes once, before the first Read. What is read
	// from then on begins Lookahead samples later than the coming packet, so that
	// what an encoder makes of it comes out where the packets left off. Past gets
	// what was said right before that, oldest first, to prime the encoder with.
	Resume(past []*Frame)
}

// Sleeper is a Port that most of the time has nothing to say. While its flag is
// not set the bridge asks it for nothing: neither Level nor Read nor Skip comes,
// and what it would have said is silence. It goes on hearing.
type Sleeper interface {
	// Awake is the flag, the same one every time. The port sets it when sound
	// comes in, from any goroutine, and unsets it within Level, when it has found
	// that there is none.
	Awake() *atomic.Bool
}

// Rewinder is a Port that can take back what was skipped, for somebody who is
// let into the mix when the first syllable has begun.
type Rewinder interface {
	// Rewind makes the coming Read begin earlier, by as much as there is and at
	// most by d, and returns by how much. It comes before Read if at all.
	Rewind(d time.Duration) time.Duration
}

// Follower is a Port that may have somebody behind it who takes what it hears
// frame by frame, silence too.
type Follower interface {
	// Follows reports whether somebody does.
	Follows() bool
}

// Sender is a Port that does not always send on what it hears: what is played
// to it meanwhile does not count as heard.
type Sender interface {
	// Sends reports whether what is heard in this tick is sent.
	Sends() bool
}

// Playback is a source that is being played into a bridge.
type Playback interface {
	// Done is closed when the source has ended, failed or been stopped.
	Done() <-chan struct{}
	// Err is nil while playing and after the source ended by itself or was
	// stopped, else why the source failed.
	Err() error
	// Stop ends the playback: the coming tick fades it out over 10 ms, and
	// nothing of it is mixed after that.
	Stop()
	// Pause holds it where it is: the coming tick fades it out over 10 ms. Resume
	// has it go on from there; nothing of it is lost.
	Pause()
	Resume()
	// Duck makes it quieter by so many decibels, within 20 ms; zero undoes that.
	Duck(dB float64)
	// Played is how many frames have been mixed.
	Played() int
	// Heard is how much of it was handed to the port of id as something to be
	// sent; nothing counts of the time in which the port did not send. It may be
	// asked after the end too.
	Heard(id string) time.Duration
	// Mark has passed called once so much of it has been mixed, after that tick,
	// in the order of the places and, of equal ones, of the calls. It is called by
	// one of the clock's workers, so it may not block. Marks that are not reached
	// before the end are never told.
	Mark(name string, at time.Duration, passed func(name string))
}
