package codec

import (
	"fmt"
	"math/bits"

	"github.com/botd-dev/botd/media"
)

// g711Rate is the sample rate of both laws of ITU-T G.711, in hertz.
const g711Rate = 8000

// law is one of the two ways in which G.711 writes a sample as a byte.
type law struct {
	compress func(int16) byte
	expand   [256]int16
}

// The two laws, with what every byte stands for.
var (
	muLaw = newLaw(compressMu, expandMu) //nolint:gochecknoglobals // a table
	aLaw  = newLaw(compressA, expandA)   //nolint:gochecknoglobals // a table
)

func newLaw(compress func(int16) byte, expand func(byte) int16) *law {
	l := &law{compress: compress}
	for b := range l.expand {
		l.expand[b] = expand(byte(b)) //nolint:gosec // 0 to 255
	}
	return l
}

// compressMu is µ-law: sign, three bits of segment, four of mantissa, inverted.
func compressMu(s int16) byte {
	const bias, clip = 0x84, 32635
	v, sign := int(s), byte(0)
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, clip) + bias
	segment := bits.Len(uint(v)) - 8 //nolint:gosec // positive
	return ^(sign | byte(segment<<4) | byte(v>>(segment+3)&0x0f))
}

func expandMu(b byte) int16 {
	b = ^b
	v := (int(b&0x0f)<<3+0x84)<<(b>>4&7) - 0x84
	if b&0x80 != 0 {
		v = -v
	}
	return int16(v) //nolint:gosec // at most 32124
}

// compressA is A-law: as µ-law without the bias, even bits inverted.
func compressA(s int16) byte {
	v, sign := int(s)>>3, byte(0xd5)
	if v < 0 {
		v, sign = -v-1, 0x55
	}
	segment := max(0, bits.Len(uint(v))-5) //nolint:gosec // positive
	if segment == 0 {
		return sign ^ byte(v>>1)
	}
	return sign ^ (byte(segment<<4) | byte(v>>segment&0x0f))
}

func expandA(b byte) int16 {
	b ^= 0x55
	segment, v := int(b>>4&7), int(b&0x0f)<<4+8
	if segment > 0 {
		v = (v + 0x100) << (segment - 1)
	}
	if b&0x80 == 0 {
		v = -v
	}
	return int16(v) //nolint:gosec // at most 32256
}

func newMuLawEncoder(media.Format) (media.Encoder, error) { return newG711Encoder(muLaw), nil }
func newALawEncoder(media.Format) (media.Encoder, error)  { return newG711Encoder(aLaw), nil }
func newMuLawDecoder() (media.Decoder, error)             { return newG711Decoder(muLaw), nil }
func newALawDecoder() (media.Decoder, error)              { return newG711Decoder(aLaw), nil }

type g711Encoder struct {
	law    *law
	down   *media.Resampler
	narrow []int16
}

func newG711Encoder(l *law) *g711Encoder {
	return &g711Encoder{law: l, down: media.NewResampler(media.Rate, g711Rate)}
}

// Encode appends 20 ms, 160 bytes.
func (e *g711Encoder) Encode(dst []byte, f *media.Frame) ([]byte, error) {
	e.narrow = e.down.Append(e.narrow[:0], f.Samples)
	for _, s := range e.narrow {
		dst = append(dst, e.law.compress(s))
	}
	return dst, nil
}

type g711Decoder struct {
	law    *law
	up     *media.Resampler
	narrow [g711Rate / 50 * 6]int16 // 120 ms
	ready  []int16
}

func newG711Decoder(l *law) *g711Decoder {
	return &g711Decoder{law: l, up: media.NewResampler(g711Rate, media.Rate)}
}

// Pending fits Buffered.
func (d *g711Decoder) Pending() int { return len(d.ready) / media.FrameSize }

// Decode fits media.Decoder and Buffered.
func (d *g711Decoder) Decode(f *media.Frame, payload []byte) error {
	f.Resize(media.FrameSize, media.Rate)
	if len(payload) > len(d.narrow) {
		f.Silence()
		return fmt.Errorf("g711 packet of %d bytes: %w", len(payload), ErrPayload)
	}
	for i, b := range payload {
		d.narrow[i] = d.law.expand[b]
	}
	d.give(f, d.narrow[:len(payload)])
	return nil
}

// Conceal fits media.Decoder: G.711 carries no redundancy, so what is lost is
// silence.
func (d *g711Decoder) Conceal(f *media.Frame, _ []byte) error {
	clear(d.narrow[:g711Rate/50])
	d.give(f, d.narrow[:g711Rate/50])
	return nil
}

func (d *g711Decoder) give(f *media.Frame, narrow []int16) {
	f.Resize(media.FrameSize, media.Rate)
	d.ready = d.up.Append(d.ready, narrow)
	n := copy(f.Samples, d.ready)
	clear(f.Samples[n:])
	d.ready = d.ready[:copy(d.ready, d.ready[n:])]
}
