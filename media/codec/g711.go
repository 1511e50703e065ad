package codec

import (
	"math/bits"
	"time"

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

// g711Duration is one sample an octet.
func g711Duration(payload []byte) time.Duration {
	return time.Duration(len(payload)) * time.Second / g711Rate
}

func newMuLawEncoder(media.Format) (media.Encoder, error) { return newG711Encoder(muLaw) }
func newALawEncoder(media.Format) (media.Encoder, error)  { return newG711Encoder(aLaw) }
func newMuLawDecoder() (media.Decoder, error)             { return newG711Decoder(muLaw) }
func newALawDecoder() (media.Decoder, error)              { return newG711Decoder(aLaw) }

// g711Encoder makes 160 octets of every frame.
type g711Encoder struct {
	law *law
	in  intake
}

func newG711Encoder(l *law) (*g711Encoder, error) {
	in, err := newIntake(g711Rate)
	return &g711Encoder{law: l, in: in}, err
}

// Encode fits media.Encoder: it appends 20 ms, 160 octets.
func (e *g711Encoder) Encode(dst []byte, f *media.Frame) ([]byte, error) {
	samples, err := e.in.take(f)
	for _, s := range samples {
		dst = append(dst, e.law.compress(s))
	}
	return dst, err
}

// Reset fits Resetter.
func (e *g711Encoder) Reset() error {
	e.in.reset()
	return nil
}

type g711Decoder struct {
	law *law
	out *outlet
}

func newG711Decoder(l *law) (*g711Decoder, error) {
	out, err := newOutlet(g711Rate)
	return &g711Decoder{law: l, out: out}, err
}

// Decode fits media.Decoder. f gets what the packet holds, up to 120 ms.
func (d *g711Decoder) Decode(f *media.Frame, payload []byte) error {
	samples := d.out.room(len(payload))
	if samples == nil {
		return malformed(f, len(payload))
	}
	for i, b := range payload {
		samples[i] = d.law.expand[b]
	}
	d.out.heard(f, samples)
	return nil
}

// Conceal fits media.Decoder. G.711 carries no redundancy, so what was heard
// before is repeated.
func (d *g711Decoder) Conceal(f *media.Frame, _ []byte) error {
	d.out.conceal(f)
	return nil
}
