package botd

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// extension is a leg without media.
type extension struct{ p *call.Participant }

func (e *extension) Kind() string               { return "bench" }
func (e *extension) Attach(p *call.Participant) { e.p = p }
func (e *extension) Accept()                    { go e.p.Connected() }
func (e *extension) Port() media.Port           { return nil }
func (e *extension) Show(call.Roster)           {}
func (e *extension) Mute()                      {}
func (e *extension) Unmute()                    {}
func (e *extension) Hangup(call.Reason)         {}

// reception answers every call for an application whose events go to uri.
type reception struct {
	uri       string
	mu        sync.Mutex
	connected sync.WaitGroup
	failed    error
}

func (r *reception) Ring(inv *call.Invitation) bool {
	go func() {
		defer r.connected.Done()
		_, err := inv.Answer(context.Background(), call.Seat{Telling: call.Telling{URI: r.uri}})
		r.mu.Lock()
		defer r.mu.Unlock()
		if err != nil {
			r.failed = err
		}
	}()
	return true
}

// benchServer is a server as an operator runs it, on ports of its own.
func benchServer(b *testing.B, options ...Option) *Server {
	b.Helper()
	cfg := Default()
	cfg.DataDir, cfg.Dev = b.TempDir(), true
	cfg.HTTPAddr, cfg.HTTPSAddr, cfg.AdminAddr, cfg.MediaUDPPort = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", 0
	cfg.DrainTimeout = time.Millisecond
	s, err := Start(b.Context(), cfg, options...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		// Ten thousand calls take longer to end, and to be told of, than a server
		// has to stop.
		if err := s.calls.Close(context.Background()); err != nil {
			b.Error(err)
		}
		settle(b, s)
		if err := s.Stop(context.Background()); err != nil {
			b.Error(err)
		}
	})
	return s
}

// cooling is how long nothing has happened on a connection that is idle: the
// store keeps what was written last in memory for ten seconds.
const cooling = 15 * time.Second

// BenchmarkIdleConnections prints what a connected call without media costs in
// the whole server, its events told: heap and stacks, for each of 10,000.
func BenchmarkIdleConnections(b *testing.B) {
	const many = 10_000
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	b.Cleanup(hook.Close) // after the servers have told it everything
	for b.Loop() {
		s := benchServer(b)
		desk := &reception{uri: hook.URL}
		s.calls.Reach(desk)
		idle(b, s, desk, 100) // what is made once, is made
		before := inUse()
		idle(b, s, desk, many)
		<-time.After(cooling)
		b.ReportMetric(float64(inUse()-before)/many, "B/connection")
	}
}

// idle makes calls and waits until they are connected and their events told.
func idle(b *testing.B, s *Server, desk *reception, n int) {
	b.Helper()
	desk.connected.Add(n)
	var g errgroup.Group
	g.SetLimit(256) // one sync of the disk covers many
	for i := range n {
		from := identity.ID(fmt.Sprintf("8:acs:r_%d", i))
		g.Go(func() error {
			_, err := s.calls.Offer(b.Context(), call.Offer{Leg: &extension{}, From: from, To: []identity.ID{"desk"}})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
	desk.connected.Wait()
	if desk.failed != nil {
		b.Fatal(desk.failed)
	}
	settle(b, s)
}

// settle waits until nothing is owed to anybody.
func settle(b *testing.B, s *Server) {
	b.Helper()
	for owed := -1; owed != 0; runtime.Gosched() {
		var err error
		if owed, err = s.webhooks.Owed(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// inUse is what heap and stacks take after a collection.
func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
