package mix_test

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

func TestAPlaybackToAllIsHeardByAll(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		low, ear := says(400, -20), &port{}
		b.Join("low", low)
		b.Join("ear", ear)
		play := b.Play(media.Tone(1000, -18))
		ticks(50)
		l, e := low.sound(), ear.sound()
		near(t, "the speaker hears it", tone(l, 1000), -18)
		absent(t, "the speaker hears itself", tone(l, 400))
		near(t, "the listener hears it", tone(e, 1000), -18)
		near(t, "and the speaker", tone(e, 400), -20)
		if n := play.Played(); n != 50 {
			t.Errorf("played %d frames in 50 ticks", n)
		}
	})
}

func TestAPlaybackToOneIsHeardByOne(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		low, ear, third := says(400, -20), &port{}, &port{}
		b.Join("low", low)
		b.Join("ear", ear)
		b.Join("third", third)
		b.Play(media.Tone(1000, -18), "ear")
		b.Play(media.Tone(2000, -18), "low", "later")
		ticks(50)
		l, e := low.sound(), ear.sound()
		absent(t, "low hears ear's", tone(l, 1000))
		near(t, "low hears its own", tone(l, 2000), -18)
		near(t, "ear hears its own", tone(e, 1000), -18)
		near(t, "ear hears low", tone(e, 400), -20)
		absent(t, "ear hears low's", tone(e, 2000))
		absent(t, "third hears ear's", tone(third.sound(), 1000))
		later := &port{}
		b.Join("later", later)
		ticks(50)
		near(t, "who joins later", tone(later.sound(), 2000), -18)
	})
}

func TestAPlaybackEndsWithItsSource(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		b.Join("ear", &port{})
		began := time.Now()
		play := b.Play(frames(1000, -18, 25))
		<-play.Done()
		if took := time.Since(began); took < 500*time.Millisecond || took > 540*time.Millisecond {
			t.Errorf("half a second was played in %v", took)
		}
		if play.Err() != nil || play.Played() != 25 {
			t.Errorf("ended with %v after %d frames", play.Err(), play.Played())
		}
		if c.Stats().Starved != 0 {
			t.Error("starved")
		}
	})
}

func TestAPlaybackGoesOnWithNobodyThere(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		play := b.Play(frames(1000, -18, 25))
		<-play.Done()
		ticks(1)
		if play.Played() != 25 || c.Stats().Bridges != 0 {
			t.Errorf("played %d, %d bridges ticked", play.Played(), c.Stats().Bridges)
		}
	})
}

func TestStopTakesEffectWithinFortyMilliseconds(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		play := b.Play(media.Tone(1000, -18))
		ticks(20)
		ear.sound()
		stopped := time.Now()
		play.Stop()
		<-play.Done()
		if took := time.Since(stopped); took > 2*media.FrameDuration {
			t.Errorf("stopped after %v", took)
		}
		play.Stop()
		ticks(10)
		heard := ear.sound()
		for i, s := range heard[480:] {
			if s != 0 {
				t.Fatalf("sound %d samples after stopping", i+480)
			}
		}
		if play.Err() != nil {
			t.Errorf("stopped with %v", play.Err())
		}
	})
}

func TestAStoppedToneFadesWithoutAClick(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		play := b.Play(media.Tone(300, -10))
		ticks(20)
		play.Stop()
		ticks(5)
		smooth(t, ear.sound(), 300, -10)
	})
}

func TestAPlaybackStoppedBeforeItBeganIsNotHeard(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		play := b.Play(media.Tone(300, -10))
		play.Stop()
		<-play.Done()
		ticks(5)
		for _, s := range ear.sound() {
			if s != 0 {
				t.Fatal("something was heard")
			}
		}
	})
}

func TestASourceThatFailsEndsItsPlaybackWithTheReason(t *testing.T) {
	gone := errors.New("gone")
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		good := media.Tone(1000, -18)
		n := 0
		play := b.Play(media.SourceFunc(func(f *media.Frame) error {
			if n++; n > 10 {
				return gone
			}
			return good.Read(f)
		}))
		<-play.Done()
		if !errors.Is(play.Err(), gone) || play.Played() != 10 {
			t.Errorf("ended with %v after %d frames", play.Err(), play.Played())
		}
		bad := b.Play(media.SourceFunc(func(*media.Frame) error { panic("bad source") }))
		<-bad.Done()
		if bad.Err() == nil {
			t.Error("a panic was no failure")
		}
	})
}

// slow is a source that waits until it is closed.
type slow struct{ closed chan struct{} }

