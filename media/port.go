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

// Sound is what a port hears in one tick: the frame, and the same 20 ms encoded
// in the port's Format where that names a codec. Both are lent for the call.
type Sound struct {
	Frame   *Frame
	Payload []byte
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
