package webhooks

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestEventsAreToldOneByOneInOrder(t *testing.T) {
	d := openNew(t, quick, func(c *Config) {
		c.Token = func(context.Context) (string, error) { return "secret", nil }
	})
	app := listening(t, nil)
	const calls, events = 20, 15
	for n := range calls {
		s := talking(n)
		records := []call.Record{s.opens(app.URL + "/hook")}
		for range events {
			records = append(records, s.event())
		}
		d.write(t, append(records, s.hangsUp())...)
	}
	kept := app.until(t, calls*(events+1))
	for n := range calls {
		var want []string
		for i := range events + 1 {
			want = append(want, fmt.Sprint(i+2)) // the first is not of the contract
		}
		if got := order(kept, talking(n)); !slices.Equal(got, want) {
			t.Errorf("call %d was told %v", n, got)
		}
	}
	if h := kept[0].header; h.Get("Content-Type") != "application/json; charset=utf-8" || h.Get("Authorization") != "Bearer secret" {
		t.Errorf("headers %v", h)
	}
}

func TestTheURLIsUsedAsItWasGiven(t *testing.T) {
	d := openNew(t, quick)
	app := listening(t, nil)
	paths := []string{
		"/a%2Fb/c:d+e/%7e?id=4:+1555&x=%3a/?&y=a+b|c",
		"//hooks//x%2Fy?",
		"/?q",
	}
	for n, rest := range paths {
		s := talking(n)
		d.write(t, s.opens(app.URL+rest), s.event())
		if got := app.until(t, n+1)[n].path; got != rest {
			t.Errorf("asked for %s, want %s", got, rest)
		}
	}
}

