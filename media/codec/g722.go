package codec

import (
	"time"

	"github.com/botd-dev/botd/media"
)

const (
	// g722Rate is the sample rate of ITU-T G.722, in hertz.
	g722Rate = 16000
	// g722Clock is its RTP clock, which a mistake in an early RFC has made half
	// of that for ever (RFC 3551, section 4.5.2).
	g722Clock = 8000
	// g722Filters is by how many samples what comes out is later than what went
	// in, because of the two filters.
	g722Filters = 22
)

// g722Duration is two samples an octet.
func g722Duration(payload []byte) time.Duration {
	return time.Duration(2*len(payload)) * time.Second / g722Rate
}

// g722Encoder makes 160 octets of every frame.
type g722Encoder struct {
	in     intake
	writer g722Writer
}

func newG722Encoder(media.Format) (media.Encoder, error) {
	in, err := newIntake(g722Rate)
	return &g722Encoder{in: in, writer: newG722Writer()}, err
}

// Encode fits media.Encoder: it appends 20 ms, 160 octets.
func (e *g722Encoder) Encode(dst []byte, f *media.Frame) ([]byte, error) {
	samples, err := e.in.take(f)
	for ; len(samples) >= 2; samples = samples[2:] {
		dst = append(dst, e.writer.octet(samples[0], samples[1]))
	}
	return dst, err
}

// Reset fits Resetter.
func (e *g722Encoder) Reset() error {
	e.in.reset()
	e.writer = newG722Writer()
	return nil
}

type g722Decoder struct {
	reader g722Reader
	out    *outlet
}

func newG722Decoder() (media.Decoder, error) {
	out, err := newOutlet(g722Rate)
	return &g722Decoder{reader: newG722Reader(), out: out}, err
}

// Decode fits media.Decoder. f gets what the packet holds, up to 120 ms.
func (d *g722Decoder) Decode(f *media.Frame, payload []byte) error {
	samples := d.out.room(2 * len(payload))
	if samples == nil {
		return malformed(f, len(payload))
	}
	for i, b := range payload {
		samples[2*i], samples[2*i+1] = d.reader.samples(b)
	}
	d.out.heard(f, samples)
	return nil
}

// Conceal fits media.Decoder. G.722 carries no redundancy, so what was heard
// before is repeated. The decoder is led along as if that had come, or what
// comes next would find it where the encoder is no more.
func (d *g722Decoder) Conceal(f *media.Frame, _ []byte) error {
	n := len(d.out.conceal(f))
	gap := d.out.gap
	for i := gap.gone - n; i < gap.gone; i += 2 {
		d.follow(i)
	}
	return nil
}

// follow decodes what an encoder would have made of the samples from i on that
// were made up. An encoder is ahead by what both filters hold back.
func (d *g722Decoder) follow(i int) {
	gap := d.out.gap
	w := g722Writer{low: d.reader.low, high: d.reader.high}
	for k := range w.past {
		w.past[k] = int(gap.at(max(i+k-2, 0)))
	}
	d.reader.samples(w.octet(gap.at(i+g722Filters), gap.at(i+g722Filters+1)))
}
