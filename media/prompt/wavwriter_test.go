package prompt_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/prompt"
)

func created(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "out.wav"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// written plays what is in the file.
func written(t *testing.T, f *os.File) []int16 {
	t.Helper()
	data, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	sound, err := play(t, data)
	if err != nil {
		t.Fatal(err)
	}
	return sound
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	f := created(t)
	if err := prompt.WriteWAV(f, media.Chain(media.Tone(1000, -20), media.Limit(time.Second)), 16000); err != nil {
		t.Fatal(err)
	}
	sound := written(t, f)
	if snr := measure.SNR(sound[4800:43200], media.Rate, 1000); snr < 60 || len(sound) < media.Rate || len(sound) > media.Rate+media.FrameSize {
		t.Errorf("%d samples, SNR %.1f dB", len(sound), snr)
	}
	header := make([]byte, 44)
	if _, err := f.ReadAt(header, 0); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	size := int64(header[40]) | int64(header[41])<<8 | int64(header[42])<<16 | int64(header[43])<<24
	if size != info.Size()-44 {
		t.Errorf("the header says %d, the file has %d", size, info.Size()-44)
	}
}

func TestAWAVThatWasNotClosedPlaysAsFarAsItWasWritten(t *testing.T) {
	f := created(t)
	w, err := prompt.NewWAVWriter(f, media.Rate)
	if err != nil {
		t.Fatal(err)
	}
	src, frame := media.Tone(1000, -20), media.NewFrame(media.Rate)
	for range 30 {
		if err := errors.Join(src.Read(frame), w.Write(frame)); err != nil {
			t.Fatal(err)
		}
	}
	if sound := written(t, f); len(sound) != 30*media.FrameSize {
		t.Errorf("%d samples", len(sound))
	}
	if err := w.Write(media.NewFrame(8000)); !errors.Is(err, prompt.ErrRate) {
		t.Errorf("a frame of another rate: %v", err)
	}
}

func TestAFullDiskIsReported(t *testing.T) {
	full := errors.New("disk full")
	if _, err := prompt.NewWAVWriter(disk{full}, 8000); !errors.Is(err, full) {
		t.Errorf("error is %v", err)
	}
}

type disk struct{ err error }

func (d disk) Write([]byte) (int, error)      { return 0, d.err }
func (d disk) Seek(int64, int) (int64, error) { return 0, io.ErrUnexpectedEOF }
