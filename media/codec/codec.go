// Package codec turns encoded bytes into frames and back, and holds the one
// table of codecs that are offered. It knows no RTP and no call.
package codec

import (
	"errors"
	"fmt"
	"strings"

	"github.com/botd-dev/botd/media"
)

// ErrUnknown means that a codec is not in the table.
var ErrUnknown = errors.New("unknown codec")

// ErrPayload means that a payload is not of its codec.
var ErrPayload = errors.New("malformed payload")

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
}

// Offered is every codec, the preferred one first.
var Offered = []Codec{
	{"opus", 111, 48000, 2, "minptime=10;useinbandfec=1", newOpusEncoder, newOpusDecoder},
	{"pcmu", 0, 8000, 1, "", newMuLawEncoder, newMuLawDecoder},
	{"pcma", 8, 8000, 1, "", newALawEncoder, newALawDecoder},
}

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

// Buffered is a decoder of packets that may hold more than one frame. While
// Pending is above zero, Decode with a nil payload gives the next of them.
type Buffered interface {
	media.Decoder
	// Pending is how many frames of the last packet are still to come.
	Pending() int
}
