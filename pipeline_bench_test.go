package botd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/botd-dev/botd/automation/rest"
	"github.com/botd-dev/botd/internal/cluster"
)

const (
	// together is how many calls are acted upon at once.
	together = 64
	// phase is how long each thing is measured.
	phase = 3 * time.Second
)

// pipeline is a server with calls, one application that controls them over REST
// and is told of them over webhooks, and what it waits for.
type pipeline struct {
	b           *testing.B
	server      *Server
	client      *http.Client
	key         []byte
	uri         string
	connections []string
	actions     atomic.Uint64
	waiting     sync.Map // by operationContext, of chan struct{}
}

func newPipeline(b *testing.B) *pipeline {
	b.Helper()
	p := &pipeline{b: b, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8 * together}}}
	hook := httptest.NewServer(http.HandlerFunc(p.told))
	b.Cleanup(hook.Close)
	p.server, p.uri = benchServer(b, patient()), hook.URL
	keys, err := decoded(p.server.keys)
	if err != nil {
		b.Fatal(err)
	}
	p.key = keys[0]
	b.Cleanup(p.client.CloseIdleConnections)
	for range together {
		p.connections = append(p.connections, p.call())
	}
	return p
}

// told takes a webhook and wakes whoever waits for it.
func (p *pipeline) told(_ http.ResponseWriter, r *http.Request) {
	var events []struct {
		Data struct {
			Context string `json:"operationContext"`
		} `json:"data"`
	}
	if err := json.NewDecoder(r.Body).Decode(&events); err != nil {
		p.b.Error(err)
		return
	}
	for _, e := range events {
		if done, ok := p.waiting.LoadAndDelete(e.Data.Context); ok {
			close(done.(chan struct{}))
		}
	}
}

// expect registers an operation context and says when its event has come.
func (p *pipeline) expect() (name string, come chan struct{}) {
	name, come = strconv.FormatUint(p.actions.Add(1), 10), make(chan struct{})
	p.waiting.Store(name, come)
	return name, come
}

// call makes a call to the patient bot that is connected.
func (p *pipeline) call() string {
	p.b.Helper()
	name, come := p.expect()
	body := fmt.Sprintf(`{"targets":[{"rawId":"patient"}],"callbackUri":%q,"operationContext":%q}`, p.uri, name)
	answer, err := p.ask(http.MethodPost, createPath, []byte(body), http.StatusCreated)
	if err != nil {
		p.b.Fatal(err)
	}
	<-come
	var made struct {
		ID string `json:"callConnectionId"`
	}
	if err := json.Unmarshal(answer, &made); err != nil {
		p.b.Fatal(err)
	}
	return made.ID
}

// act sends an action that one event follows, and waits for that.
func (p *pipeline) act(n int) error {
	name, come := p.expect()
	body := fmt.Sprintf(`{"invitationId":"nobody","operationContext":%q}`, name)
	path := pathOf(p.connections[n%together], "/participants:cancelAddParticipant")
	if _, err := p.ask(http.MethodPost, path, []byte(body), http.StatusAccepted); err != nil {
		return err
	}
	<-come
	return nil
}

func (p *pipeline) ask(method, path string, body []byte, want int) ([]byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, "http://"+p.server.HTTPAddr()+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	rest.Sign(req, body, p.key, time.Now())
	return send(p.client, req, want)
}

func send(client *http.Client, req *http.Request, want int) ([]byte, error) {
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it has been read
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != want {
		err = fmt.Errorf("%s: %d %s", req.URL.Path, res.StatusCode, answer)
	}
	return answer, err
}

// busy has each of several do something again and again for a phase, and
// returns how often it was done in a second.
func busy(b *testing.B, several int, do func(n int) error) float64 {
	b.Helper()
	var all sync.WaitGroup
	var count atomic.Int64
	began := time.Now()
	for n := range several {
		all.Go(func() {
			for time.Since(began) < phase {
				if err := do(n); err != nil {
					b.Error(err)
					return
				}
				count.Add(1)
			}
		})
	}
	all.Wait()
	return float64(count.Load()) / time.Since(began).Seconds()
}

