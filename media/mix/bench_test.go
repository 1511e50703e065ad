package mix_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// steady is a port that costs nothing itself.
type steady struct {
	level  uint8
	format media.Format
	sound  []int16
}

func (s *steady) Level() uint8 { return s.level }
func (s *steady) Read(f *media.Frame) error {
	f.Resize(media.FrameSize, media.Rate)
	copy(f.Samples, s.sound)
	return nil
}
func (s *steady) Skip()                {}
func (s *steady) Format() media.Format { return s.format }
func (s *steady) Hear(media.Sound)     {}

// conference is a bridge with so many parties, of which some talk.
func conference(tb testing.TB, parties, talking int, encoders func(media.Format) (media.Encoder, error)) *mix.Bridge {
	tb.Helper()
	c := mix.NewClock(mix.Config{Encoders: encoders})
	tb.Cleanup(func() { _ = c.Close(context.Background()) })
	b := c.NewBridge(mix.Options{})
	var f media.Frame
	_ = media.Tone(440, -20).Read(&f)
	for i := range parties {
		s := &steady{level: media.Silent, sound: f.Samples, format: media.Format{Codec: "opus"}}
		if i < talking {
			s.level = uint8(20 + i)
		}
		b.Join(fmt.Sprint(i), s)
	}
	c.Rest()
	return b
}

func TestATickAllocatesNothing(t *testing.T) {
	b := conference(t, 50, 8, newOpus)
	b.Play(media.Tone(300, -20))
	b.Play(media.Tone(600, -20), "3", "20", "21")
	for range 10 {
		b.Tick()
	}
	if n := testing.AllocsPerRun(100, b.Tick); n > 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

func BenchmarkTick(b *testing.B) {
	for _, n := range []struct{ parties, talking int }{{2, 1}, {50, 3}, {350, 3}, {350, 350}} {
		b.Run(fmt.Sprintf("parties=%d,talking=%d,pcm", n.parties, n.talking), func(b *testing.B) {
			run(b, conference(b, n.parties, n.talking, nil))
		})
		b.Run(fmt.Sprintf("parties=%d,talking=%d,opus", n.parties, n.talking), func(b *testing.B) {
			run(b, conference(b, n.parties, n.talking, newOpus))
		})
	}
}

func run(b *testing.B, bridge *mix.Bridge) {
	b.Helper()
	for range 5 {
		bridge.Tick()
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		bridge.Tick()
	}
	perTick := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(100*float64(perTick)/float64(media.FrameDuration), "%core")
}
