package codec

import (
	"fmt"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
)

// opusLongest is the longest packet in samples, 120 ms (RFC 6716, section
// 2.1.4), and that of all codecs here.
const opusLongest = 6 * media.FrameSize

// opusDecoder makes one channel at 48 kHz of packets of any length, bandwidth
// and mode. Of a stereo packet it gives the mean of both sides.
type opusDecoder struct{ dec *opus.Decoder }

func newOpusDecoder() (media.Decoder, error) {
	dec, err := opus.NewDecoder(media.Rate, 1)
	if err != nil {
		return nil, fmt.Errorf("opus decoder: %w", err)
	}
	return &opusDecoder{dec}, nil
}

// Decode fits media.Decoder. f gets what the packet holds, 2.5 to 120 ms. In
// pauses that may be one or two octets, which are made into comfort noise.
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

// malformed is a silent frame and its error.
func malformed(f *media.Frame, octets int) error {
	f.Resize(media.FrameSize, media.Rate)
	f.Silence()
	return fmt.Errorf("packet of %d octets: %w", octets, ErrPayload)
}
