package call

import (
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Capacity is how many calls a Registry takes. The zero one takes them all.
type Capacity struct {
	// Calls is how many there may be at once; 0 any number.
	Calls int
	// New is how many may begin in every Per, all of them at once if they like;
	// 0 any number.
	New int
	Per time.Duration
}

// gate refuses the calls that are too many.
type gate struct {
	calls   int
	pace    *rate.Limiter // nil without a limit
	refused atomic.Uint64
}

func newGate(c Capacity) *gate {
	g := &gate{calls: c.Calls}
	if c.New > 0 {
		g.pace = rate.NewLimiter(rate.Limit(float64(c.New)/c.Per.Seconds()), c.New)
	}
	return g
}

// Room says whether a new call would be let in now, so that nobody need do much
// for one that would not. Errors: ErrClosing, ErrNoRoom, ErrBusy, ErrTooFast.
func (r *Registry) Room() error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	err := r.room()
	if g := r.gate; err == nil && g.pace != nil && g.pace.Tokens() < 1 {
		err = g.tooFast()
	}
	return r.gate.count(err)
}

// enter is Room for a call that is made. The caller holds r.mu.
func (r *Registry) enter() error {
	err := r.room()
	if g := r.gate; err == nil && g.pace != nil && !g.pace.Allow() {
		err = g.tooFast()
	}
	return r.gate.count(err)
}

func (r *Registry) room() error {
	switch {
	case r.closing:
		return ErrClosing
	case r.cfg.NoRoom != nil && r.cfg.NoRoom():
		return ErrNoRoom
	case r.gate.calls > 0 && len(r.calls) >= r.gate.calls:
		return fmt.Errorf("%d calls: %w", len(r.calls), ErrBusy)
	}
	return nil
}

// Refused is how many new calls have been refused.
func (r *Registry) Refused() uint64 { return r.gate.refused.Load() }

func (g *gate) count(err error) error {
	if err != nil {
		g.refused.Add(1)
	}
	return err
}

// tooFast is an ErrTooFast that knows when there is room for the next call.
func (g *gate) tooFast() error {
	missing := max(0, 1-g.pace.Tokens())
	return &tooFast{time.Duration(missing / float64(g.pace.Limit()) * float64(time.Second))}
}

type tooFast struct{ wait time.Duration }

func (e *tooFast) Error() string             { return ErrTooFast.Error() }
func (e *tooFast) Unwrap() error             { return ErrTooFast }
func (e *tooFast) RetryAfter() time.Duration { return e.wait }