func (s *slow) Read(*media.Frame) error { <-s.closed; return io.EOF }
func (s *slow) Close() error            { close(s.closed); return nil }

func TestASourceThatWaitsHoldsNobodyUp(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		b.Join("voice", says(400, -20))
		src := &slow{closed: make(chan struct{})}
		play := b.Play(src)
		ticks(50)
		near(t, "the voice", tone(ear.sound(), 400), -20)
		play.Stop()
		<-play.Done()
		<-src.closed
	})
}

func TestASourceThatIsLateIsCounted(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		good := media.Tone(1000, -18)
		n := 0
		b.Play(media.SourceFunc(func(f *media.Frame) error {
			if n++; n == 20 {
				<-time.After(time.Second)
			}
			return good.Read(f)
		}))
		ticks(100)
		if s := c.Stats().Starved; s < 40 || s > 46 {
			t.Errorf("starved for %d ticks of a second", s)
		}
	})
}

func TestAnybodyMayCallAtAnyTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := mix.NewClock(mix.Config{Workers: 2})
		bridges := []*mix.Bridge{c.NewBridge(mix.Options{}), c.NewBridge(mix.Options{}), c.NewBridge(mix.Options{})}
		done := make(chan struct{})
		for i := range 6 {
			go func() {
				defer func() { done <- struct{}{} }()
				b := bridges[i%len(bridges)]
				id := string(rune('a' + i))
				for range 200 {
					b.Join(id, says(400, -20))
					p := b.Play(media.Tone(1000, -20), id)
					<-time.After(7 * time.Millisecond)
					b.Mute(id)
					b.Hear(id, []string{"a", "b"})
					b.Unmute(id)
					p.Stop()
					p.Played()
					b.Leave(id)
				}
			}()
		}
		for range 6 {
			<-done
		}
		for _, b := range bridges {
			b.Close()
		}
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestAPlaybackThatIsPausedGoesOnWhereItWas(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := newCaller(t, nil)
		b.Join("ear", ear)
		play := b.Play(frames(1000, -18, 50))
		ticks(20)
		heard := play.Heard("ear")
		play.Pause()
		ticks(100)
		if got := play.Heard("ear"); got != heard || play.Played() != int(heard/media.FrameDuration) {
			t.Errorf("heard %v before the pause and %v in it, %d frames", heard, got, play.Played())
		}
		play.Resume()
		<-play.Done()
		if got := play.Heard("ear"); got != time.Second || play.Played() != 50 {
			t.Errorf("heard %v of a second, %d of 50 frames", got, play.Played())
		}
	})
}

func TestAPauseAndWhatFollowsItAreWithoutAClick(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		play := b.Play(media.Tone(300, -10))
		ticks(20)
		play.Pause()
		ticks(10)
		before := ear.sound()
		smooth(t, before, 300, -10)
		for i, s := range before[len(before)-9*media.FrameSize:] {
			if s != 0 {
				t.Fatalf("sound %d samples into the pause", i)
			}
		}
		play.Resume()
		ticks(10)
		after := ear.sound()
		smooth(t, after, 300, -10)
		near(t, "after the pause", tone(after[2*media.FrameSize:], 300), -10)
	})
}

func TestWhatIsPausedCanBeStopped(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("ear", &port{})
		play, early := b.Play(media.Tone(300, -10)), b.Play(media.Tone(300, -10))
		early.Pause()
		ticks(5)
		play.Pause()
		ticks(5)
		if early.Played() != 0 {
			t.Errorf("%d frames were played of what was paused before it began", early.Played())
		}
		play.Stop()
		early.Stop()
		<-play.Done()
		<-early.Done()
		if play.Err() != nil || early.Err() != nil {
			t.Errorf("ended with %v and %v", play.Err(), early.Err())
		}
	})
}

func TestADuckedPlaybackIsAsMuchQuieterAsItWasAskedToBe(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		play := b.Play(media.Tone(300, -10))
		ticks(20)
		ear.sound()
		play.Duck(18)
		ticks(20)
		ducked := ear.sound()
		smooth(t, ducked, 300, -10)
		near(t, "ducked", tone(ducked[2*media.FrameSize:], 300), -28)
		play.Duck(0)
		ticks(20)
		loud := ear.sound()
		smooth(t, loud, 300, -10)
		near(t, "no longer ducked", tone(loud[2*media.FrameSize:], 300), -10)
		play.Duck(-6)
		ticks(20)
		near(t, "ducked by less than nothing", tone(ear.sound(), 300), -10)
	})
}
