package browser

import (
	"sync/atomic"
	"time"
)

// What loss a client reports decides how its sound is encoded: in few steps, for
// all listeners of one step share an encoder.
const (
	someLoss, someExpected   = 0.03, 10 // from this part on, so many percent are prepared for
	heavyLoss, heavyExpected = 0.15, 20
	// noLoss for calm is how little loss there must be for how long until less is
	// prepared for.
	noLoss = 0.01
	calm   = 10 * time.Second
)

// expected is the loss in percent that a client's sound is prepared for. One
// goroutine takes reports, any may ask.
type expected struct {
	percent atomic.Int32
	since   time.Time // when loss was last reported
}

// take takes the part of the packets that was lost since the report before.
func (e *expected) take(fraction float64, at time.Time) {
	had := e.percent.Load()
	switch {
	case fraction >= heavyLoss:
		e.since = at
		e.percent.Store(heavyExpected)
	case fraction >= someLoss:
		e.since = at
		e.percent.Store(max(had, someExpected))
	case fraction >= noLoss:
		e.since = at
	case had > 0 && at.Sub(e.since) >= calm:
		e.since = at
		e.percent.Store(had - someExpected)
	}
}
