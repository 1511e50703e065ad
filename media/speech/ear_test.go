package speech_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// count is a recognizer that hears how many samples there were.
func count(ctx context.Context, src media.Source, tell func(speech.Heard) error) error {
	var total time.Duration
	err := media.Copy(ctx, media.SinkFunc(func(f *media.Frame) error {
		total += time.Duration(len(f.Samples)) * time.Second / time.Duration(f.Rate)
		return nil
	}), src)
	if err != nil {
		return err
	}
	return tell(speech.Heard{Final: true, To: total})
}

func TestAnEarHearsAllThatWasWrittenAtOneRate(t *testing.T) {
	ear := speech.NewEar(t.Context(), 16000, count)
	for _, f := range []*media.Frame{
		{Samples: make([]int16, 8000), Rate: 8000}, {Samples: make([]int16, 24000), Rate: 48000}, {Samples: nil, Rate: 16000}, {Samples: make([]int16, 16007), Rate: 16000},
	} {
		if err := ear.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	ear.Finish()
	h, err := ear.Next()
	if off := (h.To - 2500*time.Millisecond).Abs(); err != nil || off > time.Millisecond {
		t.Errorf("heard %v of 2.5 s, %v", h.To, err)
	}
	if _, err := ear.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("ended with %v", err)
	}
	if err := ear.Write(media.NewFrame(16000)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("after the end, Write says %v", err)
	}
	ear.Close()
}

func TestWhoCannotKeepUpFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ear := speech.NewEar(t.Context(), 8000, func(ctx context.Context, _ media.Source, _ func(speech.Heard) error) error {
			<-ctx.Done()
			return ctx.Err()
		})
		written := 0
		for err := error(nil); err == nil; written++ {
			err = ear.Write(&media.Frame{Samples: make([]int16, 8000), Rate: 8000})
		}
		if _, err := ear.Next(); !errors.Is(err, speech.ErrTimeout) || written != 31 {
			t.Errorf("after %d s: %v", written, err)
		}
		ear.Close()
	})
}

func TestARecognizerThatBreaksIsAnError(t *testing.T) {
	ear := speech.NewEar(t.Context(), 8000, func(context.Context, media.Source, func(speech.Heard) error) error { panic("no") })
	if _, err := ear.Next(); !errors.Is(err, speech.ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
	ear.Close()
}

// What was told before the end comes before the end.
func TestNothingThatWasHeardIsLost(t *testing.T) {
	ear := speech.NewEar(t.Context(), 8000, func(_ context.Context, _ media.Source, tell func(speech.Heard) error) error {
		for i := range 10 {
			if err := tell(speech.Heard{To: time.Duration(i)}); err != nil {
				return err
			}
		}
		return speech.ErrBusy
	})
	defer ear.Close()
	for i := range 10 {
		if h, err := ear.Next(); err != nil || h.To != time.Duration(i) {
			t.Errorf("heard %v, %v", h.To, err)
		}
	}
	if _, err := ear.Next(); !errors.Is(err, speech.ErrBusy) {
		t.Errorf("ended with %v", err)
	}
}
