package codec

import (
	"fmt"
	"time"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
)

const (
	// opusBitrate is the default in bits per second: wide-band speech with room
	// for in-band redundancy.
	opusBitrate = 32000
	// opusLoss is the default of the loss in percent that is prepared for. At
	// zero the encoder puts no redundancy into its packets.
	opusLoss = 5
	// opusComplexity 10 costs more than twice as much for little at 32 kbit/s.
	opusComplexity = 5
	// opusLongest is the longest packet, 120 ms (RFC 6716 section 2.1.4).
	opusLongest = 6 * media.FrameSize
	// opusPacket is the largest payload of one 20 ms frame that is made.
	opusPacket = 1275
	// opusStep is the least length, 2.5 ms, of which all others are multiples.
	opusStep = media.FrameSize / 8
)

// frameLengths has a row for each of the 32 configurations of RFC 6716, section
// 3.1, table 2: the length of one frame in steps of 2.5 ms.
var frameLengths = [32]uint8{
	4, 8, 16, 24, 4, 8, 16, 24, 4, 8, 16, 24, // SILK
	4, 8, 4, 8, // hybrid
	1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, // CELT
}

// OpusDuration is how much sound an Opus packet holds, by its first octets
// (RFC 6716, sections 3.1 and 3.2); zero if it is no Opus packet.
func OpusDuration(payload []byte) time.Duration {
	return time.Duration(opusSamples(payload)) * media.FrameDuration / media.FrameSize
}

// opusSamples is that in samples at 48 kHz.
func opusSamples(payload []byte) int {
	if len(payload) == 0 {
		return 0
	}
	frames := 1
	switch payload[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(payload) < 2 {
			return 0
		}
		frames = int(payload[1] & 0x3f)
	}
	n := frames * int(frameLengths[payload[0]>>3]) * opusStep
	if n > opusLongest {
		return 0
	}
	return n
}

type opusEncoder struct {
	enc     *opus.Encoder
	payload [opusPacket]byte
}

func newOpusEncoder(f media.Format) (media.Encoder, error) {
	enc, err := opus.NewEncoder(media.Rate, 1, opus.AppVoIP)
	if err != nil {
		return nil, fmt.Errorf("opus encoder: %w", err)
	}
	bitrate, loss := opusBitrate, opusLoss
	if f.Bitrate > 0 {
		bitrate = f.Bitrate
	}
	if f.PacketLoss > 0 {
		loss = min(f.PacketLoss, 100)
	}
	for _, err := range []error{
		enc.SetBitrate(bitrate), enc.SetComplexity(opusComplexity),
		enc.SetInBandFEC(true), enc.SetPacketLossPerc(loss),
	} {
		if err != nil {
			return nil, fmt.Errorf("opus encoder: %w", err)
		}
	}
	return &opusEncoder{enc: enc}, nil
}

// Encode appends one 20 ms packet.
func (e *opusEncoder) Encode(dst []byte, f *media.Frame) ([]byte, error) {
	if err := encodable(f); err != nil {
		return dst, err
	}
	n, err := e.enc.Encode(f.Samples, e.payload[:])
	if err != nil {
		return dst, fmt.Errorf("opus encode: %w", err)
	}
	return append(dst, e.payload[:n]...), nil
}

type opusDecoder struct{ dec *opus.Decoder }

func newOpusDecoder() (media.Decoder, error) {
	dec, err := opus.NewDecoder(media.Rate, 1)
	if err != nil {
		return nil, fmt.Errorf("opus decoder: %w", err)
	}
	return &opusDecoder{dec}, nil
}

// Decode fits media.Decoder. f gets what the packet holds, 2.5 to 120 ms.
func (d *opusDecoder) Decode(f *media.Frame, payload []byte) error {
	n := opusSamples(payload)
	if n == 0 {
		return malformed(f, len(payload))
	}
	f.Resize(n, media.Rate)
	n, err := d.dec.Decode(payload, f.Samples[:n:n]) // the library fills the capacity
	if err != nil {
		return fmt.Errorf("%w: %w", malformed(f, len(payload)), err)
	}
	f.Resize(n, media.Rate)
	return nil
}

// malformed is a silent frame and its error.
func malformed(f *media.Frame, octets int) error {
	f.Resize(media.FrameSize, media.Rate)
	f.Silence()
	return fmt.Errorf("packet of %d octets: %w", octets, ErrPayload)
}

// Conceal fits media.Decoder: from the redundancy in the packet after the lost
// one if it is here (RFC 6716 section 2.1.7), else by extrapolation.
func (d *opusDecoder) Conceal(f *media.Frame, next []byte) error {
	lost(f)
	n := len(f.Samples) / opusStep * opusStep
	clear(f.Samples[n:])
	if n == 0 {
		return nil
	}
	if len(next) > 0 && d.dec.DecodeFEC(next, f.Samples[:n:n]) == nil {
		return nil
	}
	if err := d.dec.DecodePLC(f.Samples[:n:n]); err != nil {
		f.Silence()
		return fmt.Errorf("opus conceal: %w", err)
	}
	return nil
}
