package mix_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

func TestManyBridgesTakeTurnsAndFewWakeOnce(t *testing.T) {
	for _, row := range []struct {
		name           string
		bridges, turns int
	}{
		{"one wakes once", 1, 1},
		{"four wake once", 4, 1},
		{"nine wake three times", 9, 3},
		{"a hundred take ten turns", 100, 10},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := mix.NewClock(mix.Config{})
				began := time.Now()
				ports := make([]*heavy, row.bridges)
				for i := range ports {
					ports[i] = &heavy{began: began}
					c.NewBridge(mix.Options{}).Join("h", ports[i])
				}
				ticks(50)
				if err := c.Close(context.Background()); err != nil {
					t.Error(err)
				}
				turns := map[time.Duration]int{}
				for _, p := range ports {
					turns[p.at[0]%media.FrameDuration]++
					for i := 1; i < len(p.at); i++ {
						if d := p.at[i] - p.at[i-1]; d != media.FrameDuration {
							t.Fatalf("a tick came after %v", d)
						}
					}
				}
				if len(turns) != row.turns {
					t.Errorf("%d turns: %v", len(turns), turns)
				}
				for at, n := range turns {
					if n > max(4, row.bridges/row.turns) || at%(2*time.Millisecond) != 0 {
						t.Errorf("%d at %v", n, at)
					}
				}
			})
		})
	}
}

func TestLateTicksAreCountedInPercent(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		h := &heavy{began: time.Now()}
		b.Join("h", h)
		ticks(98)
		h.takes.Store(int64(27 * time.Millisecond))
		ticks(0)
		h.takes.Store(0)
		ticks(98)
		if s := c.Stats(); s.Late < 1 || s.LatePercent() != 100*float64(s.Late)/float64(s.Ticks) || s.LatePercent() > 2 {
			t.Errorf("%d of %d late: %.1f %%", s.Late, s.Ticks, s.LatePercent())
		}
	})
}

// What is late is made up for, one tick after the other and never at once, and
// what is too late is left out: a listener gets a shift.
func TestTicksThatAreMadeUpForAreNotBunched(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		h := &heavy{began: time.Now()}
		b.Join("h", h)
		ticks(10)
		h.takes.Store(int64(55 * time.Millisecond))
		ticks(0)
		h.takes.Store(0)
		ticks(20)
		b.Close()
		for i := 1; i < len(h.at); i++ {
			if d := h.at[i] - h.at[i-1]; d < 2*time.Millisecond {
				t.Errorf("two ticks within %v", d)
			}
		}
	})
}