// paced does something so many times a second, whether or not it keeps up, and
// returns how long it took each time, from when it was due, in order.
func paced(b *testing.B, rate float64, do func(n int) error) []time.Duration {
	b.Helper()
	count := int(rate * phase.Seconds())
	took := make([]time.Duration, count)
	var all sync.WaitGroup
	began := time.Now()
	for n := range count {
		due := began.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		time.Sleep(time.Until(due))
		all.Go(func() {
			if err := do(n); err != nil {
				b.Error(err)
			}
			took[n] = time.Since(due)
		})
	}
	all.Wait()
	slices.Sort(took)
	return took
}

// part is the time within which a part of all was done.
func part(took []time.Duration, of float64) float64 {
	return took[int(float64(len(took)-1)*of)].Seconds() * 1000
}

// BenchmarkEventPipeline prints how many events a second go from an action
// through the log to a webhook, held against what the store alone does in the
// same run, and how long one takes.
func BenchmarkEventPipeline(b *testing.B) {
	one, many := bareStore(b, 1), bareStore(b, 16)
	p := newPipeline(b)
	for b.Loop() {
		alone, spread := busy(b, together, one), busy(b, together, many)
		rate := busy(b, together, p.act)
		bare := paced(b, rate/2, many)
		half := paced(b, rate/2, p.act)
		idle := paced(b, 10, p.act)
		atLeast(b, "of-store", rate/alone, 0.25)
		b.ReportMetric(rate, "events/s")
		b.ReportMetric(alone, "store-events/s")
		b.ReportMetric(rate/alone, "of-store")
		b.ReportMetric(rate/spread, "of-16-streams")
		b.ReportMetric(part(half, 0.5), "half-p50-ms")
		b.ReportMetric(part(half, 0.99), "half-p99-ms")
		b.ReportMetric(part(bare, 0.99), "store-half-p99-ms")
		b.ReportMetric(part(idle, 0.5), "idle-p50-ms")
	}
}

// atLeast fails where what is held against another in the same run is too little.
func atLeast(b *testing.B, name string, got, want float64) {
	b.Helper()
	if got < want {
		b.Errorf("%s is %.2f, less than %.2f", name, got, want)
	}
}

// bareStore is the store alone, spread over streams: what it returns writes a
// message as long as an event and waits until it is durable.
func bareStore(b *testing.B, streams int) func(n int) error {
	b.Helper()
	c, err := cluster.Start(b.Context(), cluster.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			b.Error(err)
		}
	})
	js, err := jetstream.New(c.Conn())
	if err != nil {
		b.Fatal(err)
	}
	for n := range streams {
		name := fmt.Sprintf("bare%d", n)
		if _, err := js.CreateStream(b.Context(), jetstream.StreamConfig{Name: name, Subjects: []string{name + ".>"}}); err != nil {
			b.Fatal(err)
		}
	}
	event := bytes.Repeat([]byte("e"), 700)
	return func(n int) error {
		_, err := js.Publish(context.Background(), fmt.Sprintf("bare%d.%d", n%streams, n), event)
		return err
	}
}

// BenchmarkReadCall prints how many reads of a call a second there can be, held
// against a route that does nothing in the same run.
func BenchmarkReadCall(b *testing.B) {
	p := newPipeline(b)
	shown, err := p.ask(http.MethodGet, pathOf(p.connections[0], ""), nil, http.StatusOK)
	if err != nil {
		b.Fatal(err)
	}
	idle := echo.New()
	idle.GET("/*", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/json", shown) })
	nothing := httptest.NewServer(idle)
	b.Cleanup(nothing.Close)
	for b.Loop() {
		bare := p.reading(nothing.URL)
		rate := p.reading("http://" + p.server.HTTPAddr())
		atLeast(b, "of-bare", rate/bare, 0.3)
		b.ReportMetric(rate, "reads/s")
		b.ReportMetric(bare, "bare-reads/s")
		b.ReportMetric(rate/bare, "of-bare")
	}
}

// reading reads calls from a server as fast as it can, with requests that were
// signed before.
func (p *pipeline) reading(base string) float64 {
	requests := make([]*http.Request, together)
	for n := range requests {
		req, err := http.NewRequestWithContext(p.b.Context(), http.MethodGet, base+pathOf(p.connections[n], ""), http.NoBody)
		if err != nil {
			p.b.Fatal(err)
		}
		rest.Sign(req, nil, p.key, time.Now())
		requests[n] = req
	}
	return busy(p.b, together, func(n int) error {
		_, err := send(p.client, requests[n], http.StatusOK)
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	})
}
