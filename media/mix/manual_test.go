package mix_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// sleeper is a port that sleeps while it says nothing, as somebody's pair does.
type sleeper struct {
	*media.Pair
	mu    sync.Mutex
	heard []uint8 // levels
}

func (s *sleeper) Hear(sound media.Sound) {
	s.Pair.Hear(sound)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, media.Level(sound.Frame))
}

var _ media.Follower = (*sleeper)(nil)

// stepped is a bridge with two on it that ticks when it is told to.
func stepped(t *testing.T, f func(clock *mix.Clock, b *mix.Bridge, says, hears *sleeper)) {
	synctest.Test(t, func(t *testing.T) {
		clock := mix.NewClock(mix.Config{Manual: true})
		b := clock.NewBridge(mix.Options{})
		says, hears := &sleeper{Pair: media.NewPair()}, &sleeper{Pair: media.NewPair()}
		b.Join("says", says)
		b.Join("hears", hears)
		f(clock, b, says, hears)
		says.Close()
		hears.Close()
		if err := clock.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestAManualClockTicksOnlyWhenTold(t *testing.T) {
	stepped(t, func(clock *mix.Clock, _ *mix.Bridge, says, hears *sleeper) {
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(hears.heard); n != 0 {
			t.Fatalf("%d ticks", n)
		}
		src := media.Chain(media.Tone(440, 20), media.Limit(60*time.Millisecond))
		if err := media.Copy(t.Context(), says.Microphone(), src); err != nil {
			t.Fatal(err)
		}
		for tick := range int64(5) {
			clock.Step(tick + 10)
		}
		want := []uint8{20, 20, 20, media.Silent, media.Silent}
		for i, level := range hears.heard {
			if level != want[i] {
				t.Errorf("tick %d was heard at -%d dBov, want -%d", i, level, want[i])
			}
		}
		if len(hears.heard) != len(want) {
			t.Errorf("%d ticks were heard", len(hears.heard))
		}
	})
}

func TestAClockIsQuietWhenNothingWouldComeOfATick(t *testing.T) {
	stepped(t, func(clock *mix.Clock, b *mix.Bridge, says, hears *sleeper) {
		tick := int64(0)
		settles := func(after string) {
			t.Helper()
			for range 200 {
				tick++
				clock.Step(tick)
			}
			if !clock.Quiet() {
				t.Fatalf("it is not quiet %s", after)
			}
		}
		sounds := func(because string) {
			t.Helper()
			if clock.Quiet() {
				t.Errorf("it is quiet although %s", because)
			}
		}
		settles("when nobody has spoken")
		if err := says.Microphone().Write(media.NewFrame(media.Rate)); err != nil {
			t.Fatal(err)
		}
		sounds("somebody speaks")
		settles("when they have spoken")
		pb := b.Play(media.Chain(media.Tone(440, 20), media.Limit(time.Second)))
		sounds("something is played")
		pb.Stop()
		settles("when that was stopped")
		tap, err := b.Tap(media.TapOptions{})
		if err != nil {
			t.Fatal(err)
		}
		sounds("somebody listens in")
		tap.Close()
		settles("when nobody does any more")
		read := make(chan error)
		go func() { read <- hears.Speaker().Read(media.NewFrame(media.Rate)) }()
		synctest.Wait()
		sounds("somebody follows the sound")
		if err := <-read; err != nil {
			t.Error(err)
		}
		if says.Awake().Load() {
			t.Error("who says nothing is awake")
		}
	})
}
