package botd

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/automation/rest"
	"github.com/botd-dev/botd/bot"
)

// told is a webhook that keeps what it is told.
type told struct {
	*httptest.Server
	requests chan posted
}

type posted struct {
	header   http.Header
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Sequence uint64          `json:"sequence,string"`
	Data     json.RawMessage `json:"data"`
}

func listenTo(t *testing.T) *told {
	w := &told{requests: make(chan posted, 100)}
	w.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var events []posted
		if err := json.NewDecoder(r.Body).Decode(&events); err != nil || len(events) != 1 {
			t.Errorf("a webhook with %d events, %v", len(events), err)
			return
		}
		events[0].header = r.Header.Clone()
		w.requests <- events[0]
	}))
	t.Cleanup(w.Close)
	return w
}

// next waits for an event of a type and returns it.
func (w *told) next(t *testing.T, name string) posted {
	t.Helper()
	for {
		select {
		case p := <-w.requests:
			if strings.HasSuffix(p.Type, "."+name) {
				return p
			}
		case <-t.Context().Done():
			t.Fatalf("no %s", name)
		}
	}
}

// start starts a server for a test, with the patient bot.
func start(t *testing.T, change func(*Config)) *Server {
	t.Helper()
	cfg := Default()
	cfg.DataDir, cfg.Dev = t.TempDir(), true
	cfg.HTTPAddr, cfg.HTTPSAddr, cfg.AdminAddr, cfg.MediaUDPPort = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", 0
	cfg.DrainTimeout = time.Second
	change(&cfg)
	s, err := Start(t.Context(), cfg, patient())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// patient is a bot that stays until its call ends.
func patient() Option {
	return Bot("patient", func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	})
}

// ask sends a signed request and returns the status and the body.
func ask(t *testing.T, s *Server, method, path, body string, header http.Header) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.HTTPAddr()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	req.Header.Set("Content-Type", "application/json")
	key, err := base64.StdEncoding.DecodeString(s.keys[0])
	if err != nil {
		t.Fatal(err)
	}
	rest.Sign(req, []byte(body), key, time.Now())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, bytes.TrimSpace(answer)
}

const createPath = "/calling/callConnections?api-version=2026-03-12"

func callPatient(t *testing.T, s *Server, w *told, header http.Header) (int, []byte) {
	t.Helper()
	return ask(t, s, http.MethodPost, createPath, `{"targets":[{"rawId":"patient"}],"callbackUri":"`+w.URL+`"}`, header)
}

func TestATraceGoesFromARequestToTheWebhook(t *testing.T) {
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	s, w := start(t, func(*Config) {}), listenTo(t)
	header := http.Header{"Traceparent": {"00-" + trace + "-00f067aa0ba902b7-01"}}
	if status, body := callPatient(t, s, w, header); status != http.StatusCreated {
		t.Fatalf("%d: %s", status, body)
	}
	e := w.next(t, "CallConnected")
	if got := e.header.Get("Traceparent"); !strings.Contains(got, trace) {
		t.Errorf("the webhook has traceparent %q", got)
	}
	if !strings.HasPrefix(e.header.Get("Authorization"), "Bearer ") {
		t.Error("the webhook has no token")
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestADrainingServerTakesNoCallsAndEndsTheOthersInTime(t *testing.T) {
	s, w := start(t, func(c *Config) { c.DrainTimeout = 4 * time.Second }), listenTo(t)
	if status, body := callPatient(t, s, w, nil); status != http.StatusCreated {
		t.Fatalf("%d: %s", status, body)
	}
	w.next(t, "CallConnected")
	if status, _ := ask(t, s, http.MethodGet, "/readyz", "", nil); status != http.StatusOK {
		t.Errorf("ready is %d", status)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- s.Stop(context.WithoutCancel(t.Context())) }()
	for !s.draining() {
		runtime.Gosched()
	}
	if status, _ := ask(t, s, http.MethodGet, "/readyz", "", nil); status != http.StatusServiceUnavailable {
		t.Errorf("ready while draining is %d", status)
	}
	if status, body := callPatient(t, s, w, nil); status != http.StatusServiceUnavailable {
		t.Errorf("a new call while draining: %d %s", status, body)
	}
	var end struct {
		Result struct{ Code int } `json:"resultInformation"`
	}
	if err := json.Unmarshal(w.next(t, "CallDisconnected").Data, &end); err != nil || end.Result.Code != 503 {
		t.Errorf("the call ended with %d, %v", end.Result.Code, err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestASecondServerOnTheSameDataIsRefused(t *testing.T) {
	s := start(t, func(*Config) {})
	cfg := s.cfg
	if _, err := Start(t.Context(), cfg); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDevelopmentTokensAreForDevelopment(t *testing.T) {
	for _, dev := range []bool{true, false} {
		s := start(t, func(c *Config) { c.Dev = dev })
		want := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[dev]
		if status, body := ask(t, s, http.MethodPost, "/dev/token", `{"displayName":"Ada"}`, nil); status != want {
			t.Errorf("dev %v: %d %s", dev, status, body)
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
