package webhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
	"github.com/botd-dev/botd/internal/cluster"
)

func TestMain(m *testing.M) {
	if os.Getenv(victimDir) != "" {
		victim()
		return
	}
	goleak.VerifyTestMain(m)
}

// desk is a teller with all it stands on.
type desk struct {
	*Teller
	log   *journal.Journal
	store *cluster.Cluster
	http  *http.Transport
	cut   context.CancelFunc
	ran   chan error
}

// quick makes waiting short.
func quick(c *Config) {
	c.Schedule = Schedule{First: 20 * time.Millisecond, Longest: 200 * time.Millisecond}
	c.Grace, c.Limit, c.Release = 200*time.Millisecond, 2*time.Second, 20*time.Millisecond
}

func build(dir string, changes ...func(*Config)) (*desk, error) {
	ctx := context.Background()
	store, err := cluster.Start(ctx, cluster.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	log, err := journal.Open(ctx, journal.Config{Conn: store.Conn(), Reopen: store.Reopen})
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 10}
	cfg := Config{Journal: log, HTTP: &http.Client{Transport: transport}}
	for _, change := range changes {
		change(&cfg)
	}
	t, err := New(ctx, cfg)
	if err != nil {
		return nil, err
	}
	running, cut := context.WithCancel(ctx)
	d := &desk{t, log, store, transport, cut, make(chan error, 1)}
	go func() { d.ran <- t.Run(running) }()
	return d, nil
}

func openAt(tb testing.TB, dir string, changes ...func(*Config)) *desk {
	tb.Helper()
	d, err := build(dir, changes...)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func openNew(tb testing.TB, changes ...func(*Config)) *desk {
	tb.Helper()
	d := openAt(tb, tb.TempDir(), changes...)
	tb.Cleanup(func() { d.abandon(tb) })
	return d
}

// abandon ends without draining.
func (d *desk) abandon(tb testing.TB) {
	tb.Helper()
	d.cut()
	d.gone(tb)
}

// close drains.
func (d *desk) close(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := d.Close(ctx); err != nil {
		tb.Error(err)
	}
	d.gone(tb)
}

func (d *desk) gone(tb testing.TB) {
	tb.Helper()
	if err := <-d.ran; err != nil {
		tb.Error(err)
	}
	d.cut()
	d.http.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := d.log.Close(ctx); err != nil {
		tb.Error(err)
	}
	if err := d.store.Close(ctx); err != nil {
		tb.Error(err)
	}
}

// write appends and waits until it is durable.
func (d *desk) write(tb testing.TB, records ...call.Record) {
	tb.Helper()
	done := make(chan error, 1)
	d.log.Append(records[0].Call, records, func(err error) { done <- err })
	if err := <-done; err != nil {
		tb.Fatal(err)
	}
}

// speaker makes the records of a call with one connection.
type speaker struct {
	call, connection string
	said             uint64
}

func talking(n int) *speaker {
	return &speaker{call: fmt.Sprintf("call-%04d", n), connection: fmt.Sprintf("%032x", n)}
}

func (s *speaker) says(kind string) call.Record {
	s.said++
	return call.Record{
		ID: fmt.Sprintf("%s-%d", s.connection, s.said), Type: kind, Time: time.Now().UTC(),
		Call: s.call, CallSequence: s.said, Connection: s.connection, Sequence: s.said,
		Data: json.RawMessage(`{"callConnectionId":"` + s.connection + `"}`),
	}
}

func (s *speaker) opens(uri string) call.Record {
	r := s.says(call.TypeOpened)
	r.Telling = &call.Telling{URI: uri}
	return r
}

// event is one of the contract.
func (s *speaker) event() call.Record { return s.says("Microsoft.Communication.PlayCompleted") }

func (s *speaker) hangsUp() call.Record {
	r := s.says("Microsoft.Communication.CallDisconnected")
	r.Closing = true
	return r
}

// received is an event as an application gets it.
type received struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Source   string `json:"source"`
	Sequence string `json:"sequence"`

	path   string
	header http.Header
	body   string
	at     time.Time // virtual, in a bubble
}

// application is who is told. answer decides what it says to the n-th request;
// it has kept the event if it says 2xx.
type application struct {
	*httptest.Server
	mu     sync.Mutex
	asked  int
	at     []time.Time // each request
	kept   []received
	news   chan struct{}
	closed chan struct{}
	answer func(n int, r received, w http.ResponseWriter)
}

func listening(tb testing.TB, answer func(n int, r received, w http.ResponseWriter)) *application {
	tb.Helper()
	a := &application{news: make(chan struct{}, 1), closed: make(chan struct{}), answer: answer}
	a.Server = httptest.NewServer(a)
	tb.Cleanup(func() { close(a.closed); a.Close() })
	return a
}

// ServeHTTP takes events.
func (a *application) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	var events []received
	if json.Unmarshal(body, &events) != nil || len(events) != 1 {
		http.Error(w, "not one event", http.StatusBadRequest)
		return
	}
	r := events[0]
	r.path, r.header, r.body = req.RequestURI, req.Header, string(body)
	r.at = time.Now()
	a.mu.Lock()
	a.asked++
	a.at = append(a.at, time.Now())
	n := a.asked
	a.mu.Unlock()
	keep := &status{ResponseWriter: w, code: http.StatusOK}
	if a.answer != nil {
		a.answer(n, r, keep)
	}
	if keep.code/100 == 2 {
		a.keep(r)
	}
}

func (a *application) keep(r received) {
	a.mu.Lock()
	a.kept = append(a.kept, r)
	a.mu.Unlock()
	select {
	case a.news <- struct{}{}:
	default:
	}
}

type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// until waits for n events that were kept.
func (a *application) until(tb testing.TB, n int) []received {
	tb.Helper()
	late := time.After(2 * time.Minute)
	for {
		a.mu.Lock()
		kept := slices.Clone(a.kept)
		a.mu.Unlock()
		if len(kept) >= n {
			return kept
		}
		select {
		case <-a.news:
		case <-late:
			tb.Fatalf("%d of %d events came", len(kept), n)
		}
	}
}

func (a *application) requests() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked
}

// times are those of the requests.
func (a *application) times() []time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.at)
}

// order lists the sequences that came of a connection.
func order(kept []received, s *speaker) []string {
	var got []string
	for _, r := range kept {
		if strings.HasSuffix(r.Source, s.connection) {
			got = append(got, r.Sequence)
		}
	}
	return got
}

// eventually waits for something that nobody announces.
func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			tb.Fatal("never: " + what)
		}
	}
}
