package prompt_test

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/prompt"
)

func TestEveryKindOfFileSoundsTheSame(t *testing.T) {
	for _, c := range []struct {
		says string
		snr  float64
		args string
	}{
		{"WAV of 8 bits", 25, "wav -ar 16000 -c:a pcm_u8"},
		{"WAV of 16 bits", 60, "wav -ar 16000 -c:a pcm_s16le"},
		{"WAV of 24 bits", 60, "wav -ar 48000 -c:a pcm_s24le"},
		{"WAV of 32 bits", 60, "wav -ar 32000 -c:a pcm_s32le"},
		{"WAV of floats", 60, "wav -ar 22050 -c:a pcm_f32le"},
		{"WAV of long floats", 60, "wav -ar 11025 -c:a pcm_f64le"},
		{"WAV in A-law", 30, "wav -ar 8000 -c:a pcm_alaw"},
		{"WAV in µ-law", 30, "wav -ar 8000 -c:a pcm_mulaw"},
		{"WAV in stereo", 60, "wav -ar 44100 -af pan=stereo|c0=c0|c1=c0 -c:a pcm_s16le"},
		{"extensible WAV in stereo", 60, "wav -ar 48000 -af pan=stereo|c0=c0|c1=c0 -c:a pcm_s24le"},
		{"MP3", 40, "mp3 -ar 16000 -c:a libmp3lame -b:a 64k"},
		{"MP3 at 44.1 kHz in stereo with tags", 40, "mp3 -ar 44100 -af pan=stereo|c0=c0|c1=c0 -c:a libmp3lame -b:a 128k -id3v2_version 3 -write_id3v1 1 -metadata title=tone"},
		{"MP3 of variable rate", 40, "mp3 -ar 48000 -c:a libmp3lame -q:a 4"},
		{"Ogg Opus", 30, "ogg -c:a libopus -b:a 64k"},
		{"Ogg Opus in stereo", 30, "ogg -af pan=stereo|c0=c0|c1=c0 -c:a libopus -b:a 96k"},
		{"Ogg Opus in short packets", 25, "ogg -c:a libopus -b:a 64k -frame_duration 5"},
		{"Ogg Opus in long packets", 25, "ogg -c:a libopus -b:a 64k -frame_duration 60"},
	} {
		t.Run(c.says, func(t *testing.T) {
			data := ffmpeg(t, "1.5", strings.Fields(c.args)...)
			sound, err := play(t, data)
			if err != nil {
				t.Fatal(err)
			}
			isTone(t, sound, 1.5, c.snr)
		})
	}
}

func TestAWAVWithAnOddHeaderPlays(t *testing.T) {
	f := format(1, 1, 16000, 16)
	body := tone16(16000, 16000)
	guid := "\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
	ext := append(format(0xFFFE, 1, 16000, 16).body, append([]byte("\x16\x00\x10\x00\x04\x00\x00\x00"), guid...)...)
	streamed := wavFile(f, chunk{"data", 0, body})
	copy(streamed[4:], "\xff\xff\xff\xff")
	for _, c := range []struct {
		says string
		data []byte
	}{
		{"plain", wavFile(f, whole("data", body))},
		{"the sound before the format", wavFile(whole("data", body), f)},
		{"other chunks between, one of odd length", wavFile(whole("LIST", make([]byte, 26)), f, chunk{"odd ", 3, make([]byte, 4)}, whole("data", body))},
		{"a size that is not known", wavFile(f, chunk{"data", 0xFFFFFFFF, body})},
		{"a size of almost two gigabytes", wavFile(f, chunk{"data", 0x7ffff000, body})},
		{"a size of nothing, streamed", streamed},
		{"an extensible format", wavFile(whole("fmt ", ext), whole("data", body))},
		{"sound that ends within a sample", wavFile(f, chunk{"data", 40000, body[:len(body)-1]})},
	} {
		sound, err := play(t, c.data)
		if err != nil {
			t.Errorf("%s: %v", c.says, err)
			continue
		}
		if level := measure.ToneLevel(sound[4800:43200], media.Rate, 1000); math.Abs(level+21.07) > 0.1 || len(sound) != media.Rate {
			t.Errorf("%s: %d samples, tone at %.1f dBFS", c.says, len(sound), level)
		}
	}
}