func TestFailuresAreToldAgainInOrder(t *testing.T) {
	d := openNew(t, quick)
	app := listening(t, func(_ int, _ received, w http.ResponseWriter) {
		if rand.IntN(5) == 0 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	const calls, events = 10, 20
	speakers := make([]*speaker, calls)
	for n := range speakers {
		speakers[n] = talking(n)
		d.write(t, speakers[n].opens(app.URL), speakers[n].event())
	}
	for range events - 1 {
		for _, s := range speakers {
			d.write(t, s.event())
		}
	}
	kept := app.until(t, calls*events)
	for _, s := range speakers {
		if got := order(kept, s); len(got) != events || !inOrder(got) {
			t.Errorf("%s was told %v", s.connection, got)
		}
	}
}

func inOrder(sequences []string) bool {
	for i, s := range sequences {
		if s != fmt.Sprint(i+2) {
			return false
		}
	}
	return true
}

func TestADeadOperationHoldsBackOnlyItsOwnEvents(t *testing.T) {
	d := openNew(t, quick)
	app := listening(t, func(_ int, r received, w http.ResponseWriter) {
		if strings.HasPrefix(r.path, "/dead") {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	const calls = 5
	for n := range calls {
		s := talking(n)
		result := s.opens(app.URL + "/alive")
		dead := s.event()
		dead.To = app.URL + "/dead"
		d.write(t, result, dead, s.event())
	}
	app.until(t, calls)
	eventually(t, "the dead one was tried", func() bool { return app.requests() > calls+tripped })
	start := time.Now()
	s := talking(calls)
	d.write(t, s.opens(app.URL+"/alive"), s.event())
	app.until(t, calls+1)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("the living waited %s for the dead", took)
	}
}

func TestOnlyTheContractGoesToACallbackUnlessAllIsWanted(t *testing.T) {
	d := openNew(t, quick)
	app := listening(t, nil)
	plain, curious := talking(1), talking(2)
	first := curious.opens(app.URL)
	first.Telling.All = true
	d.write(t, plain.opens(app.URL), plain.says("botd.participant.dtmf"), plain.hangsUp())
	d.write(t, first, curious.says("botd.participant.dtmf"), curious.hangsUp())
	kept := app.until(t, 4)
	if got := order(kept, plain); !slices.Equal(got, []string{"3"}) {
		t.Errorf("the plain one was told %v", got)
	}
	if got := order(kept, curious); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("the curious one was told %v", got)
	}
}

func TestASlowEndpointDoesNotHoldUpOthers(t *testing.T) {
	d := openNew(t, quick)
	var slow *application
	slow = listening(t, func(_ int, _ received, w http.ResponseWriter) {
		<-slow.closed
		w.WriteHeader(http.StatusInternalServerError)
	})
	fast := listening(t, nil)
	for n := range 40 {
		s := talking(n)
		d.write(t, s.opens(slow.URL), s.event())
	}
	start := time.Now()
	for n := range 40 {
		s := talking(100 + n)
		d.write(t, s.opens(fast.URL), s.event())
	}
	fast.until(t, 40)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("the fast one waited %s", took)
	}
}

func TestAnEndpointThatIsDownIsProbedAndReleasedAtOnce(t *testing.T) {
	d := openNew(t, quick, func(c *Config) { c.Schedule = Schedule{First: 100 * time.Millisecond, Longest: 400 * time.Millisecond} })
	down := atomic.Bool{}
	down.Store(true)
	app := listening(t, func(_ int, _ received, w http.ResponseWriter) {
		if down.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	const calls = 60
	for n := range calls {
		s := talking(n)
		d.write(t, s.opens(app.URL), s.event(), s.hangsUp())
	}
	eventually(t, "the gate is shut", func() bool {
		shut := false
		_ = d.ask(t.Context(), func() {
			for _, e := range d.endpoints {
				for _, g := range e.paths {
					shut = shut || g.shut() && len(g.waiting) > calls/2
				}
			}
		})
		return shut
	})
	before := app.requests()
	start := time.Now()
	eventually(t, "some probes", func() bool { return app.requests() >= before+3 })
	if took := time.Since(start); took < 300*time.Millisecond {
		t.Errorf("three probes in %s", took)
	}
	down.Store(false)
	kept := app.until(t, 2*calls)
	for n := range calls {
		if got := order(kept, talking(n)); !inOrder(got) || len(got) != 2 {
			t.Errorf("call %d was told %v", n, got)
		}
	}
}

func TestFirstEventsWaitForTheResponse(t *testing.T) {
	d := openNew(t, quick, func(c *Config) { c.Release = 500 * time.Millisecond })
	app := listening(t, nil)
	waits, released, early := talking(1), talking(2), talking(3)
	d.Release(early.connection)
	start := time.Now()
	for _, s := range []*speaker{waits, released, early} {
		d.write(t, s.opens(app.URL), s.event())
	}
	if got := app.until(t, 1); !strings.HasSuffix(got[0].Source, early.connection) {
		t.Errorf("first came %s", got[0].Source)
	}
	d.Release(released.connection)
	if got := app.until(t, 2); !strings.HasSuffix(got[1].Source, released.connection) {
		t.Errorf("then came %s", got[1].Source)
	}
	if took := time.Since(start); took > 450*time.Millisecond {
		t.Errorf("those released took %s", took)
	}
	app.until(t, 3)
	if took := time.Since(start); took < 500*time.Millisecond {
		t.Errorf("the one not released took %s", took)
	}
}

func TestWhatIsTooOldBecomesADeadLetterAndCanBeToldAgain(t *testing.T) {
	d := openNew(t, quick, func(c *Config) { c.Expiry = time.Nanosecond })
	down := atomic.Bool{}
	down.Store(true)
	cut := atomic.Bool{}
	app := listening(t, func(_ int, _ received, w http.ResponseWriter) {
		if cut.Load() {
			panic(http.ErrAbortHandler)
		}
		if down.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	s := talking(1)
	d.write(t, s.opens(app.URL+"/?k=s3cr3t"), s.event())
	var letters []DeadLetter
	eventually(t, "it is given up", func() bool {
		var err error
		letters, err = d.DeadLetters(t.Context())
		return err == nil && len(letters) == 1
	})
	if l := letters[0]; l.State != "dead" || l.EventID != s.connection+"-2" || l.Sequence != 2 || l.Reason == "" {
		t.Errorf("the letter is %+v", l)
	}
	if err := d.Redeliver(t.Context(), letters[0].ID); !errors.Is(err, ErrUndelivered) {
		t.Errorf("told again while down: %v", err)
	}
	cut.Store(true)
	if err := d.Redeliver(t.Context(), letters[0].ID); !errors.Is(err, ErrUndelivered) || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("told again while it hangs up: %v", err)
	}
	cut.Store(false)
	down.Store(false)
	if err := d.Redeliver(t.Context(), letters[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := app.until(t, 1)[0]; got.ID != letters[0].EventID {
		t.Errorf("told %s", got.ID)
	}
	if left, err := d.DeadLetters(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("%d letters are left, %v", len(left), err)
	}
	if err := d.Redeliver(t.Context(), "nothing"); !errors.Is(err, ErrUnknown) {
		t.Errorf("nothing was told again: %v", err)
	}
}

func TestALongBacklogIsToldInOrder(t *testing.T) {
	d := openNew(t, quick)
	down := atomic.Bool{}
	down.Store(true)
	app := listening(t, func(_ int, _ received, w http.ResponseWriter) {
		if down.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	const calls, events = 4, 150
	for n := range calls {
		s := talking(n)
		records := []call.Record{s.opens(app.URL)}
		for range events {
			records = append(records, s.event())
		}
		d.write(t, records...)
	}
	eventually(t, "it was tried", func() bool { return app.requests() > tripped })
	down.Store(false)
	kept := app.until(t, calls*events)
	for n := range calls {
		if got := order(kept, talking(n)); len(got) != events || !inOrder(got) {
			t.Errorf("call %d was told %v", n, got)
		}
	}
}

func TestClosingTellsWhatCanBeTold(t *testing.T) {
	d := openAt(t, t.TempDir(), quick)
	app := listening(t, nil)
	for n := range 30 {
		s := talking(n)
		d.write(t, s.opens(app.URL), s.event(), s.event(), s.hangsUp())
	}
	d.close(t)
	if n := len(app.until(t, 90)); n != 90 {
		t.Errorf("%d events came", n)
	}
	d.Release("late") // does not hang
}
