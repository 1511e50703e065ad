package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/internal/cluster"
)

func TestMain(m *testing.M) {
	if os.Getenv(victimDir) != "" {
		victim()
		return
	}
	// A store that is restarted in the middle of a batch forgets to close the
	// files of the batch.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).flushStreamStateLoop"),
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server.(*msgBlock).flushLoop"),
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server/ats.Register.func1"))
}

// house is a log with the store it stands on.
type house struct {
	*Journal
	store *cluster.Cluster
}

func build(dir string, change func(*Config)) (*house, error) {
	c, err := cluster.Start(context.Background(), cluster.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	cfg := Config{Conn: c.Conn(), Reopen: c.Reopen, Dir: dir, Reserve: 1e-9}
	if change != nil {
		change(&cfg)
	}
	j, err := Open(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	return &house{j, c}, nil
}

func (h *house) close(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := h.Close(ctx); err != nil {
		tb.Error(err)
	}
	if err := h.store.Close(ctx); err != nil {
		tb.Error(err)
	}
}

func openAt(tb testing.TB, dir string, change func(*Config)) *house {
	tb.Helper()
	h, err := build(dir, change)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// openNew gives a log that is closed with the test.
func openNew(tb testing.TB, change func(*Config)) *house {
	tb.Helper()
	h := openAt(tb, tb.TempDir(), change)
	tb.Cleanup(func() { h.close(tb) })
	return h
}

// speaker makes the records of a call with one connection.
type speaker struct {
	call, connection string
	said             uint64
	begun            uint64 // records that came before the connection
}

func talking(n int) *speaker {
	return &speaker{call: fmt.Sprintf("call-%04d", n), connection: fmt.Sprintf("%032x", n)}
}

func (s *speaker) begins() call.Record {
	s.begun++
	return call.Record{
		ID: s.call + "-start", Type: "botd.call.started", Time: time.Unix(1, 0).UTC(),
		Call: s.call, CallSequence: s.begun, Data: json.RawMessage(`{"serverCallId":"` + s.call + `","correlationId":"together"}`),
	}
}

func (s *speaker) says(kind string) call.Record {
	s.said++
	return call.Record{
		ID: fmt.Sprintf("%s-%d", s.connection, s.said), Type: kind, Time: time.Unix(1, 0).UTC(),
		Call: s.call, CallSequence: s.begun + s.said, Connection: s.connection, Sequence: s.said,
		Data: json.RawMessage(`{"callConnectionId":"` + s.connection + `"}`),
	}
}

func (s *speaker) opens() call.Record {
	r := s.says(call.TypeOpened)
	r.Telling = &call.Telling{URI: "https://example.org/events?c=" + s.connection}
	return r
}

func (s *speaker) hangsUp() call.Record {
	r := s.says(call.CallDisconnected{}.Type())
	r.Closing = true
	return r
}

// write appends and waits until it is durable.
func (h *house) write(tb testing.TB, name string, records ...call.Record) {
	tb.Helper()
	done := make(chan error, 1)
	h.Append(name, records, func(err error) { done <- err })
	if err := <-done; err != nil {
		tb.Fatal(err)
	}
}

func sequences(records []call.Record) []uint64 {
	var s []uint64
	for _, r := range records {
		s = append(s, r.Sequence)
	}
	return s
}

func upTo(n uint64) []uint64 {
	var s []uint64
	for i := uint64(1); i <= n; i++ {
		s = append(s, i)
	}
	return s
}
