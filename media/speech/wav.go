package speech

import (
	"encoding/binary"
	"fmt"
)

// wavHeader is the size of the header that programs write before sound: RIFF, fmt
// of 16 bytes, data. Its lengths are not to be relied on, having been written
// first.
const wavHeader = 44

// DecodeWAV takes the output of a program apart that speaks: 16 bits, one
// channel, at rate hertz. No sound at all is ErrEmpty, anything but a WAV
// ErrUnavailable.
func DecodeWAV(b []byte) (samples []int16, rate int, err error) {
	if len(b) <= wavHeader {
		return nil, 0, ErrEmpty
	}
	if string(b[:4]) != "RIFF" || string(b[36:40]) != "data" {
		return nil, 0, fmt.Errorf("%w: what was written is no WAV", ErrUnavailable)
	}
	rate = int(binary.LittleEndian.Uint32(b[24:]))
	channels, bits := binary.LittleEndian.Uint16(b[22:]), binary.LittleEndian.Uint16(b[34:])
	if rate < 8000 || rate > 48000 || channels != 1 || bits != 16 {
		return nil, 0, fmt.Errorf("%w: what was written is %d channels of %d bits at %d Hz", ErrUnavailable, channels, bits, rate)
	}
	b = b[wavHeader:]
	samples = make([]int16, len(b)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return samples, rate, nil
}

// EncodeWAV is samples at a rate in hertz as a WAV file.
func EncodeWAV(samples []int16, rate int) []byte {
	size := 2 * len(samples)
	b := make([]byte, 0, wavHeader+size)
	le := binary.LittleEndian
	b = le.AppendUint32(append(b, "RIFF"...), uint32(wavHeader-8+size))
	b = le.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = le.AppendUint16(le.AppendUint16(b, 1), 1) // PCM, one channel
	b = le.AppendUint32(le.AppendUint32(b, uint32(rate)), uint32(2*rate))
	b = le.AppendUint16(le.AppendUint16(b, 2), 16)
	b = le.AppendUint32(append(b, "data"...), uint32(size))
	for _, s := range samples {
		b = le.AppendUint16(b, uint16(s))
	}
	return b
}