func TestWhatIsNoSoundIsABadFormat(t *testing.T) {
	f := format(1, 1, 16000, 16)
	for _, c := range []struct {
		says string
		data []byte
	}{
		{"nothing", nil},
		{"text", []byte("<html>not found</html>")},
		{"a WAV of nothing", wavFile()},
		{"no format", wavFile(whole("data", make([]byte, 100)))},
		{"no sound", wavFile(f)},
		{"less than a sample", wavFile(f, whole("data", make([]byte, 1)))},
		{"no channel", wavFile(format(1, 0, 16000, 16), whole("data", make([]byte, 100)))},
		{"too many channels", wavFile(format(1, 65535, 16000, 16), whole("data", make([]byte, 100)))},
		{"no rate", wavFile(format(1, 1, 0, 16), whole("data", make([]byte, 100)))},
		{"too high a rate", wavFile(format(1, 1, 4000000000, 16), whole("data", make([]byte, 100)))},
		{"no bits", wavFile(format(1, 1, 16000, 0), whole("data", make([]byte, 100)))},
		{"ADPCM", wavFile(format(2, 1, 16000, 4), whole("data", make([]byte, 100)))},
		{"half a format", wavFile(whole("fmt ", f.body[:10]), whole("data", make([]byte, 100)))},
		{"an extensible format cut off", wavFile(format(0xFFFE, 1, 16000, 16), whole("data", make([]byte, 100)))},
		{"an ID3 tag alone", []byte("ID3\x03\x00\x00\x00\x00\x00\x00")},
		{"an ID3 tag longer than the file", []byte("ID3\x03\x00\x00\x7f\x7f\x7f\x7f\xff\xfb\x90\x00")},
		{"half an MP3 frame", []byte("\xff\xfb\x90\x00\x00")},
		{"an Ogg of nothing", []byte("OggS")},
		{"an Ogg with Vorbis", oggPage(2, 0, []byte("\x01vorbis"))},
		{"an Opus header alone", oggPage(2, 0, opusHead(1, 0, 0))},
		{"an Opus of many channels", oggPage(2, 0, opusHead(8, 0, 0))},
	} {
		_, err := play(t, c.data)
		if which := (*prompt.Error)(nil); !errors.Is(err, prompt.ErrFormat) || !errors.As(err, &which) || which.Index != 0 {
			t.Errorf("%s: %v", c.says, err)
		}
	}
}

// oggPage is one page with whole packets.
func oggPage(flags byte, granule uint64, packets ...[]byte) []byte {
	b := append([]byte("OggS\x00"), flags)
	b = binary.LittleEndian.AppendUint64(b, granule)
	b = append(b, make([]byte, 12)...)
	var lacing, body []byte
	for _, p := range packets {
		for range len(p) / 255 {
			lacing = append(lacing, 255)
		}
		lacing = append(lacing, byte(len(p)%255))
		body = append(body, p...)
	}
	return append(append(append(b, byte(len(lacing))), lacing...), body...)
}

func opusHead(channels byte, skip, gain uint16) []byte {
	b := append([]byte("OpusHead\x01"), channels)
	b = binary.LittleEndian.AppendUint16(b, skip)
	b = binary.LittleEndian.AppendUint32(b, 48000)
	return append(binary.LittleEndian.AppendUint16(b, gain), 0)
}

func TestAnOpusFileIsTrimmedAtBothEnds(t *testing.T) {
	silence := []byte{0xF8, 0xFF, 0xFE} // 20 ms
	file := oggPage(2, 0, opusHead(1, 960, 0))
	file = append(file, oggPage(0, 0, []byte("OpusTags"))...)
	file = append(file, oggPage(0, 2880, silence, silence, silence)...)
	file = append(file, oggPage(4, 4000, silence, silence, silence)...)
	sound, err := play(t, file)
	if err != nil || len(sound) != 4*media.FrameSize { // 3040 samples, filled up
		t.Errorf("%d samples, %v", len(sound), err)
	}
}

func TestAPacketOverTwoPagesIsPutTogether(t *testing.T) {
	long := append([]byte{0xF8}, make([]byte, 300)...) // CELT, 20 ms
	first := oggPage(0, 0, long)
	first = append(first[:27], 255) // its second segment comes later
	first[26] = 1
	first = append(first, long[:255]...)
	file := append(oggPage(2, 0, opusHead(1, 0, 0)), oggPage(0, 0, []byte("OpusTags"))...)
	file = append(append(file, first...), oggPage(1, 960, long[255:])...)
	sound, err := play(t, file)
	if err != nil || len(sound) != media.FrameSize {
		t.Errorf("%d samples, %v", len(sound), err)
	}
}

// openers is what the fuzz targets have in common: whatever comes in, it is
// sound, or ErrFormat.
func openers(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		src, err := prompt.Decode(data)
		for range 200 {
			if err != nil {
				break
			}
			var frame media.Frame
			err = src.Read(&frame)
			if err == nil && (len(frame.Samples) == 0 || len(frame.Samples) > 5760 || frame.Rate < 8000 || frame.Rate > 48000) {
				t.Fatalf("%d samples at %d Hz", len(frame.Samples), frame.Rate)
			}
		}
		if err != nil && !errors.Is(err, prompt.ErrFormat) && err.Error() != "EOF" {
			t.Fatal(err)
		}
	})
}

func FuzzWAV(f *testing.F) {
	for _, c := range []chunk{format(1, 1, 8000, 16), format(1, 2, 48000, 24), format(3, 1, 22050, 32), format(7, 1, 8000, 8), format(6, 2, 8000, 8), format(1, 1, 8000, 8)} {
		f.Add(wavFile(c, chunk{"data", 0xFFFFFFFF, tone16(8000, 60)}))
	}
	f.Add(wavFile(whole("data", tone16(8000, 60)), format(0xFFFE, 1, 8000, 16)))
	openers(f)
}

func FuzzMP3(f *testing.F) {
	addFile(f, "testdata/tone.mp3")
	f.Add([]byte("ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00"))
	openers(f)
}

func FuzzOgg(f *testing.F) {
	addFile(f, "testdata/tone.opus")
	f.Add(append(oggPage(2, 0, opusHead(2, 312, 256)), oggPage(4, 960, []byte("OpusTags"), []byte{0xF8, 0xFF, 0xFE})...))
	openers(f)
}
