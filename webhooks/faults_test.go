package webhooks

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

// failing answers with a status while it says so.
type failing struct{ status atomic.Int32 }

func (f *failing) answer(_ int, _ received, rw http.ResponseWriter) {
	if status := f.status.Load(); status != 0 {
		rw.WriteHeader(int(status))
	}
}

// crowd writes the events of many connections, round by round, the last one
// closing.
func crowd(t *testing.T, d *desk, base, connections, events int, uri string) []*speaker {
	t.Helper()
	speakers := make([]*speaker, connections)
	var durable sync.WaitGroup
	for n := range speakers {
		s := talking(base + n)
		d.Release(s.connection)
		records := []call.Record{s.opens(uri)}
		for range events - 1 {
			records = append(records, s.event())
		}
		durable.Add(1)
		d.log.Append(s.call, append(records, s.hangsUp()), func(err error) {
			if err != nil {
				t.Error(err)
			}
			durable.Done()
		})
		speakers[n] = s
	}
	durable.Wait()
	return speakers
}

// toldInOrder checks that each was told all of its events, in order and once.
func toldInOrder(t *testing.T, kept []received, speakers []*speaker, events int) {
	t.Helper()
	for _, s := range speakers {
		if got := order(kept, s); len(got) != events || !inOrder(got) {
			t.Errorf("%s was told %v", s.connection, got)
		}
	}
}

func TestAnEndpointThatWasDownForAnHourIsToldAllOfItsBacklog(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		const connections, events = 1000, 10
		d := w.openNew(t)
		var down failing
		down.status.Store(http.StatusServiceUnavailable)
		sick, well := w.application(t, "sick", down.answer), w.application(t, "well", nil)
		heap := inUse()
		speakers := crowd(t, d, 0, connections, events, "http://sick/")
		other := talking(5000)
		d.Release(other.connection)
		d.write(t, other.opens("http://well/"), other.event())
		for range 60 {
			pass(time.Minute)
			d.write(t, other.event())
		}
		pass(time.Minute)
		grown := inUse() - heap
		probes(t, sick.times())
		for _, r := range well.until(t, 61) {
			if late := r.at.Sub(written(t, r)); late > 0 {
				t.Errorf("the other endpoint was told event %s %s late", r.Sequence, late)
			}
		}
		down.status.Store(0)
		back := time.Now()
		kept := sick.until(t, connections*events)
		toldInOrder(t, kept, speakers, events)
		took := kept[len(kept)-1].at.Sub(back)
		t.Logf("%d events were told %s after the endpoint came back; %d KiB more memory while it was down", len(kept), took, grown>>10)
		if grown > 50<<20 {
			t.Errorf("%d MiB more memory while the endpoint was down", grown>>20)
		}
		if took > 120*time.Second {
			t.Errorf("the backlog took %s", took)
		}
	})
}

func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// written is when an event was.
func written(t *testing.T, r received) time.Time {
	t.Helper()
	_, rest, _ := strings.Cut(r.body, `"time":"`)
	text, _, _ := strings.Cut(rest, `"`)
	at, err := time.Parse(stamp, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// probes checks how an endpoint is tried that is down for long: in the end
// every 30 s, a fifth more or less.
func probes(t *testing.T, tried []time.Time) {
	t.Helper()
	const shortest, longest = 24 * time.Second, 36 * time.Second
	seen := map[time.Duration]bool{}
	for n := 20; n < len(tried); n++ {
		gap := tried[n].Sub(tried[n-1])
		seen[gap.Round(time.Second)] = true
		if gap < shortest || gap > longest {
			t.Errorf("the %d-th probe came %s after the one before it", n, gap)
		}
	}
	if len(seen) < 5 {
		t.Errorf("%d requests, with no jitter: %v", len(tried), seen)
	}
}

func TestTheFirstSuccessReleasesAllWhoWait(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		const connections = 60
		d := w.openNew(t)
		var down failing
		app := w.application(t, "app", down.answer)
		var speakers []*speaker
		for flap := range 3 {
			down.status.Store(http.StatusBadGateway)
			speakers = append(speakers, crowd(t, d, flap*connections, connections, 2, "http://app/")...)
			pass(10 * time.Minute)
			down.status.Store(0)
			probe := len(app.times())
			pass(37 * time.Second)
			released := app.times()[probe]
			kept := app.until(t, 2*len(speakers))
			for _, r := range kept[2*connections*flap:] {
				if wait := r.at.Sub(released); wait > 0 {
					t.Fatalf("told %s after the first success", wait)
				}
			}
		}
		toldInOrder(t, app.until(t, 6*connections), speakers, 2)
	})
}

