package e2e

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// witness remembers what applications were told and answered before a kill, so
// that it can be compared with the log afterwards.
type witness struct {
	mu     sync.Mutex
	count  int // of events told
	told   map[string]*telling
	claims []claim
	kicked chan struct{} // closed and replaced whenever something is told
}

// telling is what was told of one connection, in the order in which it came.
type telling struct {
	all    bool // asked for botd's own events too
	events []event
}

// claim is something that a 2xx answer said of a connection.
type claim struct {
	connection string
	what       string
	explains   func(event) bool // one event of the log must
}

func newWitness() *witness {
	return &witness{told: map[string]*telling{}, kicked: make(chan struct{})}
}

// hear notes an event that a webhook has accepted.
func (w *witness) hear(e event, all bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	told := w.told[e.connection()]
	if told == nil {
		told = &telling{all: all}
		w.told[e.connection()] = told
	}
	told.events = append(told.events, e)
	w.count++
	close(w.kicked)
	w.kicked = make(chan struct{})
}

// more waits until a number of events more has been told, but not for ever.
func (w *witness) more(events int, longest time.Duration) {
	w.mu.Lock()
	enough, kicked := w.count+events, w.kicked
	w.mu.Unlock()
	late := time.NewTimer(longest)
	defer late.Stop()
	for now := 0; now < enough; {
		select {
		case <-kicked:
		case <-late.C:
			return
		}
		w.mu.Lock()
		now, kicked = w.count, w.kicked
		w.mu.Unlock()
	}
}

// claim notes what an answer said.
func (w *witness) claim(connection, what string, explains func(event) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.claims = append(w.claims, claim{connection, what, explains})
}

// heard says whether a connection was told an event of that kind, and what to
// wait for if not.
func (w *witness) heard(connection, kind string) (bool, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	told := w.told[connection]
	return told != nil && slices.ContainsFunc(told.events, func(e event) bool { return e.kind() == kind }), w.kicked
}

// complete reports what of a log has not been told yet.
func (w *witness) complete(log map[string][]event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for connection, events := range log {
		told := w.told[connection]
		if told == nil {
			return fmt.Errorf("nothing of %s", connection)
		}
		for _, e := range told.owed(events) {
			if !slices.ContainsFunc(told.events, func(f event) bool { return f.ID == e.ID }) {
				return fmt.Errorf("event %d of %s", e.Sequence, connection)
			}
		}
	}
	return nil
}

// owed are the events of a log that the application wants to be told.
func (t *telling) owed(log []event) []event {
	return slices.DeleteFunc(slices.Clone(log), func(e event) bool { return !t.all && e.kind() == "" })
}

// inOrder checks that the events were told in order and none left out, with
// repetitions only of what had been told before. It returns how many were
// repetitions.
func (t *telling) inOrder(log []event) (again int, err error) {
	owed, next := t.owed(log), 0
	for _, e := range t.events {
		at := slices.IndexFunc(owed, func(o event) bool { return o.ID == e.ID })
		switch {
		case at < 0:
			return again, fmt.Errorf("was told an event that is not in the log: %v", e)
		case owed[at].Sequence != e.Sequence || owed[at].Type != e.Type:
			return again, fmt.Errorf("was told %v, in the log is %v", e, owed[at])
		case at > next:
			return again, fmt.Errorf("was told event %d before event %d", e.Sequence, owed[next].Sequence)
		case at < next:
			again++
		default:
			next++
		}
	}
	if next < len(owed) {
		return again, fmt.Errorf("was never told event %d of %d, %s", owed[next].Sequence, len(log), owed[next].Type)
	}
	return again, nil
}

// wellFormed checks the log of one connection by itself: numbered from 1, one
// closing event, at the end.
func wellFormed(log []event) error {
	for i, e := range log {
		if int(e.Sequence) != i+1 {
			return fmt.Errorf("event %d has the number %d", i+1, e.Sequence)
		}
		if last := i == len(log)-1; e.closes() != last {
			return fmt.Errorf("event %d of %d: %s", i+1, len(log), e.Type)
		}
	}
	return nil
}
