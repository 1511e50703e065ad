package journal

import (
	"sync/atomic"
	"time"
)

// tardy is how long a write may take before the log counts as stalled. A
// disk that is busy takes a fraction of it.
const tardy = time.Second

// stopwatch measures the write that is under way. Its zero value is at rest.
type stopwatch struct{ began atomic.Pointer[time.Time] }

func (w *stopwatch) start() {
	now := time.Now()
	w.began.Store(&now)
}

func (w *stopwatch) stop() { w.began.Store(nil) }

func (w *stopwatch) over(limit time.Duration) bool {
	began := w.began.Load()
	return began != nil && time.Since(*began) > limit
}

// Stalled says that a write does not come to its end: the store is away, or its
// disk stands still. What is written meanwhile waits; new calls are better
// refused than left waiting with it.
func (j *Journal) Stalled() bool {
	for _, s := range j.shards {
		if s.writing.over(tardy) {
			return true
		}
	}
	return false
}
