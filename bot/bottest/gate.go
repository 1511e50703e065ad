package bottest

import (
	"slices"
	"sync"
)

// gate lets those who want something of calls in one at a time, when everything
// else has come to rest: the least name first. It fits call.Turns.
type gate struct {
	arrived chan struct{} // holds a token when somebody has come

	mu      sync.Mutex
	open    bool // nobody waits any more
	waiting []*waiter
}

// waiter is somebody at the gate.
type waiter struct {
	who  string
	pass chan struct{}
}

func newGate() *gate { return &gate{arrived: make(chan struct{}, 1)} }

// Await fits call.Turns.
func (g *gate) Await(who string, given ...<-chan struct{}) {
	w := &waiter{who, make(chan struct{})}
	if !g.enter(w) {
		return
	}
	var first, second <-chan struct{}
	if len(given) > 0 {
		first = given[0]
	}
	if len(given) > 1 {
		second = given[1]
	}
	select {
	case <-w.pass:
		return
	case <-first:
	case <-second:
	}
	g.leave(w)
}

// enter has w wait, unless the gate is open.
func (g *gate) enter(w *waiter) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open {
		return false
	}
	g.waiting = append(g.waiting, w)
	select {
	case g.arrived <- struct{}{}:
	default:
	}
	return true
}

func (g *gate) leave(w *waiter) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = slices.DeleteFunc(g.waiting, func(other *waiter) bool { return other == w })
}

// next lets in whose name is the least, and reports false if nobody waits.
func (g *gate) next() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		return false
	}
	least := 0
	for i, w := range g.waiting {
		if w.who < g.waiting[least].who {
			least = i
		}
	}
	close(g.waiting[least].pass)
	g.waiting = slices.Delete(g.waiting, least, least+1)
	return true
}

// unlock opens the gate to everybody.
func (g *gate) unlock() {
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	for g.next() {
	}
}
