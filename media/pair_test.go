package media_test

import (
	"errors"
	"io"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
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

// hear runs the bridge's side of a pair for some ticks and returns what was
// said.
func hear(t *testing.T, p *media.Pair, ticks int) []int16 {
	t.Helper()
	var all []int16
	f := media.NewFrame(media.Rate)
	for range ticks {
		time.Sleep(media.FrameDuration)
		p.Level()
		if err := p.Read(f); err != nil || f.Rate != media.Rate || len(f.Samples) != media.FrameSize {
			t.Fatalf("%d samples at %d Hz, %v", len(f.Samples), f.Rate, err)
		}
		all = append(all, f.Samples...)
	}
	return all
}

func TestTheMicrophoneTakesAnyRateAndLength(t *testing.T) {
	for _, row := range []struct{ rate, length int }{{8000, 160}, {16000, 101}, {24000, 4800}, {44100, 882}, {48000, 480}} {
		synctest.Test(t, func(t *testing.T) {
			p := media.NewPair()
			go func() {
				_ = media.Copy(t.Context(), p.Microphone(), pieces(sine(1000, row.rate), row.rate, row.length))
			}()
			said := hear(t, p, 45)
			if hz, part := measure.Peak(said, media.Rate); math.Abs(hz-1000) > 0.5 || part < 0.999 {
				t.Errorf("%v: heard %.1f Hz, %.4f", row, hz, part)
			}
			if g := measure.Gaps(said, media.Rate, -40); g != nil {
				t.Errorf("%v: gaps %v", row, g)
			}
			p.Close()
		})
	}
}

func TestTwoMaySpeakIntoOneMicrophone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := media.NewPair()
		for _, sample := range []int16{1, 2} {
			go func() {
				f := media.NewFrame(media.Rate)
				for i := range f.Samples {
					f.Samples[i] = sample
				}
				for p.Microphone().Write(f) == nil {
					continue
				}
			}()
		}
		count := map[int16]int{}
		for said := hear(t, p, 100); len(said) > 0; said = said[media.FrameSize:] {
			if said[0] != said[media.FrameSize-1] {
				t.Fatal("two frames mixed up")
			}
			count[said[0]]++
		}
		if count[1]+count[2] != 100 || count[1] == 0 || count[2] == 0 {
			t.Errorf("frames said: %v", count)
		}
		p.Close()
	})
}

func TestSkippingThrowsAwayOnlyWhatWasLookedAt(t *testing.T) {
	p := media.NewPair()
	f := media.NewFrame(media.Rate)
	if p.Level() != media.Silent {
		t.Error("something was said")
	}
	f.Samples[0] = 77
	if err := p.Microphone().Write(f); err != nil { // between Level and Skip
		t.Fatal(err)
	}
	p.Skip()
	if p.Level() == media.Silent {
		t.Error("the frame is gone")
	}
	if err := p.Read(f); err != nil || f.Samples[0] != 77 {
		t.Errorf("read %d, %v", f.Samples[0], err)
	}
}

func TestTwoHalfFramesAreAFrame(t *testing.T) {
	p := media.NewPair()
	defer p.Close()
	half := &media.Frame{Samples: make([]int16, media.FrameSize/2), Rate: media.Rate}
	for i := range half.Samples {
		half.Samples[i] = int16(i + 1)
	}
	for range 2 {
		if err := p.Microphone().Write(half); err != nil {
			t.Fatal(err)
		}
	}
	if level := p.Level(); level == media.Silent {
		t.Fatal("two halves of a frame are not heard")
	}
	f := media.NewFrame(media.Rate)
	if err := p.Read(f); err != nil || f.Samples[0] != 1 || f.Samples[media.FrameSize-1] != media.FrameSize/2 {
		t.Errorf("heard %d … %d, %v", f.Samples[0], f.Samples[media.FrameSize-1], err)
	}
}
