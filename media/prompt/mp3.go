package prompt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/hajimehoshi/go-mp3"

	"github.com/botd-dev/botd/media"
)

// isMP3 looks for an ID3 tag or the header of a frame of layer III (ISO/IEC
// 11172-3, section 2.4.1.3): eleven ones, a version, layer 01.
func isMP3(b []byte) bool {
	if bytes.HasPrefix(b, []byte("ID3")) {
		return true
	}
	return len(b) > 2 && b[0] == 0xFF && b[1]&0xE6 == 0xE2 && b[1]&0x18 != 0x08
}

// untagged leaves out the ID3 tags in front (ID3v2.3, section 3.1). The decoder
// would make room for as much as they claim, up to 256 MB.
func untagged(b []byte) ([]byte, error) {
	for len(b) >= 10 && bytes.HasPrefix(b, []byte("ID3")) {
		size := 10
		for i, v := range b[6:10] { // seven bits of each
			size += int(v&0x7F) << (21 - 7*i)
		}
		if size > len(b) {
			return nil, bad("MP3: a tag of %d bytes", size)
		}
		b = b[size:]
	}
	return b, nil
}

// stereoFrame is the bytes of one moment as the decoder gives it: always two
// channels of 16 bits.
const stereoFrame = 4

// openMP3 plays an MP3, two channels mixed to one.
func openMP3(b []byte) (src media.Source, err error) {
	defer broken(&err)
	if b, err = untagged(b); err != nil {
		return nil, err
	}
	// Without a Seek the decoder does not look through the whole file first.
	dec, err := mp3.NewDecoder(struct{ io.Reader }{bytes.NewReader(b)})
	if err != nil {
		return nil, bad("MP3: %w", err)
	}
	rate := dec.SampleRate()
	if rate < minRate || rate > maxRate {
		return nil, bad("MP3 of %d Hz", rate)
	}
	return &mp3Source{dec: dec, rate: rate, buffer: make([]byte, stereoFrame*(rate/50))}, nil
}

type mp3Source struct {
	dec    *mp3.Decoder
	rate   int
	buffer []byte
}

// Read fits media.Source.
func (m *mp3Source) Read(f *media.Frame) (err error) {
	defer broken(&err)
	n, err := io.ReadFull(m.dec, m.buffer)
	n /= stereoFrame
	if n == 0 && errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return bad("MP3: %w", err)
	}
	f.Resize(n, m.rate)
	for i := range f.Samples {
		left := int16(binary.LittleEndian.Uint16(m.buffer[stereoFrame*i:]))
		right := int16(binary.LittleEndian.Uint16(m.buffer[stereoFrame*i+2:]))
		f.Samples[i] = int16((int(left) + int(right)) / 2)
	}
	return nil
}

// broken makes an error of a decoder that panics on a damaged file.
func broken(err *error) {
	if p := recover(); p != nil {
		*err = bad("damaged: %v", p)
	}
}
