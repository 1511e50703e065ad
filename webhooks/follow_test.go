package webhooks

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

// began is a resource event that is worth telling for a day.
func began(n int) call.Record {
	r := ringing("a", "b")
	r.ID, r.Type, r.Call = fmt.Sprint("began-", n), "Microsoft.Communication.CallStarted", fmt.Sprint("c", n)
	return r
}

func TestWhatIsOwedFollowsASubscriptionToItsNewEndpoint(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		d := w.openNew(t)
		var down failing
		down.status.Store(http.StatusBadGateway)
		old := w.application(t, "old", down.answer)
		moved := w.application(t, "new", nil)
		if err := d.Adopt(t.Context(), Subscription{Name: "s", Endpoint: "http://old/"}); err != nil {
			t.Fatal(err)
		}
		for n := range 20 {
			d.write(t, began(n))
		}
		pass(3 * time.Minute) // it rests for five
		before := old.requests()
		if err := d.Adopt(t.Context(), Subscription{Name: "s", Endpoint: "http://new/"}); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if n := len(moved.until(t, 20)); n != 20 {
			t.Errorf("%d events came to the new endpoint", n)
		}
		pass(time.Hour)
		if n := old.requests(); n != before {
			t.Errorf("the old endpoint was asked %d times more", n-before)
		}
		if n := moved.requests(); n != 20 {
			t.Errorf("the new endpoint was asked %d times", n)
		}
		if err := d.ask(t.Context(), func() {
			if n := len(d.endpoints) + len(d.queues); n != 0 {
				t.Errorf("%d endpoints and queues are left", n)
			}
		}); err != nil {
			t.Error(err)
		}
	})
}

// contractWaits is the schedule of subscriptions within a day (events.md section
// 11).
var contractWaits = []time.Duration{
	10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// TestASubscriptionIsToldOnTheScheduleOfTheContract has an endpoint that takes
// nothing.
func TestASubscriptionIsToldOnTheScheduleOfTheContract(t *testing.T) {
	for name, row := range map[string]struct {
		event   call.Record
		waits   []time.Duration
		letters int
	}{
		"for long":            {began(1), contractWaits[:4], 0},
		"as long as it rings": {ringing("a", "b"), contractWaits[:1], 1},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *wires) {
				d := w.openNew(t)
				var counts []string
				app := w.application(t, "app", func(_ int, r received, rw http.ResponseWriter) {
					counts = append(counts, r.header["Aeg-Delivery-Count"]...)
					rw.WriteHeader(http.StatusServiceUnavailable)
				})
				if err := d.Adopt(t.Context(), Subscription{Name: "s", Endpoint: "http://app/"}); err != nil {
					t.Fatal(err)
				}
				row.event.Time = time.Now()
				d.write(t, row.event)
				pass(8 * time.Minute)
				at := app.times()
				if len(at) != len(row.waits)+1 || len(counts) != len(at) {
					t.Fatalf("%d attempts, want %d; numbered %v", len(at), len(row.waits)+1, counts)
				}
				for n, count := range counts {
					if count != fmt.Sprint(n) {
						t.Errorf("attempt %d says that it is number %s", n+1, count)
					}
					if n > 0 && at[n].Sub(at[n-1]) != row.waits[n-1] {
						t.Errorf("attempt %d came %s after the one before it", n+1, at[n].Sub(at[n-1]))
					}
				}
				if letters, err := d.DeadLetters(t.Context()); err != nil || len(letters) != row.letters {
					t.Errorf("%v, %v", letters, err)
				}
			})
		})
	}
}

func TestASubscriptionIsGivenUpAfterADay(t *testing.T) {
	teller := still()
	q := lined(t, teller, resource)
	now := time.Now()
	record := began(1)
	record.Time = now
	teller.cfg.Now = func() time.Time { return now }
	var waits []time.Duration
	for {
		q.failures++
		if _, over := teller.hopeless(q, result{record: &record, failure: failure{status: http.StatusServiceUnavailable}}); over {
			break
		}
		waits = append(waits, resourceAfter(q.failures))
		now = now.Add(waits[len(waits)-1])
	}
	if !slices.Equal(waits, contractWaits) {
		t.Errorf("it waits %v", waits)
	}
	q.failures = resourceAttempts
	now = record.Time
	if _, over := teller.hopeless(q, result{record: &record}); !over {
		t.Errorf("attempt %d is not the last", q.failures)
	}
}

