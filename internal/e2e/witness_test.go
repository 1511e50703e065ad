package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// witness remembers what applications were told and answered before a kill, so
// that it can be compared with the log afterwards.
type witness struct {
	mu     sync.Mutex
	ids    map[string]struct{} // of the events told
	told   map[route]*telling
	main   map[string]string // where a connection is told
	rings  map[string]string // incoming calls by their ids
	claims []claim
	kicked chan struct{} // closed and replaced whenever something is told
}

// route is where something of a connection is told.
type route struct{ connection, to string }

// telling is what was told on a route, in the order in which it came.
type telling struct{ events []event }

// claim is something that a 2xx answer said of a connection.
type claim struct {
	connection string
	what       string
	explains   func(event) bool // one event of the log must
}

func newWitness() *witness {
	return &witness{
		ids: map[string]struct{}{}, told: map[route]*telling{}, main: map[string]string{}, rings: map[string]string{},
		kicked: make(chan struct{}),
	}
}

// hear notes an event that a webhook has accepted.
func (w *witness) hear(to string, e event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := route{e.connection(), to}
	if w.told[r] == nil {
		w.told[r] = &telling{}
	}
	w.told[r].events = append(w.told[r].events, e)
	if strings.Contains(to, "/call/") && w.main[r.connection] == "" {
		w.main[r.connection] = to
	}
	w.ids[e.ID] = struct{}{}
	close(w.kicked)
	w.kicked = make(chan struct{})
}

// expect notes where a connection asked to be told.
func (w *witness) expect(connection, to string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.main[connection] = to
}

// ring notes that a call came in. The same id must stand for the same call.
func (w *witness) ring(id, body string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if known, again := w.rings[id]; again && known != body {
		return fmt.Errorf("the id %s stands for %s and for %s", id, known, body)
	}
	w.rings[id] = body
	return nil
}

// known is how many events have been told, each counted once.
func (w *witness) known() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.ids)
}

// more waits until a number of events more has been told, but not for ever.
func (w *witness) more(events int, longest time.Duration) {
	w.mu.Lock()
	enough, kicked := len(w.ids)+events, w.kicked
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
		now, kicked = len(w.ids), w.kicked
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
	told := w.told[route{connection, w.main[connection]}]
	return told != nil && slices.ContainsFunc(told.events, func(e event) bool { return e.kind() == kind }), w.kicked
}

// patience is how long nothing may be told while something is owed: an endpoint
// that was down is tried every half minute, a fifth more or less, host and path.
const patience = 90 * time.Second

// wait waits until everything of a log has been told, however much that is, as
// long as there is progress.
func (w *witness) wait(t *testing.T, log map[string][]event) {
	t.Helper()
	started := time.Now()
	least, first := w.missing(log, "")
	t.Logf("%d events have yet to be told", least)
	for progress := started; least > 0; {
		w.more(least, time.Second)
		missing, one := w.missing(log, "")
		if missing < least {
			least, first, progress = missing, one, time.Now()
		}
		if time.Since(progress) > patience {
			t.Fatalf("%d events are never told, one of them: %v", least, first)
		}
	}
	t.Logf("all is told after %s", time.Since(started).Round(time.Millisecond))
}

// missing counts what of a log has not been told yet to a receiver, or to any if
// none is named, and names one.
func (w *witness) missing(log map[string][]event, receiver string) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	missing := 0
	var one error
	for connection, events := range log {
		for to, owed := range w.owed(connection, events) {
			if !strings.HasPrefix(to, receiver) {
				continue
			}
			told := w.told[route{connection, to}].heard()
			for _, e := range owed {
				if !slices.ContainsFunc(told, func(f event) bool { return f.ID == e.ID }) {
					missing++
					one = fmt.Errorf("event %d of %s at %q, %s", e.Sequence, connection, to, e.Type)
				}
			}
		}
	}
	return missing, one
}

// owed are the events of a connection's log by where they are to be told: the
// contract's, or all, to its callback, but for the results of operations that
// have a callback of their own.
func (w *witness) owed(connection string, log []event) map[string][]event {
	main := w.main[connection]
	by := map[string][]event{}
	for _, e := range log {
		switch {
		case e.result() != "":
			to := e.result() + "/result"
			by[to] = append(by[to], e)
		case e.kind() != "" || strings.HasSuffix(main, "/all"):
			by[main] = append(by[main], e)
		}
	}
	return by
}

// inOrder checks that the events were told in order and none left out, with
// repetitions only of what had been told before. It returns how many were
// repetitions.
func (t *telling) inOrder(owed []event) (again int, err error) {
	next := 0
	for _, e := range t.heard() {
		at := slices.IndexFunc(owed, func(o event) bool { return o.ID == e.ID })
		switch {
		case at < 0:
			return again, fmt.Errorf("was told an event that is not owed: %v", e)
		case !owed[at].same(e):
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
		return again, fmt.Errorf("was never told event %d, %s", owed[next].Sequence, owed[next].Type)
	}
	return again, nil
}

// heard are the events told, none if nothing was.
func (t *telling) heard() []event {
	if t == nil {
		return nil
	}
	return t.events
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
