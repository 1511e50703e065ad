// Package codec turns encoded bytes into frames and back, and holds the one
// table of codecs that are offered. It knows no RTP and no call.
//
// The encoders make packets of 20 ms, one of each frame. The decoders take
// packets of any length a peer may send: Decode gives all that a packet holds,
// which is a frame of other than 20 ms where the packet is, and Conceal keeps
// the length of the frame it is given. jitter.Receiver cuts and joins that.
package codec

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/botd-dev/botd/media"
)

// ErrUnknown means that a codec is not in the table.
var ErrUnknown = errors.New("unknown codec")

// ErrPayload means that a payload is not of its codec.
var ErrPayload = errors.New("malformed payload")

// ErrFrame means that a frame to be encoded is not 20 ms at 48 kHz.
var ErrFrame = errors.New("not a frame of the bridge")

// Codec is one row of the table: a name, how SDP describes it, and what encodes
// and decodes it.
type Codec struct {
	// Name is the encoding name in lower case.
	Name string
	// PayloadType is the RTP payload type, static or the one offered first.
	PayloadType uint8
	// ClockRate is the RTP clock in hertz, Channels what SDP says, which for
	// Opus is always 2 (RFC 7587 section 7).
	ClockRate, Channels int
	// Parameters is the fmtp line.
	Parameters string
	// NewEncoder and NewDecoder make the state of one stream.
	NewEncoder func(media.Format) (media.Encoder, error)
	NewDecoder func() (media.Decoder, error)
	// Duration is how much sound a payload holds, without decoding it; zero if
	// it holds none or is malformed.
	Duration func(payload []byte) time.Duration
}

// Offered is every codec, the preferred one first.
var Offered = []Codec{
	{"opus", 111, 48000, 2, "minptime=10;useinbandfec=1", newOpusEncoder, newOpusDecoder, OpusDuration},
	{"pcmu", 0, 8000, 1, "", newMuLawEncoder, newMuLawDecoder, g711Duration},
	{"pcma", 8, 8000, 1, "", newALawEncoder, newALawDecoder, g711Duration},
}

// Format is how a port says that it wants to hear this codec.
func (c Codec) Format() media.Format { return media.Format{Codec: c.Name, Rate: c.ClockRate} }

// Find finds a codec by its encoding name, in any case; ErrUnknown.
func Find(name string) (Codec, error) {
	for _, c := range Offered {
		if strings.EqualFold(c.Name, name) {
			return c, nil
		}
	}
	return Codec{}, fmt.Errorf("%q: %w", name, ErrUnknown)
}

// NewEncoder makes the encoder of a format; ErrUnknown if there is none.
func NewEncoder(f media.Format) (media.Encoder, error) {
	c, err := Find(f.Codec)
	if err != nil {
		return nil, err
	}
	return c.NewEncoder(f)
}

// encodable reports what is wrong with a frame to be encoded.
func encodable(f *media.Frame) error {
	if f.Rate != media.Rate || len(f.Samples) != media.FrameSize {
		return fmt.Errorf("%d samples at %d Hz: %w", len(f.Samples), f.Rate, ErrFrame)
	}
	return nil
}

// lost gives f the length of what is to be concealed: its own if that is
// possible, else 20 ms.
func lost(f *media.Frame) {
	if n := len(f.Samples); f.Rate != media.Rate || n == 0 || n > opusLongest {
		f.Resize(media.FrameSize, media.Rate)
	}
}
