package mix_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

// heavy takes a while to be heard.
type heavy struct {
	port
	takes atomic.Int64
	at    []time.Duration
	began time.Time
}

func (h *heavy) Hear(media.Sound) {
	h.at = append(h.at, time.Since(h.began))
	if d := time.Duration(h.takes.Load()); d > 0 {
		<-time.After(d)
	}
}

func TestTicksKeepToTheirDeadlines(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		h := &heavy{began: time.Now()}
		h.takes.Store(int64(7 * time.Millisecond))
		b.Join("h", h)
		ticks(100)
		b.Close()
		for i := 1; i < len(h.at); i++ {
			if d := h.at[i] - h.at[i-1]; d != media.FrameDuration {
				t.Fatalf("tick %d came after %v", i, d)
			}
		}
	})
}

func TestALateTickIsMadeUpFor(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		h := &heavy{began: time.Now()}
		b.Join("h", h)
		ticks(10)
		h.takes.Store(int64(55 * time.Millisecond))
		ticks(1)
		h.takes.Store(0)
		ticks(20)
		b.Close()
		last := h.at[len(h.at)-1]
		if want := int(last / media.FrameDuration); len(h.at) < want-1 {
			t.Errorf("%d ticks in %v", len(h.at), last)
		}
		if s := c.Stats(); s.Late < 2 || s.Skipped != 0 || s.Worst < 10*time.Millisecond {
			t.Errorf("late %d, skipped %d, worst %v", s.Late, s.Skipped, s.Worst)
		}
	})
}

func TestALongStandstillIsLeftOut(t *testing.T) {
	during(t, mix.Config{CatchUp: 2}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		h := &heavy{began: time.Now()}
		b.Join("h", h)
		ticks(10)
		h.takes.Store(int64(time.Second))
		ticks(1)
		h.takes.Store(0)
		ticks(70)
		b.Close()
		if s := c.Stats(); s.Skipped < 45 || s.Skipped > 51 {
			t.Errorf("left out %d ticks of a second", s.Skipped)
		}
	})
}

func TestWhatIsLeftOutCountsForEachBridge(t *testing.T) {
	during(t, mix.Config{CatchUp: 2}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		h, other := &heavy{began: time.Now()}, c.NewBridge(mix.Options{})
		b.Join("h", h)
		other.Join("ear", &port{})
		ticks(10)
		h.takes.Store(int64(time.Second))
		ticks(1)
		h.takes.Store(0)
		ticks(70)
		other.Close()
		b.Close()
		if s := c.Stats(); s.Skipped < 90 || s.Skipped > 102 {
			t.Errorf("left out %d ticks of two bridges in a second", s.Skipped)
		}
	})
}

func TestManyBridgesAreTickedByFewWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := mix.NewClock(mix.Config{Workers: 3})
		ears := make([]*port, 40)
		for i := range ears {
			b := c.NewBridge(mix.Options{})
			ears[i] = &port{}
			b.Join("ear", ears[i])
			b.Join("voice", says(float64(300+50*i), -20))
		}
		ticks(20)
		for i, e := range ears {
			near(t, "each its own", tone(e.sound(), float64(300+50*i)), -20)
		}
		if n := c.Stats().Bridges; n != 40 {
			t.Errorf("%d bridges ticked", n)
		}
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestABotAnswersTheTicksThatAreMadeUpFor(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		h, ear, bot := &heavy{}, says(440, -20), media.NewPair()
		b.Join("h", h)
		b.Join("ear", ear)
		b.Join("bot", bot)
		over := make(chan error)
		go func() { over <- media.Copy(context.Background(), bot.Microphone(), bot.Speaker()) }()
		ticks(10)
		ear.sound()
		h.takes.Store(int64(75 * time.Millisecond))
		ticks(1)
		h.takes.Store(0)
		ticks(20)
		if gaps := measure.Gaps(ear.sound(), media.Rate, -50); len(gaps) > 0 {
			t.Errorf("the echo has gaps of %v", gaps)
		}
		bot.Close()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
}
