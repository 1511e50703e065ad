package wire

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/media"
)

// What a Frame is.
const (
	// Heard is sound for the bot, Said sound of the bot.
	Heard uint8 = 1
	Said  uint8 = 2
	// Room has no sound: all frames that the bot has said before Sequence are taken
	// in. No more than Window may be under way.
	Room uint8 = 3
)

const (
	// HeaderSize is how many bytes come before the samples.
	HeaderSize = 24
	// MaxFrame is how many bytes a frame may have: 100 ms at 48 kHz.
	MaxFrame = HeaderSize + 2*media.Rate/10
	// MinRate is the lowest rate of a frame, in hertz; media.Rate is the highest.
	MinRate = 8000
	// Window is how many frames a bot may say ahead of what is taken in.
	Window = 5

	layout = 1 // the first byte
)

// Frame is a piece of sound, or Room.
type Frame struct {
	Kind uint8
	// Call is the number of the call, Stream which sound of it: 0 is what the bot
	// hears or says, others are ears.
	Call   uint32
	Stream uint16
	// Sequence counts the frames of the stream from 0; what is missing was dropped.
	Sequence uint32
	// Time is when it begins, since the first frame.
	Time time.Duration
	// Rate is in hertz, 8000 to 48000.
	Rate int
	// PCM is its samples, signed 16 bit, little endian, one channel.
	PCM []byte
}

// ParseFrame reads a frame as docs/bots.md draws it. PCM is a part of data.
// bot.ErrInvalid for what is no frame.
//
//	layout (8) | kind (8) | stream (16) | call (32) | sequence (32) |
//	rate (32) | time in microseconds (64) | samples (16 each, little endian)
func ParseFrame(data []byte) (Frame, error) {
	if len(data) < HeaderSize || len(data) > MaxFrame || data[0] != layout {
		return Frame{}, fmt.Errorf("%w: frame of %d bytes", bot.ErrInvalid, len(data))
	}
	f := Frame{
		Kind: data[1], Stream: binary.BigEndian.Uint16(data[2:]), Call: binary.BigEndian.Uint32(data[4:]),
		Sequence: binary.BigEndian.Uint32(data[8:]), Rate: int(binary.BigEndian.Uint32(data[12:])),
		Time: time.Duration(binary.BigEndian.Uint64(data[16:])&(1<<50-1)) * time.Microsecond, //nolint:gosec // 50 bits fit
		PCM:  data[HeaderSize:],
	}
	return f, f.check()
}

func (f Frame) check() error {
	switch {
	case f.Kind == Room && len(f.PCM) == 0:
		return nil
	case f.Kind != Heard && f.Kind != Said:
		return fmt.Errorf("%w: frame of kind %d", bot.ErrInvalid, f.Kind)
	case f.Rate < MinRate || f.Rate > media.Rate:
		return fmt.Errorf("%w: frame at %d Hz", bot.ErrInvalid, f.Rate)
	case len(f.PCM) == 0 || len(f.PCM)%2 != 0 || len(f.PCM)/2 > f.Rate/10:
		return fmt.Errorf("%w: frame with %d bytes of sound", bot.ErrInvalid, len(f.PCM))
	}
	return nil
}

// Append writes the frame behind b.
func (f Frame) Append(b []byte) []byte {
	b = append(b, layout, f.Kind)
	b = binary.BigEndian.AppendUint16(b, f.Stream)
	b = binary.BigEndian.AppendUint32(b, f.Call)
	b = binary.BigEndian.AppendUint32(b, f.Sequence)
	b = binary.BigEndian.AppendUint32(b, uint32(f.Rate))                  //nolint:gosec // at most 48000
	b = binary.BigEndian.AppendUint64(b, uint64(f.Time/time.Microsecond)) //nolint:gosec // never negative
	return append(b, f.PCM...)
}

// Sound puts the samples into a media.Frame.
func (f Frame) Sound(to *media.Frame) {
	to.Resize(len(f.PCM)/2, f.Rate)
	for i := range to.Samples {
		to.Samples[i] = int16(binary.LittleEndian.Uint16(f.PCM[2*i:])) //nolint:gosec // the same 16 bits
	}
}

// PCM are samples as a Frame has them, appended to b.
func PCM(b []byte, samples []int16) []byte {
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s)) //nolint:gosec // the same 16 bits
	}
	return b
}
