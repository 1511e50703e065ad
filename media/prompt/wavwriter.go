package prompt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/botd-dev/botd/media"
)

// ErrRate means that a frame has not the sample rate of its file.
var ErrRate = errors.New("prompt: wrong sample rate")

// WAVWriter writes frames to a WAV, one channel of 16 bits. Until Close the
// header says that the sizes are unknown, which readers take for "up to the end
// of the file": after a crash the file plays as far as it was written.
type WAVWriter struct {
	w     io.WriteSeeker
	rate  int
	size  uint64 // of the sound, in bytes
	bytes []byte // of one frame
}

// wavHeader is the size of the header: RIFF, fmt of 16 bytes, data.
const wavHeader = 44

// NewWAVWriter begins a WAV at the given sample rate in hertz. w must be empty;
// the caller closes it.
func NewWAVWriter(w io.WriteSeeker, rate int) (*WAVWriter, error) {
	h := make([]byte, 0, wavHeader)
	le := binary.LittleEndian
	h = le.AppendUint32(append(h, "RIFF"...), unknownSize)
	h = le.AppendUint32(append(h, "WAVEfmt "...), 16)
	h = le.AppendUint16(le.AppendUint16(h, tagPCM), 1)
	h = le.AppendUint32(le.AppendUint32(h, uint32(rate)), uint32(rate)*2)
	h = le.AppendUint16(le.AppendUint16(h, 2), 16)
	h = le.AppendUint32(append(h, "data"...), unknownSize)
	if _, err := w.Write(h); err != nil {
		return nil, fmt.Errorf("wav header: %w", err)
	}
	return &WAVWriter{w: w, rate: rate}, nil
}

// Write fits media.Sink.
func (w *WAVWriter) Write(f *media.Frame) error {
	if f.Rate != w.rate {
		return fmt.Errorf("%w: %d Hz in a WAV of %d Hz", ErrRate, f.Rate, w.rate)
	}
	w.bytes = w.bytes[:0]
	for _, s := range f.Samples {
		w.bytes = binary.LittleEndian.AppendUint16(w.bytes, uint16(s))
	}
	n, err := w.w.Write(w.bytes)
	w.size += uint64(n)
	if err != nil {
		return fmt.Errorf("wav: %w", err)
	}
	return nil
}

// Close writes the sizes into the header. What is too long for them, twelve
// hours at 48 kHz, goes on being of unknown size.
func (w *WAVWriter) Close() error {
	if w.size > math.MaxUint32-wavHeader {
		return nil
	}
	for _, field := range []struct{ at, value int64 }{
		{4, int64(w.size) + wavHeader - 8}, {wavHeader - 4, int64(w.size)},
	} {
		if _, err := w.w.Seek(field.at, io.SeekStart); err != nil {
			return fmt.Errorf("wav header: %w", err)
		}
		if err := binary.Write(w.w, binary.LittleEndian, uint32(field.value)); err != nil {
			return fmt.Errorf("wav header: %w", err)
		}
	}
	_, err := w.w.Seek(0, io.SeekEnd)
	return err
}

// WriteWAV writes all of a source to a WAV of the given sample rate in hertz.
func WriteWAV(w io.WriteSeeker, src media.Source, rate int) error {
	out, err := NewWAVWriter(w, rate)
	if err != nil {
		return err
	}
	src = media.Chain(src, media.Resample(rate))
	f := media.NewFrame(rate)
	for {
		err := src.Read(f)
		if errors.Is(err, io.EOF) {
			return out.Close()
		}
		if err != nil {
			return errors.Join(err, out.Close())
		}
		if err := out.Write(f); err != nil {
			return err
		}
	}
}
