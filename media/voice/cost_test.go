package voice_test

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/voice"
)

// loop gives the same ten seconds of noisy talk again and again.
func loop(tb testing.TB) media.Source {
	tb.Helper()
	samples, at := add(talk(tb, time.Second, 500), pink(tb, 500, -50)), 0
	return media.SourceFunc(func(f *media.Frame) error {
		f.Resize(frame, media.Rate)
		at = (at + frame) % len(samples)
		copy(f.Samples, samples[at:])
		return nil
	})
}

// muted is a source whose frames are silent when it is said so.
func muted(src media.Source, when func(frame int) bool) media.Source {
	n := 0
	return media.SourceFunc(func(f *media.Frame) error {
		if err := src.Read(f); err != nil {
			return err
		}
		if n++; when(n) {
			f.Silence()
		}
		return nil
	})
}

func comfort(when func(frame int) bool) media.Stage {
	return func(src media.Source) media.Source {
		return voice.ComfortNoise(voice.ComfortConfig{})(muted(src, when))
	}
}

func detecting(src media.Source) media.Source {
	d := voice.NewDetector(voice.Config{})
	return media.SourceFunc(func(f *media.Frame) error {
		err := src.Read(f)
		d.Speech(f)
		return err
	})
}

var stages = []struct {
	name  string
	stage media.Stage
}{
	{"Nothing", func(src media.Source) media.Source { return src }},
	{"Detector", detecting},
	{"AutoGain", voice.AutoGain(voice.GainConfig{})},
	{"ComfortNoise", voice.ComfortNoise(voice.ComfortConfig{})},
	{"ComfortNoise,coming-and-going", comfort(func(n int) bool { return n%100 < 50 })},
	{"ComfortNoise,in-a-gap", comfort(func(n int) bool { return n > 100 })},
	{"Suppress", voice.Suppress(voice.SuppressConfig{})},
}

func TestNoStageAllocates(t *testing.T) {
	for _, s := range stages {
		src, f := s.stage(loop(t)), media.NewFrame(media.Rate)
		read := func() { _ = src.Read(f) }
		for range 300 {
			read()
		}
		if n := testing.AllocsPerRun(500, read); n > 0 {
			t.Errorf("%s allocates %v times a frame", s.name, n)
		}
	}
	a, now := voice.NewActivity(voice.ActivityConfig{}), time.Time{}
	if n := testing.AllocsPerRun(500, func() {
		now = now.Add(media.FrameDuration)
		a.Level(uint8(now.UnixMilli()/500%80), now)
	}); n > 0 {
		t.Errorf("Activity allocates %v times a level", n)
	}
}

// BenchmarkStages measures each stage, and as the yardstick an Opus encoder on
// the same sound: what a stage costs is its share of that.
func BenchmarkStages(b *testing.B) {
	f := media.NewFrame(media.Rate)
	for _, s := range stages {
		b.Run(s.name, func(b *testing.B) {
			src := s.stage(loop(b))
			b.ReportAllocs()
			for b.Loop() {
				_ = src.Read(f)
			}
		})
	}
	b.Run("Opus", func(b *testing.B) {
		src, payload := loop(b), make([]byte, 0, 1500)
		e, err := codec.NewEncoder(media.Format{Codec: "opus", Rate: media.Rate, Bitrate: 32000})
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			_ = src.Read(f)
			if payload, err = e.Encode(payload[:0], f); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkActivity(b *testing.B) {
	a, now := voice.NewActivity(voice.ActivityConfig{}), time.Time{}
	for b.Loop() {
		now = now.Add(media.FrameDuration)
		a.Level(uint8(now.UnixMilli()/500%80), now)
	}
}
