package mix_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEachOfTwoHearsTheOtherAndNotItself(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		low, high := says(400, -20), says(1500, -26)
		b.Join("low", low)
		b.Join("high", high)
		ticks(50)
		l, h := low.sound(), high.sound()
		near(t, "low hears high", tone(l, 1500), -26)
		absent(t, "low hears itself", tone(l, 400))
		near(t, "high hears low", tone(h, 400), -20)
		absent(t, "high hears itself", tone(h, 1500))
		if len(l) != 50*media.FrameSize {
			t.Errorf("low heard %d samples in 50 ticks", len(l))
		}
	})
}

func TestNothingIsMissingFromATone(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		b.Join("voice", says(1000, -10))
		ticks(100)
		heard := ear.sound()
		var want media.Frame
		src := media.Tone(1000, -10)
		for i := 0; i < len(heard); i += media.FrameSize {
			if err := src.Read(&want); err != nil {
				t.Fatal(err)
			}
			for j, s := range want.Samples {
				if heard[i+j] != s {
					t.Fatalf("sample %d is %d, want %d", i+j, heard[i+j], s)
				}
			}
		}
	})
}

func TestEachOfThreeHearsTheOtherTwo(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		hz := []float64{400, 1000, 2500}
		ports := []*port{says(400, -20), says(1000, -20), says(2500, -20)}
		for i, p := range ports {
			b.Join(string(rune('a'+i)), p)
		}
		ticks(50)
		for i, p := range ports {
			heard := p.sound()
			for j := range ports {
				if i == j {
					absent(t, "own voice", tone(heard, hz[j]))
				} else {
					near(t, "other voice", tone(heard, hz[j]), -20)
				}
			}
		}
	})
}

func TestWhoIsMutedHearsAndIsNotHeard(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		low, high := says(400, -20), says(1500, -20)
		b.Join("low", low)
		b.Join("high", high)
		b.Mute("low")
		ticks(20)
		absent(t, "muted", tone(high.sound(), 400))
		near(t, "the other, to the muted", tone(low.sound(), 1500), -20)
		if reads, skips := low.count(); reads != 0 || skips == 0 {
			t.Errorf("muted port was read %d times, skipped %d", reads, skips)
		}
		b.Unmute("low")
		ticks(1)
		high.sound()
		ticks(20)
		near(t, "unmuted", tone(high.sound(), 400), -20)
	})
}

func TestWhoHasLeftIsNeitherHeardNorCalled(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		low, high := says(400, -20), says(1500, -20)
		b.Join("low", low)
		b.Join("high", high)
		ticks(10)
		b.Leave("low")
		low.sound()
		high.sound()
		ticks(10)
		absent(t, "gone", tone(high.sound(), 400))
		if n := len(low.sound()); n != 0 {
			t.Errorf("heard %d samples after leaving", n)
		}
	})
}

func TestJoiningAgainReplacesThePortAndKeepsItMuted(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear, first, second := &port{}, says(400, -20), says(1500, -20)
		b.Join("ear", ear)
		b.Join("voice", first)
		b.Mute("voice")
		b.Join("voice", second)
		ticks(10)
		heard := ear.sound()
		absent(t, "first", tone(heard, 400))
		absent(t, "second", tone(heard, 1500))
		if len(first.sound()) != 0 {
			t.Error("the first port still hears")
		}
	})
}

func TestAPortThatPanicsIsTakenOutAlone(t *testing.T) {
	var told []string
	cfg := mix.Config{Broken: func(id string, cause error) {
		told = append(told, id)
		if !strings.Contains(cause.Error(), "bad port") {
			t.Errorf("cause is %v", cause)
		}
	}}
	during(t, cfg, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		b.Join("voice", says(400, -20))
		for _, method := range []string{"Level", "Read", "Skip", "Format", "Hear"} {
			b.Join(method, &mine{method: method})
		}
		ticks(20)
		ear.sound()
		ticks(20)
		near(t, "the others", tone(ear.sound(), 400), -20)
		if n := c.Stats().Panicked; n != 5 || len(told) != 5 {
			t.Errorf("%d panics counted, told of %v", n, told)
		}
	})
}

