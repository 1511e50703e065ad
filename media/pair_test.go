package media_test

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
)

func TestTheMicrophoneKeepsItsWriterToTheBridgesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := media.NewPair()
		defer p.Close()
		began := time.Now()
		over := make(chan struct{})
		go func() {
			ticks := time.NewTicker(media.FrameDuration)
			for f := media.NewFrame(media.Rate); ; {
				select {
				case <-ticks.C:
					p.Level()
					_ = p.Read(f)
				case <-over:
					return
				}
			}
		}()
		second := media.Chain(media.Tone(440, 20), media.Limit(time.Second))
		if err := media.Copy(t.Context(), p.Microphone(), second); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 900*time.Millisecond || took > 1100*time.Millisecond {
			t.Errorf("a second was said in %v", took)
		}
		close(over)
	})
}

func TestASpeakerThatIsNotReadLosesTheOldest(t *testing.T) {
	p := media.NewPair()
	for i := range 17 {
		f := media.NewFrame(media.Rate)
		f.Samples[0] = int16(i)
		p.Hear(media.Sound{Frame: f})
	}
	f := media.NewFrame(media.Rate)
	if err := p.Speaker().Read(f); err != nil || f.Samples[0] != 7 || p.Dropped() != 7 {
		t.Errorf("heard %d, dropped %d, %v", f.Samples[0], p.Dropped(), err)
	}
	p.Close()
	for range 9 { // what is left
		_ = p.Speaker().Read(f)
	}
	if err := p.Speaker().Read(f); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
	if err := p.Microphone().Write(f); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("saying something after the end: %v", err)
	}
}

func TestAPairAllocatesNothingPerFrame(t *testing.T) {
	p, f := media.NewPair(), media.NewFrame(media.Rate)
	mic, speaker := p.Microphone(), p.Speaker()
	round := func() {
		_ = mic.Write(f)
		p.Level()
		_ = p.Read(f)
		p.Hear(media.Sound{Frame: f})
		_ = speaker.Read(f)
	}
	round()
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestLevelIsThatOfRFC6464(t *testing.T) {
	f := media.NewFrame(media.Rate)
	if got := media.Level(f); got != media.Silent {
		t.Errorf("silence has level %d", got)
	}
	for _, want := range []uint8{5, 20, 40, 60} {
		if err := media.Tone(1000, float64(want)).Read(f); err != nil {
			t.Fatal(err)
		}
		if got := media.Level(f); got != want {
			t.Errorf("a tone of -%d dBov has level %d", want, got)
		}
	}
}
