package bottest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"path/filepath"

	"github.com/botd-dev/botd/media"
)

// library is what bots play from addresses. It fits http.RoundTripper.
type library struct {
	files    map[string][]byte
	language *language
}

// RoundTrip fits http.RoundTripper.
func (l *library) RoundTrip(r *http.Request) (*http.Response, error) {
	data, ok := l.files[r.URL.String()]
	if !ok {
		data = wav(l.language.text("file", r.URL.String()).frames())
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(data)), ContentLength: int64(len(data)), Request: r,
	}, nil
}

// wav is a WAV file of 48 kHz, 16 bits, one channel.
func wav(frames [][]int16) []byte {
	size := uint32(len(frames) * media.FrameSize * 2) //nolint:gosec // a text is short
	b := []byte("RIFF")
	b = binary.LittleEndian.AppendUint32(b, 36+size)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1) // linear PCM
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint32(b, media.Rate)
	b = binary.LittleEndian.AppendUint32(b, 2*media.Rate)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, size)
	silent := make([]int16, media.FrameSize)
	for _, f := range frames {
		if f == nil {
			f = silent
		}
		for _, sample := range f {
			b = binary.LittleEndian.AppendUint16(b, uint16(sample)) //nolint:gosec // the same bits
		}
	}
	return b
}

// absolute is a path from the root.
func absolute(file string) string {
	if abs, err := filepath.Abs(file); err == nil {
		return abs
	}
	return file
}
