package prompt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/prompt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// listen reads a source to its end.
func listen(src media.Source) ([]int16, error) {
	var sound []int16
	f := media.NewFrame(media.Rate)
	for {
		err := src.Read(f)
		if errors.Is(err, io.EOF) {
			return sound, nil
		}
		if err != nil {
			return sound, err
		}
		if len(f.Samples) != media.FrameSize || f.Rate != media.Rate {
			return sound, errors.New("not a frame of the bridge")
		}
		sound = append(sound, f.Samples...)
	}
}

// play plays the content of a file.
func play(t *testing.T, data []byte) ([]int16, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	o := prompt.New(prompt.Config{FileRoots: []string{filepath.Dir(name)}})
	src, err := o.Open(t.Context(), prompt.Source{URI: name})
	if err != nil {
		return nil, err
	}
	return listen(src)
}

// ffmpeg makes a file of a tone of 1000 Hz at -21 dBFS; what it writes to
// standard output has headers without sizes.
func ffmpeg(t *testing.T, seconds string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Fatalf("%v; `make test` installs it", err)
	}
	name := filepath.Join(t.TempDir(), "tone."+args[0])
	all := append([]string{"-v", "error", "-f", "lavfi", "-i", "sine=frequency=1000:sample_rate=48000:duration=" + seconds}, args[1:]...)
	if out, err := exec.Command("ffmpeg", append(all, name)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// isTone checks that sound is the tone of ffmpeg, as clean as snr says in dB.
// An MP3 is up to a tenth of a second longer, and LAME takes 5 % off its level.
func isTone(t *testing.T, sound []int16, seconds, snr float64) {
	t.Helper()
	if got := float64(len(sound)) / media.Rate; math.Abs(got-seconds) > 0.13 {
		t.Errorf("%.3f s of sound, want %.3f", got, seconds)
	}
	if len(sound) < 24000 {
		t.Fatal("too short to listen to")
	}
	middle := sound[9600 : len(sound)-9600]
	if level := measure.ToneLevel(middle, media.Rate, 1000); math.Abs(level+21.07) > 0.6 {
		t.Errorf("tone at %.2f dBFS, want -21.07", level)
	}
	if got := measure.SNR(middle, media.Rate, 1000); got < snr {
		t.Errorf("SNR %.1f dB, want %.1f", got, snr)
	}
	if gaps := measure.Gaps(sound, media.Rate, -40); len(gaps) > 0 {
		t.Errorf("gaps of %v", gaps)
	}
}

// wavFile writes a WAV by hand: a format chunk and the chunks given.
type chunk struct {
	id   string
	size uint32
	body []byte
}

func wavFile(chunks ...chunk) []byte {
	var b bytes.Buffer
	b.WriteString("RIFF\x00\x00\x01\x00WAVE")
	for _, c := range chunks {
		b.WriteString(c.id)
		_ = binary.Write(&b, binary.LittleEndian, c.size)
		b.Write(c.body)
	}
	return b.Bytes()
}

func whole(id string, body []byte) chunk { return chunk{id, uint32(len(body)), body} }

// format is a format chunk.
func format(tag, channels uint16, rate uint32, bits uint16) chunk {
	var b bytes.Buffer
	width := channels * bits / 8
	_ = binary.Write(&b, binary.LittleEndian, struct {
		Tag, Channels  uint16
		Rate, PerSec   uint32
		Width, BitSize uint16
	}{tag, channels, rate, rate * uint32(width), width, bits})
	return whole("fmt ", b.Bytes())
}

// tone16 is a tone as 16-bit samples of one channel.
func tone16(rate, n int) []byte {
	b := make([]byte, 0, 2*n)
	for i := range n {
		s := int16(4096 * math.Sin(2*math.Pi*1000*float64(i)/float64(rate)))
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

// addFile adds a file to what fuzzing begins with.
func addFile(f *testing.F, name string) {
	f.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
}
