package prompt

import (
	"bytes"
	"fmt"

	"github.com/botd-dev/botd/media"
)

// decode makes a source of a file, at the file's own rate. What it is, is seen
// by how it begins; names and content types lie.
func decode(data []byte) (media.Source, error) {
	switch {
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WAVE":
		return openWAV(data)
	case bytes.HasPrefix(data, []byte("OggS")):
		return openOgg(data)
	case isMP3(data):
		return openMP3(data)
	}
	return nil, fmt.Errorf("%w: neither WAV nor MP3 nor Ogg", ErrFormat)
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrFormat, fmt.Errorf(format, args...))
}

// nearRate rounds a sample rate in hertz to a multiple of 25, as all in use
// are: the resampler's tables grow with what two rates have not in common. Nobody
// hears a sixth of a percent.
func nearRate(rate int) int { return (rate + 12) / 25 * 25 }
