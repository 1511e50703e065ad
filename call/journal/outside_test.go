package journal

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/internal/cluster"
)

// outside is a NATS server that somebody else runs, on loopback.
type outside struct {
	tb   testing.TB
	dir  string
	port int
	now  *server.Server
}

func runOutside(tb testing.TB) *outside {
	o := &outside{tb: tb, dir: tb.TempDir(), port: server.RANDOM_PORT}
	o.start()
	tb.Cleanup(func() { o.stop() })
	return o
}

// start opens it, on the same port and files as the last time.
func (o *outside) start() {
	o.tb.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: o.port, JetStream: true, StoreDir: o.dir, SyncAlways: true, NoSigs: true})
	if err != nil {
		o.tb.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		o.tb.Fatal("the store is not ready")
	}
	o.now, o.port = s, s.Addr().(*net.TCPAddr).Port
}

func (o *outside) stop() {
	o.now.Shutdown()
	o.now.WaitForShutdown()
}

// openOutside opens a log on it, which is closed with the test.
func openOutside(tb testing.TB, o *outside) *Journal {
	tb.Helper()
	c, err := cluster.Start(tb.Context(), cluster.Config{URL: o.now.ClientURL()})
	if err != nil {
		tb.Fatal(err)
	}
	j, err := Open(tb.Context(), Config{Conn: c.Conn()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		h := house{j, c}
		h.close(tb)
	})
	return j
}

func TestAStoreOutsideThatGoesAndComesBackHasEverythingInOrder(t *testing.T) {
	store := runOutside(t)
	j := openOutside(t, store)
	s := talking(1)
	var answers []chan error
	say := func(r call.Record) {
		done := make(chan error, 1)
		answers = append(answers, done)
		j.Append(s.call, []call.Record{r}, func(err error) { done <- err })
	}
	wait := func() {
		for _, done := range answers {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		answers = nil
	}
	say(s.opens())
	wait()
	for range 3 {
		for range 20 { // some of them on their way
			say(s.says("botd.test"))
		}
		store.stop()
		if err := j.Probe(t.Context()); err == nil {
			t.Error("a store that is gone can be written")
		}
		for range 20 {
			say(s.says("botd.test"))
		}
		for !j.Stalled() {
			pause(t.Context(), 10*time.Millisecond)
		}
		store.start()
		wait()
		if j.Stalled() {
			t.Error("everything is written and the log is stalled")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		for j.Probe(ctx) != nil && ctx.Err() == nil {
			pause(ctx, 10*time.Millisecond)
		}
		if ctx.Err() != nil {
			t.Error("a store that is back cannot be written")
		}
		cancel()
	}
	say(s.hangsUp())
	wait()
	got, err := j.Read(t.Context(), s.connection, 0, 1000)
	if err != nil || !slices.Equal(sequences(got), upTo(122)) {
		t.Errorf("read %v, %v", sequences(got), err)
	}
}

func TestAProcessThatDiesLeavesItsCallsToTheNextOneAlsoOutside(t *testing.T) {
	store := runOutside(t)
	s := talking(1)
	first, err := cluster.Start(t.Context(), cluster.Config{URL: store.now.ClientURL()})
	if err != nil {
		t.Fatal(err)
	}
	j, err := Open(t.Context(), Config{Conn: first.Conn()})
	if err != nil {
		t.Fatal(err)
	}
	h := house{j, first}
	h.write(t, s.call, s.begins(), s.opens(), s.says(call.CallConnected{}.Type()))
	h.close(t)
	got, err := openOutside(t, store).ReadCall(t.Context(), s.call, 0, 10)
	if err != nil || len(got) != 5 {
		t.Fatalf("read %d, %v", len(got), err)
	}
	checkEndedOnce(t, got)
}
