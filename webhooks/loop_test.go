package webhooks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// still is a teller whose loop does not run: the test is the loop.
func still() *Teller {
	return &Teller{
		cfg: Config{}.withDefaults(), counts: newCounts(nil), clock: newTimers(), life: context.Background(),
		queues: make(map[key]*queue), endpoints: make(map[string]*endpoint), owners: make(map[string]map[*queue]struct{}),
		held: make(map[string]struct{}), released: make(map[string]struct{}), dirty: make(map[*queue]struct{}),
		subscribe: &subscriptions{known: make(map[string]Subscription), codes: make(map[string]pending)},
		ledger:    &ledger{floors: make([]uint64, 1)}, done: make(chan struct{}), fed: make([]uint64, 1), floors: make([]uint64, 1), needed: make([]atomic.Uint64, 1),
	}
}

// lined is a queue that owes one event, known to the teller.
func lined(t *testing.T, teller *Teller, kind kind) *queue {
	t.Helper()
	r := talking(1).event()
	q := &queue{key: key{r.Connection, "http://127.0.0.1/a"}, kind: kind, connection: r.Connection, uri: "http://127.0.0.1/a", told: 4}
	if !teller.add(q) {
		t.Fatal("not an address")
	}
	q.offer(owed{position: 5, record: &r}, true)
	teller.bodies++
	return q
}

// trying is the attempt of a queue's first event.
func trying(t *testing.T, teller *Teller, q *queue) *attempt {
	t.Helper()
	if !teller.passes(q) || !teller.admit(q) {
		t.Fatal("was not let in")
	}
	q.busy = true
	return &attempt{teller: teller, queue: q, endpoint: q.endpoint, position: 5, record: q.owed[0].record, cancel: func() {}}
}

func TestALateGoneLeavesNothingInTheAir(t *testing.T) {
	teller := still()
	q := lined(t, teller, callback)
	a := trying(t, teller, q)
	teller.hushed(a)
	teller.ended(a, result{verdict: gone, record: a.record})
	if len(q.silent) != 0 || q.first() != 0 {
		t.Errorf("in the air: %v, needed from %d", q.silent, q.first())
	}
}

func TestWhatFailsAfterAGoneIsNotToldAgain(t *testing.T) {
	teller := still()
	q := lined(t, teller, callback)
	early := trying(t, teller, q)
	teller.hushed(early)
	r := talking(1).event()
	q.offer(owed{position: 6, record: &r}, true)
	teller.bodies++
	late := trying(t, teller, q)
	late.position = 6
	teller.ended(late, result{verdict: gone, record: late.record})
	teller.ended(early, result{verdict: refused, failure: failure{reason: "reset"}, record: early.record})
	if q.pending() || q.busy {
		t.Errorf("is told again: %v", q.again)
	}
	if n := len(teller.letter); n != 2 || teller.letter[1].State != letterGone {
		t.Errorf("%d letters", n)
	}
}

func TestAProbeThatIsNotRefusedLetsTheNextOneThrough(t *testing.T) {
	for name, v := range map[string]verdict{"sent but never answered": unconfirmed, "not in the log any more": lost} {
		t.Run(name, func(t *testing.T) {
			teller := still()
			q := lined(t, teller, callback)
			q.endpoint.gate.failures = tripped
			q.endpoint.path(q.target.path).failures = tripped
			a := trying(t, teller, q)
			teller.ended(a, result{verdict: v, record: a.record})
			if g := q.endpoint.paths[q.target.path]; g != nil && !g.passes(time.Now()) {
				t.Error("the path is shut for ever")
			}
			if !q.endpoint.gate.passes(time.Now()) {
				t.Error("the endpoint is shut for ever")
			}
		})
	}
}

func TestWhoWaitsAtAPathIsNotForgottenWhenItsHostGoesToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		teller := still()
		probing, waits := lined(t, teller, callback), lined(t, teller, callback)
		path := probing.endpoint.path(probing.target.path)
		path.failures = tripped
		waits.waitIn(&path.waiting)
		a := trying(t, teller, probing)
		a.record.Time = time.Now().Add(-100 * time.Hour)             // it is given up with this attempt
		teller.flushing, teller.held[waits.owner] = true, struct{}{} // there is no disk, and nobody to post to
		teller.ended(a, result{verdict: refused, failure: failure{reason: "connection refused"}, record: a.record})
		time.Sleep(time.Minute)
		teller.clock.run()
		if waits.waiting {
			t.Error("it waits for ever")
		}
	})
}

