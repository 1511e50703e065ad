package mix_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

func TestStagesAreForWhoIsHeardAndWhoHasOneIsNotPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var read atomic.Int64
		count := func(src media.Source) media.Source {
			return media.SourceFunc(func(f *media.Frame) error {
				read.Add(1)
				return src.Read(f)
			})
		}
		c := mix.NewClock(mix.Config{Encoders: newOpus})
		b := c.NewBridge(mix.Options{Stages: func(id string) []media.Stage {
			if id == "quiet" {
				return []media.Stage{count, media.Gain(10, 1)}
			}
			return nil
		}})
		bot := &port{}
		quiet := newCaller(t, media.Tone(440, -40))
		b.Join("quiet", quiet)
		b.Join("bot", bot)
		b.Join("caller", newCaller(t, nil))
		ticks(50)
		near(t, "after its stages", tone(bot.sound()[20*media.FrameSize:], 440), -20)
		if s := c.Stats(); s.Relayed != 0 || s.Encoded == 0 {
			t.Errorf("%d handed on, %d encoded", s.Relayed, s.Encoded)
		}
		b.Mute("quiet")
		ticks(1)
		before := read.Load()
		ticks(20)
		if read.Load() != before {
			t.Error("its stages run though nobody hears it")
		}
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestAfterATickInWhichSomebodyHeardSomethingItIsFlushed(t *testing.T) {
	var flushed atomic.Int64
	during(t, mix.Config{Encoders: newOpus, Flush: func() { flushed.Add(1) }}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		voice, ear := newCaller(t, nil), newCaller(t, nil)
		voice.format, ear.format = paused, paused
		b.Join("voice", voice)
		b.Join("ear", ear)
		ticks(100)
		if n := flushed.Load(); n < 5 || n > 6 {
			t.Errorf("flushed %d times in 2 s of silence", n)
		}
		voice.say(media.Tone(440, -20))
		ticks(1)
		before, ticked := flushed.Load(), c.Stats().Ticks
		ticks(50)
		if n := flushed.Load() - before; n != c.Stats().Ticks-ticked {
			t.Errorf("flushed %d times in %d ticks of sound", n, c.Stats().Ticks-ticked)
		}
	})
}

func TestWhoJoinsLateHearsAtOnceWhatIsPassedOn(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		voice, early, late := newCaller(t, media.Tone(440, -20)), newCaller(t, nil), newCaller(t, nil)
		b.Join("voice", voice)
		b.Join("early", early)
		ticks(50)
		b.Join("late", late)
		ticks(50)
		b.Close()
		if c.Stats().Encoded != 0 {
			t.Error("something was encoded")
		}
		n := len(late.received())
		last := voice.passed[len(voice.passed)-n:]
		for i, s := range late.received() {
			if !slices.Equal(s.Payload, last[i]) {
				t.Fatalf("packet %d is not what was said", i)
			}
		}
		near(t, "the tone", tone(decode(t, late.received())[10*media.FrameSize:], 440), -20)
	})
}
