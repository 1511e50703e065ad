package prompt

import (
	"encoding/binary"
	"io"

	"github.com/botd-dev/botd/media"
)

// The limits of what is played.
const (
	minRate     = 8000
	maxRate     = 48000
	maxChannels = 2
)

// unknownSize stands in a header that was written before the end was known.
const unknownSize = 0xFFFFFFFF

// wav is a file taken apart (Multimedia Programming Interface 1.0, "WAVE").
type wav struct {
	rate     int
	channels int
	sample   sample
	data     []byte
}

// openWAV plays a WAV: 8, 16, 24 or 32 bits, float, A-law or µ-law; one channel
// or two, which are mixed to one.
func openWAV(b []byte) (media.Source, error) {
	w, err := parseWAV(b)
	if err != nil {
		return nil, err
	}
	width := w.sample.bytes * w.channels
	if len(w.data) < width {
		return nil, bad("WAV without sound")
	}
	rest, most := w.data, max(1, w.rate/50)
	return media.SourceFunc(func(f *media.Frame) error {
		n := min(most, len(rest)/width)
		if n == 0 {
			return io.EOF
		}
		f.Resize(n, w.rate)
		w.mix(f.Samples, rest)
		rest = rest[n*width:]
		return nil
	}), nil
}

// mix fills dst from the beginning of b.
func (w *wav) mix(dst []int16, b []byte) {
	size := w.sample.bytes
	for i := range dst {
		left := w.sample.decode(b)
		b = b[size:]
		if w.channels == 2 {
			left = (left + w.sample.decode(b)) / 2
			b = b[size:]
		}
		dst[i] = int16(left)
	}
}

// parseWAV finds the two chunks that matter, in whatever order they come. A
// chunk that says it is longer than the file is as long as the file: the header
// may have been written before its end was known, or the end may be missing.
func parseWAV(b []byte) (*wav, error) {
	streamed := declared(b[4:]) == 0 || declared(b[4:]) == unknownSize
	var w wav
	var found bool
	for b = b[12:]; len(b) >= 8; {
		id, size := string(b[:4]), declared(b[4:])
		b = b[8:]
		if size == 0 && streamed && id == "data" {
			size = unknownSize
		}
		body := b[:min(size, uint64(len(b)))]
		switch id {
		case "fmt ":
			if err := w.format(body); err != nil {
				return nil, err
			}
		case "data":
			if !found {
				w.data, found = body, true
			}
		}
		b = b[min(size+size%2, uint64(len(b))):] // chunks begin at even places
	}
	if w.channels == 0 {
		return nil, bad("WAV without format")
	}
	return &w, nil
}

func declared(b []byte) uint64 { return uint64(binary.LittleEndian.Uint32(b)) }

// extensible is the format tag that says that the real one is in a GUID.
const extensible = 0xFFFE

// format reads the fmt chunk. What follows from its other fields is not looked
// at, being wrong in some files.
func (w *wav) format(b []byte) error {
	if len(b) < 16 {
		return bad("WAV format of %d bytes", len(b))
	}
	tag, bits := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[14:])
	if tag == extensible {
		if len(b) < 26 {
			return bad("WAV format of %d bytes", len(b))
		}
		tag = binary.LittleEndian.Uint16(b[24:])
	}
	w.channels, w.rate = int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint32(b[4:]))
	if w.channels < 1 || w.channels > maxChannels {
		return bad("WAV of %d channels", w.channels)
	}
	if w.rate < minRate || w.rate > maxRate {
		return bad("WAV of %d Hz", w.rate)
	}
	w.rate = nearRate(w.rate)
	var ok bool
	if w.sample, ok = samples[coding{tag, bits}]; !ok {
		return bad("WAV coding %#x of %d bits", tag, bits)
	}
	return nil
}