func TestWhatCannotBeToldForLongIsADeadLetter(t *testing.T) {
	if c := (Config{}).withDefaults(); c.Expiry != 72*time.Hour {
		t.Errorf("given up after %s", c.Expiry)
	}
	bubble(t, func(t *testing.T, w *wires) {
		d := w.openNew(t, func(c *Config) { c.Expiry = time.Hour })
		var down failing
		down.status.Store(http.StatusInternalServerError)
		app := w.application(t, "app", down.answer)
		s := talking(1)
		d.write(t, s.opens("http://app/"), s.event(), s.event())
		pass(59 * time.Minute)
		if letters, err := d.DeadLetters(t.Context()); err != nil || len(letters) != 0 {
			t.Fatalf("given up too early: %v, %v", letters, err)
		}
		pass(2*time.Minute + time.Second)
		letters, err := d.DeadLetters(t.Context())
		if err != nil || len(letters) != 2 {
			t.Fatalf("%v, %v", letters, err)
		}
		asked := app.requests()
		pass(time.Hour)
		if app.requests() != asked {
			t.Error("a dead letter is tried again by itself")
		}
		down.status.Store(0)
		for _, l := range letters {
			if err := d.Redeliver(t.Context(), l.ID); err != nil {
				t.Error(err)
			}
		}
		if got := order(app.until(t, 2), s); !inOrder(got) {
			t.Errorf("told %v", got)
		}
	})
}

func TestASlowEndpointIsToldTheNextEventAfterTheGraceAndCutInTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		d := w.openNew(t)
		slow := w.application(t, "slow", func(_ int, _ received, _ http.ResponseWriter) { time.Sleep(20 * time.Second) })
		well := w.application(t, "well", nil)
		crowd(t, d, 0, 1, 5, "http://slow/")
		start := time.Now()
		crowd(t, d, 100, 40, 5, "http://well/")
		for _, r := range well.until(t, 200) {
			if r.at != start {
				t.Fatalf("the other was told %s late", r.at.Sub(start))
			}
		}
		pass(30 * time.Second)
		for n, at := range slow.times() {
			if want := time.Duration(n) * time.Second; at.Sub(start) != want {
				t.Errorf("event %d came after %s, want %s", n, at.Sub(start), want)
			}
		}
		letters, err := d.DeadLetters(t.Context())
		if err != nil || len(letters) != 5 {
			t.Fatalf("%v, %v", letters, err)
		}
		for n, l := range letters {
			if want := start.Add(time.Duration(n)*time.Second + 15*time.Second); l.State != letterUnconfirmed || !l.Since.Equal(want) {
				t.Errorf("letter %d: %s at %s, want %s", n, l.State, l.Since, want)
			}
		}
		pass(time.Hour)
		if n := slow.requests(); n != 5 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestASlowEndpointThatMustAnswerIsToldTheSameAgain(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		d := w.openNew(t)
		slow := w.application(t, "slow", func(n int, _ received, rw http.ResponseWriter) {
			if n <= 3 {
				time.Sleep(20 * time.Second)
				rw.WriteHeader(http.StatusGatewayTimeout) // nobody hears it
			}
		})
		s := talking(1)
		first := s.opens("http://slow/")
		first.Telling.AckRequired = true
		d.Release(s.connection)
		d.write(t, first, s.event(), s.event())
		pass(5 * time.Minute)
		if got := order(slow.until(t, 2), s); !inOrder(got) || slow.requests() != 5 {
			t.Errorf("told %v in %d requests", got, slow.requests())
		}
		at := slow.times()
		if gap := at[1].Sub(at[0]); gap < 15*time.Second {
			t.Errorf("tried again after %s, before the first was cut", gap)
		}
	})
}

