package mix_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

func TestAPlaybackKnowsWhatEachListenerWasSent(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		early, late, deaf := newCaller(t, nil), newCaller(t, nil), newCaller(t, nil)
		deaf.muffled = true
		b.Join("early", early)
		b.Join("deaf", deaf)
		play := b.Play(frames(1000, -18, 50), "early", "deaf", "late")
		ticks(25)
		b.Join("late", late)
		b.Join("other", newCaller(t, nil))
		<-play.Done()
		for id, want := range map[string]time.Duration{
			"early": time.Second, "late": time.Second - 26*media.FrameDuration, "deaf": 0, "other": 0, "nobody": 0,
		} {
			if got := play.Heard(id); got < want-media.FrameDuration || got > want+media.FrameDuration {
				t.Errorf("%s heard %v, want %v", id, got, want)
			}
		}
		if got := play.Heard("early"); got != time.Second {
			t.Errorf("who was there all the time heard %v", got)
		}
	})
}

func TestWhatIsStoppedCountsUntilItHasFaded(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("ear", newCaller(t, nil))
		play := b.Play(media.Tone(1000, -18))
		ticks(25)
		before := play.Heard("ear")
		play.Stop()
		<-play.Done()
		if got := play.Heard("ear") - before; got != 10*time.Millisecond {
			t.Errorf("%v more were heard after stopping", got)
		}
	})
}

func TestMarksAreToldInTheirOrderWhenTheyArePassed(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("ear", newCaller(t, nil))
		play := b.Play(frames(1000, -18, 50))
		var told []string
		var at []int
		note := func(name string) { // one worker at a time calls, and it may call the bridge
			told, at = append(told, name), append(at, play.Played())
			_ = play.Heard("ear")
		}
		for _, m := range []struct {
			name string
			at   time.Duration
		}{{"half", 500 * time.Millisecond}, {"begin", 0}, {"half too", 500 * time.Millisecond}, {"never", 2 * time.Second}, {"end", time.Second}} {
			play.Mark(m.name, m.at, note)
		}
		<-play.Done()
		synctest.Wait()
		if want := []string{"begin", "half", "half too", "end"}; !slices.Equal(told, want) {
			t.Errorf("told %v, want %v", told, want)
		}
		if want := []int{1, 25, 25, 50}; !slices.Equal(at, want) {
			t.Errorf("after %v frames, want %v", at, want)
		}
	})
}

func TestAMarkOfWhatIsStoppedIsNotTold(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("ear", newCaller(t, nil))
		play := b.Play(media.Tone(1000, -18))
		play.Mark("late", time.Second, func(string) { t.Error("told") })
		ticks(10)
		play.Stop()
		<-play.Done()
		play.Mark("later", 0, func(string) { t.Error("told") })
		ticks(100)
	})
}
