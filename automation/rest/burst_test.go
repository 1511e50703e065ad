package rest

import (
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
)

// burst is what came of many requests.
type burst struct {
	mu       sync.Mutex
	accepted []string        // connections
	setUp    []time.Duration // from the request to the answer, of those
	refused  int
	odd      []string
}

// add sends one request and counts what comes of it.
func (b *burst) add(s *counter, headers ...string) {
	begun := time.Now()
	w, _ := s.create(headers...)
	took := time.Since(begun)
	b.mu.Lock()
	defer b.mu.Unlock()
	wait, err := strconv.Atoi(w.Header().Get("Retry-After"))
	switch {
	case w.Code == 201:
		var made automation.Properties
		if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil {
			b.odd = append(b.odd, err.Error())
		}
		b.accepted, b.setUp = append(b.accepted, made.CallConnectionID), append(b.setUp, took)
	case (w.Code == 429 || w.Code == 503) && err == nil && wait >= 1:
		b.refused++
	default:
		b.odd = append(b.odd, w.Body.String())
	}
}

// Ten times as many calls as there may be, for ten seconds, from eight at once
// and half of them repeatable.
func TestABurstOfCallsTakesNothingFromThoseThatWereLetIn(t *testing.T) {
	const rate, seconds, times = 20, 10, 10
	atCounter(t, LimitsConfig{}, call.Capacity{New: rate, Per: time.Second}, func(s *counter) {
		b, all := &burst{}, &sync.WaitGroup{}
		for i := range 8 {
			all.Go(func() {
				for n := range rate * times * seconds / 8 {
					time.Sleep(8 * time.Second / (rate * times))
					if (i+n)%2 == 0 {
						b.add(s, repeated()...)
						continue
					}
					b.add(s)
				}
			})
		}
		all.Wait()
		synctest.Wait()
		if n := len(b.accepted); n < rate*seconds || n > rate*(seconds+1) {
			t.Errorf("%d calls in %d s at %d a second", n, seconds, rate)
		}
		if len(b.odd) > 0 || b.refused+len(b.accepted) != rate*times*seconds {
			t.Errorf("%d let in, %d refused, and %q", len(b.accepted), b.refused, b.odd)
		}
		slices.Sort(b.setUp)
		t.Logf("%d let in, %d refused; set up in at most %s", len(b.accepted), b.refused, b.setUp[len(b.setUp)-1])
		s.allConnected(b.accepted)
		time.Sleep(time.Second)
		if w, _ := s.create(); w.Code != 201 {
			t.Errorf("a second after the burst: %d %s", w.Code, w.Body)
		}
	})
}

// allConnected wants every connection to be there, and connected.
func (s *counter) allConnected(ids []string) {
	s.Helper()
	for _, id := range ids {
		cn, err := s.calls.Connection(id)
		if err != nil || cn.View().State != call.Connected {
			s.Errorf("%s: %v", id, err)
		}
	}
	if n := s.calls.Counts().Calls; n != len(ids) {
		s.Errorf("%d calls, want %d", n, len(ids))
	}
}