func TestRetryAfterIsObeyedToTheSecond(t *testing.T) {
	for _, row := range []struct {
		name string
		says func(now time.Time) string
		want time.Duration
	}{
		{"in seconds", func(time.Time) string { return "600" }, 600 * time.Second},
		{"as a date", func(now time.Time) string { return now.Add(90 * time.Second).UTC().Format(http.TimeFormat) }, 90 * time.Second},
		{"at most an hour", func(time.Time) string { return "86400" }, time.Hour},
	} {
		t.Run(row.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *wires) {
				d := w.openNew(t)
				app := w.application(t, "app", func(n int, _ received, rw http.ResponseWriter) {
					if n == 1 {
						rw.Header().Set("Retry-After", row.says(time.Now()))
						rw.WriteHeader(http.StatusTooManyRequests)
					}
				})
				crowd(t, d, 0, 5, 1, "http://app/")
				pass(row.want + 5*time.Minute)
				at := app.times()
				if len(at) < 6 {
					t.Fatalf("%d requests", len(at))
				}
				// Those that were under way with the first may have come with it.
				for _, later := range at[1:] {
					if gap := later.Sub(at[0]); gap > 0 && gap < row.want {
						t.Errorf("came back after %s", gap)
					}
				}
				if gap := at[len(at)-1].Sub(at[0]); gap > row.want+time.Second {
					t.Errorf("the last came after %s", gap)
				}
			})
		})
	}
}

func TestOfALongAnswerOnlyTheBeginningIsRead(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		d := w.openNew(t)
		var wrote atomic.Int64
		app := w.application(t, "app", func(_ int, _ received, rw http.ResponseWriter) {
			rw.WriteHeader(http.StatusOK)
			block := make([]byte, 1<<10)
			for range 50 << 10 {
				n, err := rw.Write(block)
				wrote.Add(int64(n))
				if err != nil {
					return
				}
			}
		})
		crowd(t, d, 0, 1, 1, "http://app/")
		app.until(t, 1)
		pass(time.Second)
		// The buffers of both sides are on top.
		if n := wrote.Load(); n > answerLimit+16<<10 {
			t.Errorf("%d bytes of the answer were taken", n)
		}
	})
}

func TestNobodyListeningAndABrokenNameAreFailuresWithAReason(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		d := w.openNew(t)
		crowd(t, d, 0, 1, 3, "http://nobody/")
		pass(10 * time.Minute)
		app := w.application(t, "nobody", nil)
		back := time.Now()
		kept := app.until(t, 3)
		if wait := kept[2].at.Sub(back); wait > 36*time.Second {
			t.Errorf("told %s after it was back", wait)
		}
		if got := order(kept, talking(0)); !inOrder(got) {
			t.Errorf("told %v", got)
		}
		w.leave("nobody:80")
	})
}

func TestAJumpOfTheWallClockTellsNothingEarlyOrLate(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			bubble(t, func(t *testing.T, w *wires) {
				var off atomic.Int64
				d := w.openNew(t, func(c *Config) {
					c.Now = func() time.Time { return time.Now().Add(time.Duration(off.Load())) }
				})
				var down failing
				down.status.Store(http.StatusBadGateway)
				app := w.application(t, "app", down.answer)
				speakers := crowd(t, d, 0, 10, 2, "http://app/")
				pass(5 * time.Minute)
				off.Store(int64(jump))
				pass(15 * time.Minute)
				probes(t, app.times())
				down.status.Store(0)
				toldInOrder(t, app.until(t, 20), speakers, 2)
			})
		})
	}
}
