package webhooks

import (
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/botd-dev/botd/call"
)

func TestAConnectionThatOwesNothingCostsNothing(t *testing.T) {
	d := openAt(t, t.TempDir(), quick)
	app := listening(t, nil)
	const many = 1000
	goroutines := 0
	for n := range many {
		s := talking(n)
		d.write(t, s.opens(app.URL+"/"+s.connection), s.event())
		if n == 10 {
			goroutines = runtime.NumGoroutine()
		}
	}
	app.until(t, many)
	eventually(t, "all is forgotten", func() bool {
		left := -1
		_ = d.ask(t.Context(), func() {
			left = len(d.queues) + len(d.owners) + len(d.endpoints) + len(d.held) + len(d.dirty) + d.bodies
		})
		return left == 0
	})
	if now := runtime.NumGoroutine(); now > goroutines+50 {
		t.Errorf("%d goroutines for %d idle connections, %d for ten", now, many, goroutines)
	}
	d.abandon(t)
	if kept := d.ledger.cursors; len(kept) > many/10 {
		t.Errorf("the ledger keeps %d cursors", len(kept))
	}
}

// BenchmarkEventDurableAndTold measures the way of an event from Append to the
// answer of the application, for one connection after another and for many at
// once.
func BenchmarkEventDurableAndTold(b *testing.B) {
	b.Run("one at a time", func(b *testing.B) { tell(b, 1) })
	b.Run("100 connections", func(b *testing.B) { tell(b, 100) })
}

func tell(b *testing.B, connections int) {
	d := openNew(b)
	var kept atomic.Int64
	news := make(chan struct{}, 1<<20)
	app := listening(b, nil)
	app.Config.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		kept.Add(1)
		news <- struct{}{}
	})
	speakers := make([]*speaker, connections)
	for n := range speakers {
		speakers[n] = talking(n)
		d.Release(speakers[n].connection)
		d.write(b, speakers[n].opens(app.URL))
	}
	b.ResetTimer()
	for range b.N {
		var durable sync.WaitGroup
		for _, s := range speakers {
			durable.Add(1)
			d.log.Append(s.call, []call.Record{s.event()}, func(error) { durable.Done() })
		}
		for range speakers {
			<-news
		}
		durable.Wait()
	}
	b.ReportMetric(float64(b.N*connections)/b.Elapsed().Seconds(), "events/s")
	b.StopTimer()
	if want := int64(b.N * connections); kept.Load() != want {
		b.Errorf("%d requests for %d events", kept.Load(), want)
	}
}