func TestNothingGoesToAnEndpointThatWasNotConfirmed(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		d := w.openNew(t, func(c *Config) { c.ConfirmURL = "http://botd/confirm/" })
		var down failing
		down.status.Store(http.StatusBadGateway)
		old := w.application(t, "old", down.answer)
		moved := w.application(t, "new", func(int, received, http.ResponseWriter) {})
		if err := d.Adopt(t.Context(), Subscription{Name: "s", Endpoint: "http://old/"}); err != nil {
			t.Fatal(err)
		}
		d.write(t, began(1))
		pass(time.Minute)
		s, err := d.Subscribe(t.Context(), Subscription{Name: "s", Endpoint: "http://new/"})
		if err != nil || s.State != StatePending {
			t.Fatal(s, err)
		}
		before, asked := old.requests(), moved.requests()
		pass(9 * time.Minute)
		if old.requests() != before || moved.requests() != asked {
			t.Errorf("told before it was confirmed: the old %d times, the new %d times", old.requests()-before, moved.requests()-asked)
		}
		for code := range d.subscribe.codes {
			if err := d.Confirm(t.Context(), code); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		if n := moved.requests() - asked; n != 1 {
			t.Errorf("told %d times after it was confirmed", n)
		}
	})
}

func TestWhatIsNotConfirmedInTimeIsADeadLetter(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		d := w.openNew(t, func(c *Config) { c.ConfirmURL = "http://botd/confirm/" })
		w.application(t, "new", nil)
		if err := d.Adopt(t.Context(), Subscription{Name: "s", Endpoint: "http://nobody/"}); err != nil {
			t.Fatal(err)
		}
		d.write(t, ringing("a", "b"))
		pass(time.Second)
		if _, err := d.Subscribe(t.Context(), Subscription{Name: "s", Endpoint: "http://new/"}); err != nil {
			t.Fatal(err)
		}
		pass(2 * time.Minute)
		letters, err := d.DeadLetters(t.Context())
		if err != nil || len(letters) != 1 || letters[0].State != letterDead {
			t.Errorf("%v, %v", letters, err)
		}
	})
}

func TestGoneIsRememberedAcrossARestart(t *testing.T) {
	for name, connection := range map[string]bool{"of an operation": true, "of a recording": false} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *wires) {
				dir := t.TempDir()
				gone := w.application(t, "gone", func(_ int, _ received, rw http.ResponseWriter) { rw.WriteHeader(http.StatusGone) })
				w.application(t, "app", nil)
				s := talking(1)
				result := func() call.Record {
					r := s.event()
					r.To = "http://gone/"
					if !connection {
						r.Connection, r.Sequence = "", 0
					}
					return r
				}
				d := w.open(t, dir)
				d.write(t, s.opens("http://app/"), result())
				pass(10 * time.Second)
				d.write(t, result())
				d.abandon(t) // which may be before this is looked at

				d = w.open(t, dir)
				defer d.abandon(t)
				if !connection { // that one is over now
					d.write(t, result(), result())
				}
				pass(10 * time.Minute)
				if n := gone.requests(); n != 1 {
					t.Errorf("%d requests", n)
				}
			})
		})
	}
}

func TestWhatACallIsGoneForIsForgottenAfterItsEnd(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		dir := t.TempDir()
		d := w.open(t, dir)
		gone := w.application(t, "gone", func(_ int, _ received, rw http.ResponseWriter) { rw.WriteHeader(http.StatusGone) })
		state := func(n int) call.Record {
			return call.Record{
				ID: fmt.Sprint("state-", n), Type: "Microsoft.Communication.RecordingStateChanged", Time: time.Now(),
				Call: "c", CallSequence: uint64(n), Subject: "c", To: "http://gone/", Data: []byte(`{}`),
			}
		}
		d.write(t, state(1))
		pass(time.Second)
		over := ringing("a", "b")
		over.ID, over.Type, over.CallSequence = "over", callEnded, 2
		d.write(t, over, state(3))
		pass(time.Second)
		d.abandon(t)
		d = w.open(t, dir)
		defer d.abandon(t)
		d.write(t, state(4))
		pass(10 * time.Minute)
		if n := gone.requests(); n != 1 {
			t.Errorf("%d requests", n)
		}
		if err := d.ask(t.Context(), func() {
			if n := len(d.queues); n != 0 {
				t.Errorf("%d queues are left", n)
			}
		}); err != nil {
			t.Error(err)
		}
	})
}
