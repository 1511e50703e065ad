package mix

import "time"

// Alarm wakes a Clock. One goroutine waits, any may ring.
type Alarm interface {
	// Wait returns after d, or when it is rung; with a negative d only then. It
	// may return early: who waits looks at the time.
	Wait(d time.Duration)
	// Ring ends the present Wait, or else the next one.
	Ring()
	// Close lets go of it. Nobody waits or rings any more.
	Close() error
}

// timer is an Alarm of Go's own, which may be a millisecond late.
type timer struct {
	*time.Timer
	rung chan struct{}
}

func newTimer() *timer {
	t := &timer{time.NewTimer(0), make(chan struct{}, 1)}
	t.Stop()
	return t
}

func (t *timer) Wait(d time.Duration) {
	var over <-chan time.Time
	if d >= 0 {
		t.Reset(d)
		over = t.C
	}
	select {
	case <-over:
	case <-t.rung:
	}
}

func (t *timer) Ring() {
	select {
	case t.rung <- struct{}{}:
	default:
	}
}

func (t *timer) Close() error {
	t.Stop()
	return nil
}
