package codec

import (
	"fmt"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
)

const (
	// opusBitrate is the default in bits per second: wide-band speech with room
	// for in-band redundancy.
	opusBitrate = 32000
	// opusComplexity 10 costs more than twice as much for little at 32 kbit/s.
	opusComplexity = 5
	// opusLongest is the longest packet, 120 ms (RFC 6716 section 2.1.4).
	opusLongest = 6 * media.FrameSize
	// opusPacket is the largest payload of one 20 ms frame that is made.
	opusPacket = 1275
)

type opusEncoder struct{ enc *opus.Encoder }

func newOpusEncoder(f media.Format) (media.Encoder, error) {
	enc, err := opus.NewEncoder(media.Rate, 1, opus.AppVoIP)
	if err != nil {
		return nil, fmt.Errorf("opus encoder: %w", err)
	}
	bitrate := opusBitrate
	if f.Bitrate > 0 {
		bitrate = f.Bitrate
	}
	for _, err := range []error{
		enc.SetBitrate(bitrate), enc.SetComplexity(opusComplexity),
		enc.SetInBandFEC(true), enc.SetPacketLossPerc(f.PacketLoss),
	} {
		if err != nil {
			return nil, fmt.Errorf("opus encoder: %w", err)
		}
	}
	return &opusEncoder{enc}, nil
}

// Encode appends one 20 ms packet.
func (e *opusEncoder) Encode(dst []byte, f *media.Frame) ([]byte, error) {
	start := len(dst)
	if cap(dst)-start < opusPacket {
		grown := make([]byte, start, start+opusPacket)
		copy(grown, dst)
		dst = grown
	}
	n, err := e.enc.Encode(f.Samples, dst[start:start+opusPacket])
	if err != nil {
		return dst[:start], fmt.Errorf("opus encode: %w", err)
	}
	return dst[:start+n], nil
}

// opusDecoder decodes packets of 2.5 to 120 ms and gives them in frames of
// 20 ms. Shorter packets are gathered until a frame is full.
type opusDecoder struct {
	dec    *opus.Decoder
	buffer [opusLongest]int16
	ready  []int16 // decoded and not given yet, part of buffer
}

func newOpusDecoder() (media.Decoder, error) {
	dec, err := opus.NewDecoder(media.Rate, 1)
	if err != nil {
		return nil, fmt.Errorf("opus decoder: %w", err)
	}
	return &opusDecoder{dec: dec}, nil
}

// Pending fits Buffered.
func (d *opusDecoder) Pending() int { return len(d.ready) / media.FrameSize }

// Decode fits media.Decoder and Buffered.
func (d *opusDecoder) Decode(f *media.Frame, payload []byte) error {
	f.Resize(media.FrameSize, media.Rate)
	if len(payload) > 0 {
		if err := d.unpack(payload); err != nil {
			f.Silence()
			return err
		}
	}
	n := copy(f.Samples, d.ready)
	clear(f.Samples[n:])
	d.ready = d.ready[n:]
	return nil
}

func (d *opusDecoder) unpack(payload []byte) error {
	d.ready = nil
	n, err := d.dec.Decode(payload, d.buffer[:])
	if err != nil {
		return fmt.Errorf("opus decode: %w: %w", ErrPayload, err)
	}
	d.ready = d.buffer[:n]
	return nil
}

// Conceal fits media.Decoder: from the redundancy in the packet after the lost
// one if it is here (RFC 6716 section 2.1.7), else by extrapolation.
func (d *opusDecoder) Conceal(f *media.Frame, next []byte) error {
	f.Resize(media.FrameSize, media.Rate)
	d.ready = nil
	if len(next) > 0 && d.dec.DecodeFEC(next, f.Samples) == nil {
		return nil
	}
	if err := d.dec.DecodePLC(f.Samples); err != nil {
		f.Silence()
		return fmt.Errorf("opus conceal: %w", err)
	}
	return nil
}