func TestAnEventOfADeletedSubscriptionIsNotCountedAnyMore(t *testing.T) {
	teller := still()
	q := lined(t, teller, resource)
	teller.pump(q)
	if q.pending() || teller.bodies != 0 {
		t.Errorf("%d listed, pending %v", teller.bodies, q.pending())
	}
}

func TestAQueueIsKnownUntilItsRecordsHaveBeenReadAgain(t *testing.T) {
	teller := still()
	q := lined(t, teller, callback)
	teller.settle(q, 5)
	teller.flushed(batch{}, []*queue{q}, nil)
	if teller.queues[q.key] != q {
		t.Fatal("what was settled before a restart would be told again")
	}
	teller.fed[0] = 5
	teller.raise()
	if teller.queues[q.key] != nil {
		t.Error("it is never forgotten")
	}
}

func TestWhatIsOwedForLongIsNeededFromTheStart(t *testing.T) {
	teller := still()
	teller.floors[0] = 10
	teller.needed[0].Store(11)
	teller.restore(cursor{Owner: "a", Dest: "http://127.0.0.1/a", Kind: callback, Connection: "a", Told: 3, Open: true})
	teller.restore(cursor{Owner: "b", Dest: "http://127.0.0.1/a", Kind: callback, Connection: "b", Told: 12, Again: []uint64{7}})
	if n := teller.needed[0].Load(); n != 4 {
		t.Errorf("needed from %d", n)
	}
}

func TestManySilentAttemptsAreBroughtBack(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, quick)
	var b batch
	for n := range 300 {
		b.cursors = append(b.cursors, cursor{
			Owner: fmt.Sprint(n), Dest: "http://127.0.0.1:1/", Kind: callback, Connection: fmt.Sprint(n), Told: 1, Silent: []uint64{1},
		})
	}
	d.abandon(t)
	d = openAt(t, dir, quick, func(c *Config) { // before it tells
		if err := seed(t.Context(), *c, b); err != nil {
			t.Error(err)
		}
	})
	d.abandon(t)
}

// seed writes a batch as a process would have that is dead now.
func seed(ctx context.Context, cfg Config, b batch) error {
	l, err := openLedger(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer l.log.Close()
	return l.write(ctx, b)
}

// hasty answers before it says that the request was written.
type hasty struct{ wrote chan struct{} }

func (h hasty) RoundTrip(req *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(req.Context())
	go func() {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
		close(h.wrote)
	}()
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("")), Request: req}, nil
}

func TestAnAnswerMayComeBeforeTheRequestIsKnownToBeWritten(t *testing.T) {
	teller := still()
	close(teller.done)
	h := hasty{make(chan struct{})}
	teller.cfg.HTTP = &http.Client{Transport: h}
	teller.cfg.Grace = time.Millisecond
	to, err := parseTarget("http://127.0.0.1/a")
	if err != nil {
		t.Fatal(err)
	}
	r := talking(1).event()
	a := &attempt{teller: teller, record: &r, message: message{kind: callback, target: to}}
	if got := a.post(t.Context()); got.verdict != told {
		t.Errorf("ended as %v", got)
	}
	<-h.wrote
}

func TestACodeConfirmsOnlyTheEndpointItWasSentTo(t *testing.T) {
	teller := still()
	s := teller.subscribe
	now := time.Now()
	mine := Subscription{Name: "s", Endpoint: "http://mine.example/", Schema: SchemaEventGrid, State: StatePending}
	s.known["s"] = mine
	s.wait("code", mine, now.Add(time.Minute))
	s.known["s"] = Subscription{Name: "s", Endpoint: "http://theirs.example/", Schema: SchemaEventGrid, State: StatePending}
	if err := teller.Confirm(t.Context(), "code"); !errors.Is(err, ErrUnknown) {
		t.Errorf("confirmed with the code of another endpoint: %v", err)
	}
	s.known["s"] = mine
	s.wait("another", mine, now.Add(time.Minute))
	if _, ok := s.claim("another", now); !ok {
		t.Error("its own code does not confirm it")
	}
}

func TestLittleIsToldBeforeItIsDurablyKnownWhatWas(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		d := w.openNew(t)
		if err := d.ask(t.Context(), func() { d.flushing = true }); err != nil { // as if the disk hung
			t.Fatal(err)
		}
		app := w.application(t, "app", nil)
		crowd(t, d, 0, 100, 5, "http://app/")
		pass(time.Minute)
		if n := app.requests(); n < looseMost || n > looseMost+d.cfg.Slots {
			t.Errorf("%d events would be told again after a crash", n)
		}
		if err := d.ask(t.Context(), func() { d.flushing = false; d.flush() }); err != nil {
			t.Fatal(err)
		}
		app.until(t, 500)
	})
}
