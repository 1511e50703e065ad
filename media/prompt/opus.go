package prompt

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
)

// oggOpus plays Opus out of Ogg (RFC 7845).
type oggOpus struct {
	packets packets
	dec     media.Decoder
	skip    int         // samples still to be left out at the beginning (section 4.2)
	left    int64       // samples still to be played; negative if that is not known
	gain    float64     // by which every sample is multiplied (section 5.1)
	sound   media.Frame // of one packet
}

// openOgg plays the first Opus stream of an Ogg file.
func openOgg(b []byte) (media.Source, error) {
	head, serial, ok := findOpus(b)
	if !ok {
		return nil, bad("Ogg without Opus")
	}
	if len(head) < 19 || head[8]&0xF0 != 0 {
		return nil, bad("Opus of another version")
	}
	if channels, family := head[9], head[18]; channels < 1 || channels > maxChannels || family != 0 {
		return nil, bad("Opus of %d channels, family %d", channels, family)
	}
	dec, err := newDecoder()
	if err != nil {
		return nil, err
	}
	o := &oggOpus{
		packets: packets{file: b, serial: serial},
		dec:     dec,
		skip:    int(binary.LittleEndian.Uint16(head[10:])),
		gain:    math.Pow(10, float64(int16(binary.LittleEndian.Uint16(head[16:])))/256/20),
	}
	o.left = length(b, serial, o.skip)
	for range 2 { // the header and the tags
		if _, ok := o.packets.next(); !ok {
			return nil, bad("Ogg without sound")
		}
	}
	return o, nil
}

// newDecoder makes a decoder that mixes two channels to one.
func newDecoder() (media.Decoder, error) {
	c, err := codec.Find("opus")
	if err != nil {
		return nil, err
	}
	return c.NewDecoder()
}

// findOpus finds the header of the first Opus stream (section 5.1), which is
// alone on its page.
func findOpus(b []byte) (head []byte, serial uint32, ok bool) {
	for {
		p, rest, ok := nextPage(b)
		if !ok || p.flags&flagFirst == 0 { // all beginnings come first
			return nil, 0, false
		}
		if bytes.HasPrefix(p.body, []byte("OpusHead")) {
			return p.body, p.serial, true
		}
		b = rest
	}
}

// length is how many samples the stream has, as its last page tells (section
// 4.4), or -1 if there is no last page or it tells nonsense.
func length(b []byte, serial uint32, skip int) int64 {
	for {
		p, rest, ok := nextPage(b)
		if !ok {
			return -1
		}
		if p.serial == serial && p.flags&flagLast != 0 {
			n := int64(p.granule) - int64(skip)
			if n <= 0 {
				return -1
			}
			return n
		}
		b = rest
	}
}

// Read fits media.Source. A frame is as long as the packet it came in.
func (o *oggOpus) Read(f *media.Frame) error {
	for {
		if o.left == 0 {
			return io.EOF
		}
		packet, ok := o.packets.next()
		if !ok {
			return io.EOF
		}
		if len(packet) == 0 {
			continue
		}
		if err := o.dec.Decode(&o.sound, packet); err != nil {
			return bad("%w", err)
		}
		if pcm := o.trim(o.sound.Samples); len(pcm) > 0 {
			o.fill(f, pcm)
			return nil
		}
	}
}

// trim leaves out what is before the beginning and after the end.
func (o *oggOpus) trim(pcm []int16) []int16 {
	n := min(o.skip, len(pcm))
	o.skip -= n
	pcm = pcm[n:]
	if o.left >= 0 {
		pcm = pcm[:min(int64(len(pcm)), o.left)]
		o.left -= int64(len(pcm))
	}
	return pcm
}

// fill copies pcm, louder or quieter as the file asks for.
func (o *oggOpus) fill(f *media.Frame, pcm []int16) {
	f.Resize(len(pcm), media.Rate)
	for i, s := range pcm {
		f.Samples[i] = int16(math.Max(-32768, math.Min(32767, float64(s)*o.gain)))
	}
}
