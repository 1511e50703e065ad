package mix_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

func newAlarm(t *testing.T) mix.Alarm {
	t.Helper()
	a, err := mix.NewAlarm()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// waits has an alarm wait until f has ended.
func waits(a mix.Alarm, d time.Duration, f func()) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		a.Wait(d)
	}()
	f()
	<-over
}

func TestAnAlarmGoesOffByItself(t *testing.T) {
	for name, a := range map[string]mix.Alarm{"the system's": newAlarm(t), "Go's": mix.NewTimer()} {
		for range 20 {
			a.Wait(time.Millisecond)
			a.Wait(0)
		}
		if err := a.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAlarmThatIsRungWaitsNoLonger(t *testing.T) {
	for name, a := range map[string]mix.Alarm{"the system's": newAlarm(t), "Go's": mix.NewTimer()} {
		for _, d := range []time.Duration{-1, time.Hour} {
			waits(a, d, a.Ring)
			a.Ring()
			a.Wait(d) // was rung before
		}
		if err := a.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnyNumberMayRing(t *testing.T) {
	a := newAlarm(t)
	for range 50 {
		waits(a, -1, func() {
			var ringing sync.WaitGroup
			for range 4 {
				ringing.Go(a.Ring)
			}
			ringing.Wait()
		})
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// ticking is a port that tells when it has been asked so often.
type ticking struct {
	port
	left int
	done chan struct{}
}

func (p *ticking) Hear(media.Sound) {
	if p.left--; p.left == 0 {
		close(p.done)
	}
}

// TestTheSystemsAlarmWakesAClock is in real time: others are in virtual time.
func TestTheSystemsAlarmWakesAClock(t *testing.T) {
	c := mix.NewClock(mix.Config{Alarm: newAlarm(t)})
	var all []*ticking
	for range 12 { // of three slots
		p := &ticking{left: 10, done: make(chan struct{})}
		all = append(all, p)
		c.NewBridge(mix.Options{}).Join("p", p)
	}
	for _, p := range all {
		<-p.done
	}
	if err := c.Close(context.Background()); err != nil {
		t.Error(err)
	}
}
