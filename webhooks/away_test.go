package webhooks

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

// watching notes what is said of applications that stay away.
type watching struct {
	mu    sync.Mutex
	start time.Time
	said  []string
}

// after makes a teller say so, after a time.
func (a *watching) after(d time.Duration) func(*Config) {
	a.start = time.Now()
	return func(c *Config) {
		c.AwayAfter = d
		c.Away = func(connectionID string, away bool) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.said = append(a.said, fmt.Sprintf("%s of %.2s: %v", time.Since(a.start), connectionID[30:], away))
		}
	}
}

// saying checks what has been said.
func (a *watching) saying(t *testing.T, want ...string) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Equal(a.said, want) {
		t.Errorf("said %q, want %q", a.said, want)
	}
}

func TestAnApplicationThatStaysAwayIsNoticedAndWhenItIsBack(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		var seen watching
		d := w.openNew(t, seen.after(5*time.Second))
		var down failing
		app := w.application(t, "app", down.answer)
		s := talking(1)
		d.Release(s.connection)
		d.write(t, s.opens("http://app/"), s.event())
		pass(time.Minute)
		seen.saying(t) // nothing is owed

		down.status.Store(http.StatusBadGateway)
		d.write(t, s.event())
		pass(4 * time.Second)
		d.write(t, s.event())
		seen.saying(t)
		pass(2 * time.Second)
		seen.saying(t, "1m5s of 01: true")
		pass(time.Minute)
		seen.saying(t, "1m5s of 01: true")

		down.status.Store(0)
		app.until(t, 3)
		pass(0)
		at := app.times()[app.requests()-1].Sub(seen.start)
		seen.saying(t, "1m5s of 01: true", fmt.Sprintf("%s of 01: false", at))
		pass(10 * time.Minute)
		d.write(t, s.hangsUp())
		pass(time.Minute)
		seen.saying(t, "1m5s of 01: true", fmt.Sprintf("%s of 01: false", at))
	})
}

func TestAnApplicationIsAwayUntilNothingOwedIsTooOld(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		var seen watching
		d := w.openNew(t, seen.after(5*time.Second))
		app := w.application(t, "app", func(int, received, http.ResponseWriter) { time.Sleep(900 * time.Millisecond) })
		s := talking(1)
		d.Release(s.connection)
		records := []call.Record{s.opens("http://app/")}
		for range 40 { // more than a queue lists
			records = append(records, s.event())
		}
		d.write(t, records...)
		pass(5 * time.Second)
		seen.saying(t, "5s of 01: true")
		pass(30 * time.Second)
		seen.saying(t, "5s of 01: true")
		pass(10 * time.Second)
		// With the 40th event, which has waited for the others, all are told.
		seen.saying(t, "5s of 01: true", "36s of 01: false")
		if got := order(app.until(t, 40), s); !inOrder(got) {
			t.Errorf("told %v", got)
		}
	})
}

func TestAConnectionThatIsOverWaitsForNobody(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		var seen watching
		d := w.openNew(t, seen.after(5*time.Second))
		s, late := talking(1), talking(2)
		d.Release(s.connection)
		d.write(t, s.opens("http://nobody/"), s.event())
		pass(10 * time.Second)
		seen.saying(t, "5s of 01: true")
		d.write(t, s.hangsUp())
		d.write(t, late.opens("http://nobody/"), late.event(), late.hangsUp())
		pass(10 * time.Minute)
		seen.saying(t, "5s of 01: true", "10s of 01: false")
	})
}

func TestOnlyAConnectionsOwnCallbackCanBeAway(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		var seen watching
		d := w.openNew(t, seen.after(5*time.Second))
		w.application(t, "app", nil)
		s := talking(1)
		d.Release(s.connection)
		result := func() call.Record {
			r := s.event()
			r.To = "http://nobody/"
			return r
		}
		d.write(t, s.opens("http://app/"), result(), s.event())
		pass(10 * time.Minute)
		seen.saying(t)
	})
}

func TestSilenceIsNotAbsence(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		var seen watching
		d := w.openNew(t, seen.after(5*time.Second))
		w.application(t, "app", func(int, received, http.ResponseWriter) { time.Sleep(time.Minute) })
		crowd(t, d, 1, 1, 3, "http://app/")
		pass(10 * time.Minute)
		seen.saying(t)
	})
}

func TestWhatFailsLateIsOwedFromThenOn(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		var seen watching
		d := w.openNew(t, seen.after(5*time.Second))
		w.application(t, "app", func(n int, _ received, rw http.ResponseWriter) {
			if n == 1 {
				time.Sleep(10 * time.Second)
			}
			rw.WriteHeader(http.StatusBadGateway)
		})
		s := talking(1)
		d.Release(s.connection)
		d.write(t, s.opens("http://app/"), s.event())
		pass(14 * time.Second)
		seen.saying(t)
		pass(time.Second)
		seen.saying(t, "15s of 01: true")
	})
}

func TestManyThatAreAwayAreNoticedWithoutATimerEach(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		const many = 500
		var seen watching
		d := w.openNew(t, seen.after(5*time.Second))
		for n := range many {
			s := talking(n)
			d.Release(s.connection)
			d.write(t, s.opens("http://nobody/"), s.event())
		}
		pass(time.Second)
		if err := d.ask(t.Context(), func() {
			if n := len(d.clock.due); n > 10+many { // one each forgets that it was released
				t.Errorf("%d timers", n)
			}
		}); err != nil {
			t.Fatal(err)
		}
		pass(5 * time.Second)
		seen.mu.Lock()
		defer seen.mu.Unlock()
		if len(seen.said) != many {
			t.Errorf("%d are away", len(seen.said))
		}
	})
}
