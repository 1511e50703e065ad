// Package codec turns encoded bytes into frames and back, and holds the one
// table of codecs that are offered. It knows no RTP and no call.
//
// The encoders make the payload of 20 ms, one of each frame. The decoders take
// packets of any length a peer may send: Decode gives all that a packet holds,
// which is a frame of other than 20 ms where the packet is, and Conceal keeps
// the length of the frame it is given. jitter.Receiver cuts and joins that.
package codec

import (
	"errors"
	"fmt"
	"strconv"
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
	// PayloadType is the RTP payload type: the static one of RFC 3551, section
	// 6, else the dynamic one that is offered first.
	PayloadType uint8
	// ClockRate is the RTP clock in hertz. For G.722 it is 8000, though that is
	// sampled at 16 kHz (RFC 3551 section 4.5.2).
	ClockRate int
	// Channels is what SDP says, which for Opus is always 2 (RFC 7587 section
	// 7). What is encoded is one channel, which L16 sends in all it has.
	Channels int
	// Parameters is the fmtp line, or empty.
	Parameters string
	// PacketTime is what one packet holds, ptime in SDP. The encoders always
	// make 20 ms; where this is less, Cut makes packets of it.
	PacketTime time.Duration
	// NewEncoder and NewDecoder make the state of one stream. The encoders of
	// all codecs are Resetters.
	NewEncoder func(media.Format) (media.Encoder, error)
	NewDecoder func() (media.Decoder, error)
	// Duration is how much sound a payload holds, without decoding it; zero if
	// it holds none or is malformed.
	Duration func(payload []byte) time.Duration
}

// Resetter is an encoder that can be used for another stream: Reset makes it as
// if new, with the format it was made for.
//
// A decoder does not notice that another encoder takes over if that one has
// been reset and has then encoded the last two frames that were heard, for
// nobody. After more it would predict from what the decoder does not know.
type Resetter interface{ Reset() error }

// Offered is every codec, the preferred one first. L16 comes last because it
// takes more than ten times what the others do; its packets are as short as
// they must be to fit into 1,200 octets.
var Offered = []Codec{
	{"opus", 111, 48000, 2, "minptime=10;useinbandfec=1", frame, newOpusEncoder, newOpusDecoder, OpusDuration},
	{"g722", 9, g722Clock, 1, "", frame, newG722Encoder, newG722Decoder, g722Duration},
	{"pcmu", 0, g711Rate, 1, "", frame, newMuLawEncoder, newMuLawDecoder, g711Duration},
	{"pcma", 8, g711Rate, 1, "", frame, newALawEncoder, newALawDecoder, g711Duration},
	l16(112, 48000, 1, frame/2),
	l16(11, 44100, 1, frame/2),
	l16(113, 24000, 1, frame),
	l16(114, 16000, 1, frame),
	l16(115, 8000, 1, frame),
	l16(116, 48000, 2, frame/4),
	l16(10, 44100, 2, frame/4),
	l16(117, 24000, 2, frame/2),
	l16(118, 16000, 2, frame/2),
	l16(119, 8000, 2, frame),
}

// frame is the usual length of a packet.
const frame = media.FrameDuration

// Format is how a port says that it wants to hear this codec.
func (c Codec) Format() media.Format {
	f := media.Format{Codec: c.Name, Rate: c.ClockRate}
	if c.Name == "l16" && c.Channels > 1 {
		f.Channels = c.Channels
	}
	return f
}

// RTPMap is how SDP names the codec: "opus/48000/2", "PCMU/8000" (RFC 8866,
// section 6.6).
func (c Codec) RTPMap() string {
	name := c.Name
	if name != "opus" { // all others are registered in capitals
		name = strings.ToUpper(name)
	}
	name += "/" + strconv.Itoa(c.ClockRate)
	if c.Channels > 1 {
		name += "/" + strconv.Itoa(c.Channels)
	}
	return name
}

// Ticks is how many steps of the RTP clock a payload takes.
func (c Codec) Ticks(payload []byte) uint32 {
	d := c.Duration(payload)
	return uint32((int64(d)*int64(c.ClockRate) + int64(time.Second)/2) / int64(time.Second))
}

// Cut takes the first packet of at most PacketTime from an encoded payload and
// gives what is left of it. A payload of Opus is one packet whatever it holds.
func (c Codec) Cut(payload []byte) (packet, rest []byte) {
	if c.Name != "l16" {
		return payload, nil
	}
	samples := int(c.PacketTime * time.Duration(c.ClockRate) / time.Second)
	n := min(2*c.Channels*samples, len(payload))
	return payload[:n:n], payload[n:]
}

// Find finds a codec by its encoding name, in any case, and the first where
// there are some of that name; ErrUnknown.
func Find(name string) (Codec, error) { return find(media.Format{Codec: name}) }

// NewEncoder makes the encoder of a format; ErrUnknown if there is none. A rate
// of zero is that of the first codec of the name, and zero channels are one.
func NewEncoder(f media.Format) (media.Encoder, error) {
	c, err := find(f)
	if err != nil {
		return nil, err
	}
	return c.NewEncoder(f)
}

func find(f media.Format) (Codec, error) {
	for _, c := range Offered {
		g := c.Format()
		if strings.EqualFold(g.Codec, f.Codec) && (f.Rate == 0 || g.Rate == f.Rate) && max(g.Channels, 1) == max(f.Channels, 1) {
			return c, nil
		}
	}
	return Codec{}, fmt.Errorf("%q at %d Hz, %d channels: %w", f.Codec, f.Rate, max(f.Channels, 1), ErrUnknown)
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
