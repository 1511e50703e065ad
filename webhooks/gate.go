package webhooks

import (
	"time"
)

// tripped is the number of failures in a row after which an endpoint is probed
// instead of tried.
const tripped = 3

// gate stands before an endpoint, or before one path of it. While it is open
// everybody passes; after some failures in a row it lets one probe through at a
// time, later and later, until the first success opens it for all.
type gate struct {
	failures int
	reason   string // of the last failure
	until    time.Time
	probing  bool
	// paths are those that failed since the last success: a path that fails
	// alone is no reason to think that the whole endpoint is down.
	paths map[string]struct{}
	// waiting are queues that came while the gate was shut.
	waiting []*queue
}

// shut reports whether only probes pass.
func (g *gate) shut() bool { return g.failures >= tripped }

// passes reports whether an attempt may begin now.
func (g *gate) passes(now time.Time) bool {
	return !g.shut() || !g.probing && !now.Before(g.until)
}

// begin notes that an attempt passed.
func (g *gate) begin() { g.probing = g.shut() }

// fail notes a failure and returns how long the gate is shut, zero if it is not.
func (g *gate) fail(now time.Time, wait func(n int) time.Duration) time.Duration {
	g.failures++
	g.probing = false
	if !g.shut() {
		return 0
	}
	d := wait(g.failures - tripped + 1)
	g.until = now.Add(d)
	return d
}

// failPath notes a failure of one path only; the same path twice counts once.
func (g *gate) failPath(path string, now time.Time, wait func(n int) time.Duration) time.Duration {
	g.probing = false
	if _, again := g.paths[path]; again && !g.shut() {
		return 0
	}
	if g.paths == nil {
		g.paths = make(map[string]struct{})
	}
	if len(g.paths) < tripped {
		g.paths[path] = struct{}{}
	}
	return g.fail(now, wait)
}

// slam shuts the gate at once, for as long as the endpoint itself asked.
func (g *gate) slam(now time.Time, d time.Duration) {
	g.failures = max(g.failures, tripped)
	g.probing = false
	g.until = now.Add(d)
}

// succeed opens the gate and returns those who waited.
func (g *gate) succeed() []*queue {
	waiting := g.waiting
	*g = gate{}
	return waiting
}

// next takes the one who has waited longest.
func (g *gate) next() *queue {
	if len(g.waiting) == 0 {
		return nil
	}
	q := g.waiting[0]
	g.waiting = g.waiting[1:]
	return q
}
