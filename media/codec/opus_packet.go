package codec

import (
	"time"

	"github.com/botd-dev/botd/media"
)

// opusStep is the least length, 2.5 ms, of which all others are multiples.
const opusStep = media.FrameSize / 8

// frameLengths has a row for each of the 32 configurations of RFC 6716, section
// 3.1, table 2: the length of one frame in steps of 2.5 ms.
var frameLengths = [32]uint8{
	4, 8, 16, 24, 4, 8, 16, 24, 4, 8, 16, 24, // SILK
	4, 8, 4, 8, // hybrid
	1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, // CELT
}

// OpusDuration is how much sound an Opus packet holds, by its first octets
// (RFC 6716, sections 3.1 and 3.2); zero if it is no Opus packet.
func OpusDuration(payload []byte) time.Duration {
	return time.Duration(opusSamples(payload)) * media.FrameDuration / media.FrameSize
}

// opusSamples is that in samples at 48 kHz.
func opusSamples(payload []byte) int {
	if len(payload) == 0 {
		return 0
	}
	frames := 1
	switch payload[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(payload) < 2 {
			return 0
		}
		frames = int(payload[1] & 0x3f)
	}
	n := frames * int(frameLengths[payload[0]>>3]) * opusStep
	if n > opusLongest {
		return 0
	}
	return n
}
