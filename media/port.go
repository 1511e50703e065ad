package media

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
	PacketLoss int
}

// Sound is what a port hears in one tick, lent for the call.
type Sound struct {
	// Frame is there for a port whose Format names no codec, and nil where what
	// a PacketPort says is passed on as it came.
	Frame *Frame
	// Payload is the 20 ms encoded in the port's Format; empty if nothing need be
	// sent (DTX) or nothing can be.
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
// Read or Skip, then Hear. None of them may block.
type Port interface {
	// Level tells how loud the coming 20 ms are, in -dBov (0 is loudest, Silent
	// is nothing to say), without decoding them.
	Level() uint8
	// Read fills f with the coming 20 ms at 48 kHz.
	Read(f *Frame) error
	// Skip passes over the coming 20 ms undecoded.
	Skip()
	// Format is how the port wants to hear.
	Format() Format
	// Hear hands over what the port is to hear. s is lent for the call.
	Hear(s Sound)
}

// Lookahead is by how many samples at 48 kHz what comes out of an Opus encoder
// and a decoder lags behind what went in (RFC 7845, section 5.1: 6.5 ms).
const Lookahead = 312

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

// Playback is a source that is being played into a bridge.
type Playback interface {
	// Done is closed when the source has ended, failed or been stopped.
	Done() <-chan struct{}
	// Err is nil while playing and after the source ended by itself or was
	// stopped, else why the source failed.
	Err() error
	// Stop ends the playback; nothing of it is mixed after the coming tick.
	Stop()
	// Played is how many frames have been mixed.
	Played() int
}
