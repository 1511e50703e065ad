package codec

import (
	"encoding/binary"
	"time"

	"github.com/botd-dev/botd/media"
)

// l16 is a row of the table for linear PCM in network byte order, the channels
// of a sample next to each other (RFC 3551, section 4.5.11).
func l16(payloadType uint8, rate, channels int, packet time.Duration) Codec {
	return Codec{
		Name: "l16", PayloadType: payloadType, ClockRate: rate, Channels: channels, PacketTime: packet,
		NewEncoder: func(media.Format) (media.Encoder, error) {
			in, err := newIntake(rate)
			return &l16Encoder{in, channels}, err
		},
		NewDecoder: func() (media.Decoder, error) {
			out, err := newOutlet(rate)
			return &l16Decoder{out, channels}, err
		},
		Duration: func(payload []byte) time.Duration {
			return time.Duration(len(payload)/(2*channels)) * time.Second / time.Duration(rate)
		},
	}
}

// l16Encoder sends the one channel of the bridge in every channel.
type l16Encoder struct {
	in       intake
	channels int
}

// Encode fits media.Encoder: it appends 20 ms.
func (e *l16Encoder) Encode(dst []byte, f *media.Frame) ([]byte, error) {
	samples, err := e.in.take(f)
	for _, s := range samples {
		for range e.channels {
			dst = binary.BigEndian.AppendUint16(dst, uint16(s))
		}
	}
	return dst, err
}

// Reset fits Resetter.
func (e *l16Encoder) Reset() error {
	e.in.reset()
	return nil
}

// l16Decoder makes one channel of all by their mean, so that none is lost and
// none clips.
type l16Decoder struct {
	out      *outlet
	channels int
}

// Decode fits media.Decoder. f gets what the packet holds, up to 120 ms. At
// 44.1 kHz that may be a sample more or less, since a packet need not be a
// whole number of samples at 48 kHz.
func (d *l16Decoder) Decode(f *media.Frame, payload []byte) error {
	size := 2 * d.channels
	samples := d.out.room(len(payload) / size)
	if samples == nil || len(payload)%size != 0 {
		return malformed(f, len(payload))
	}
	for i := range samples {
		sum := 0
		for c := range d.channels {
			sum += int(int16(binary.BigEndian.Uint16(payload[i*size+2*c:])))
		}
		samples[i] = int16(sum / d.channels)
	}
	d.out.heard(f, samples)
	return nil
}

// Conceal fits media.Decoder. L16 carries no redundancy, so what was heard
// before is repeated.
func (d *l16Decoder) Conceal(f *media.Frame, _ []byte) error {
	d.out.conceal(f)
	return nil
}
