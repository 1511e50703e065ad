package espeak

import (
	"encoding/binary"
	"fmt"

	"github.com/botd-dev/botd/media/speech"
)

// headerSize is that of the one header espeak-ng writes: RIFF, fmt of 16 bytes,
// data. Its sizes are not to be relied on, having been written first.
const headerSize = 44

// decode takes espeak-ng's output apart. No sound at all means that there was
// nothing to be said in the text.
func decode(b []byte) (samples []int16, rate int, err error) {
	if len(b) <= headerSize {
		return nil, 0, speech.ErrEmpty
	}
	if string(b[:4]) != "RIFF" || string(b[36:40]) != "data" {
		return nil, 0, fmt.Errorf("%w: espeak-ng wrote no WAV", speech.ErrUnavailable)
	}
	rate = int(binary.LittleEndian.Uint32(b[24:]))
	channels, bits := binary.LittleEndian.Uint16(b[22:]), binary.LittleEndian.Uint16(b[34:])
	if rate < 8000 || rate > 48000 || channels != 1 || bits != 16 {
		return nil, 0, fmt.Errorf("%w: espeak-ng wrote %d channels of %d bits at %d Hz", speech.ErrUnavailable, channels, bits, rate)
	}
	b = b[headerSize:]
	samples = make([]int16, len(b)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return samples, rate, nil
}