func TestABridgeGoesOnAfterItsLastPortPanicked(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("mine", &mine{method: "Hear"})
		ticks(5)
		ear := &port{}
		b.Join("ear", ear)
		b.Join("voice", says(400, -20))
		ticks(5)
		near(t, "a voice", tone(ear.sound(), 400), -20)
	})
}

// mine blows up when the given method is called.
type mine struct{ method string }

func (m *mine) step(method string) {
	if method == m.method {
		panic("bad port")
	}
}

func (m *mine) Level() uint8 {
	m.step("Level")
	if m.method == "Skip" {
		return media.Silent
	}
	return 40
}

func (m *mine) Read(f *media.Frame) error { m.step("Read"); f.Silence(); return nil }
func (m *mine) Skip()                     { m.step("Skip") }
func (m *mine) Format() media.Format      { m.step("Format"); return media.Format{} }
func (m *mine) Hear(media.Sound)          { m.step("Hear") }

func TestAFrameOfTheWrongRateIsLeftOutAndCounted(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		wrong := media.SourceFunc(func(f *media.Frame) error {
			f.Resize(160, 8000)
			f.Samples[0] = 1000
			return nil
		})
		b.Join("voice", &port{says: wrong})
		play := b.Play(wrong)
		ticks(10)
		if n := c.Stats().Unread; n == 0 {
			t.Error("nothing counted")
		}
		if !errors.Is(play.Err(), mix.ErrFrame) {
			t.Errorf("playback ended with %v", play.Err())
		}
		for _, s := range ear.sound() {
			if s != 0 {
				t.Fatal("something was heard")
			}
		}
	})
}

func TestLoudVoicesAreBentAndNotClipped(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		for i := range 4 {
			b.Join(string(rune('a'+i)), says(400, -4))
		}
		ticks(10)
		for _, s := range ear.sound() {
			if s == 32767 || s == -32768 {
				t.Fatal("clipped")
			}
		}
		if c.Stats().Limited == 0 {
			t.Error("nothing counted")
		}
	})
}

func TestAnEmptyBridgeIsNotTicked(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		b.Join("a", says(400, -20))
		ticks(5)
		if c.Stats().Bridges != 1 {
			t.Error("not ticked with a port on it")
		}
		b.Leave("a")
		ticks(1)
		before := c.Stats()
		if before.Bridges != 0 {
			t.Error("ticked while empty")
		}
		ticks(50)
		if after := c.Stats(); after.Ticks > before.Ticks+1 {
			t.Errorf("the clock went on for %d ticks", after.Ticks-before.Ticks)
		}
		ear := &port{}
		b.Join("ear", ear)
		b.Join("a", says(400, -20))
		ticks(10)
		near(t, "after it was empty", tone(ear.sound(), 400), -20)
	})
}

func TestAClosedBridgeDoesNothing(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		a := says(400, -20)
		b.Join("a", a)
		play := b.Play(media.Tone(1000, -20))
		ticks(5)
		b.Close()
		<-play.Done()
		if play.Err() != nil {
			t.Errorf("playback ended with %v", play.Err())
		}
		a.sound()
		b.Join("b", says(500, -20))
		b.Leave("a")
		b.Mute("a")
		b.Close()
		late := b.Play(media.Tone(1000, -20))
		<-late.Done()
		if !errors.Is(late.Err(), mix.ErrClosed) {
			t.Errorf("a late playback ended with %v", late.Err())
		}
		ticks(5)
		if len(a.sound()) != 0 || c.Stats().Bridges != 0 {
			t.Error("still ticked")
		}
	})
}

func TestAClosedClockClosesItsBridges(t *testing.T) {
	during(t, mix.Config{Workers: 3}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		b.Join("a", says(400, -20))
		play := b.Play(media.Tone(1000, -20))
		ticks(5)
		if err := c.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		<-play.Done()
		if <-c.NewBridge(mix.Options{}).Play(media.Tone(1, -1)).Done(); c.Stats().Bridges != 0 {
			t.Error("still ticking")
		}
	})
}
