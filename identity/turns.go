package identity

import (
	"context"
	"fmt"
	"sync"
)

// turns makes the changes of one user happen one after the other. A store that
// hangs over one user holds up nobody else.
type turns struct {
	mu    sync.Mutex
	taken map[ID]chan struct{} // closed when the turn is over
}

// take waits for the turn of a user, or until ctx ends; done gives it back.
func (t *turns) take(ctx context.Context, id ID) (done func(), err error) {
	for {
		busy := t.try(id)
		if busy == nil {
			return func() { t.give(id) }, nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, fmt.Errorf("user %s: %w: %w", id, ErrStore, ctx.Err())
		}
	}
}

// try takes the turn, or returns what to wait for.
func (t *turns) try(id ID) (busy chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if busy = t.taken[id]; busy == nil {
		t.taken[id] = make(chan struct{})
	}
	return busy
}

func (t *turns) give(id ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.taken[id])
	delete(t.taken, id)
}
