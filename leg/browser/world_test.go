package browser

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hraban/opus"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a server with everything it stands on: a registry whose journal
// forgets, bridges that echo, and an HTTP server.
type world struct {
	*Server
	registry *call.Registry
	journal  *forgetful
	web      *httptest.Server
}

func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	return newWorldWith(t, call.Timeouts{}, change...)
}

func newWorldWith(t testing.TB, timeouts call.Timeouts, change ...func(*Config)) *world {
	t.Helper()
	w := &world{journal: newForgetful()}
	w.registry = call.NewRegistry(call.Config{
		DialOut: func(string) bool { return false },
		Journal: w.journal, NewBridge: func(h call.Heard) call.Bridge { return newEcho(h) },
		Now: time.Now, Random: rand.Reader, Log: zap.NewNop(), Timeouts: timeouts,
		IncomingContext: func(id string, _ time.Time) string { return id },
	})
	cfg := Config{Calls: w.registry, Verify: believe}
	for _, c := range change {
		c(&cfg)
	}
	var err error
	if w.Server, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	w.registry.Reach(w.Server)
	w.web = httptest.NewServer(w.Handler())
	t.Cleanup(func() {
		_ = w.registry.Close(context.Background())
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		w.web.Close()
		w.journal.close()
	})
	return w
}

func (w *world) url() string { return "ws" + strings.TrimPrefix(w.web.URL, "http") }

var errBadToken = errors.New("bad token")

// believe takes a user's id for a token; "join 8:…" may only join.
func believe(_ context.Context, token string) (Session, error) {
	scopes := []string{scopeAll}
	if rest, ok := strings.CutPrefix(token, "join "); ok {
		token, scopes = rest, []string{scopeJoin}
	}
	if !strings.HasPrefix(token, "8:") {
		return Session{}, errBadToken
	}
	return Session{User: identity.ID(token), Scopes: scopes}, nil
}

// forgetful is a journal that is durable at once and keeps the keys only.
type forgetful struct {
	queue chan func(error)
	done  chan struct{}

	mu    sync.Mutex
	tones []string
}

func newForgetful() *forgetful {
	j := &forgetful{queue: make(chan func(error), 1000), done: make(chan struct{})}
	go func() {
		defer close(j.done)
		for f := range j.queue {
			f(nil)
		}
	}()
	return j
}

func (j *forgetful) Append(_ string, records []call.Record, done func(error)) {
	for _, r := range records {
		if r.Type == "botd.participant.dtmf" {
			j.press(r.Data)
		}
	}
	j.queue <- done
}

func (j *forgetful) press(data []byte) {
	var heard struct{ Tone string }
	_ = json.Unmarshal(data, &heard)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.tones = append(j.tones, heard.Tone)
}

// keys are those that participants pressed, in order.
func (w *world) keys() string {
	w.journal.mu.Lock()
	defer w.journal.mu.Unlock()
	return strings.Join(w.journal.tones, " ")
}

// pressed waits until those are the keys that arrived.
func (w *world) pressed(t testing.TB, keys string) {
	t.Helper()
	late := time.After(5 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for w.keys() != keys {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("the keys are %q", w.keys())
		}
	}
}

// ring has an application call a user.
func (w *world) ring(t testing.TB, user identity.ID) {
	t.Helper()
	_, err := w.registry.Create(t.Context(), call.Creation{Seat: call.Seat{As: "bot"}, To: []identity.ID{user}})
	fatal(t, err)
}

func (j *forgetful) close() {
	close(j.queue)
	<-j.done
}

// echo is a bridge in which everybody who is not muted hears themselves.
type echo struct {
	heard call.Heard
	mu    sync.Mutex
	loud  map[string]bool
	muted map[string]bool
	ports map[string]media.Port
	coder map[string]*opus.Encoder
	stop  chan struct{}
	done  chan struct{}
}

func newEcho(heard call.Heard) *echo {
	e := &echo{
		heard: heard, loud: map[string]bool{}, muted: map[string]bool{},
		ports: map[string]media.Port{}, coder: map[string]*opus.Encoder{},
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	go e.run()
	return e
}

func (e *echo) run() {
	defer close(e.done)
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			e.tick()
		case <-e.stop:
			return
		}
	}
}

func (e *echo) tick() {
	e.mu.Lock()
	defer e.mu.Unlock()
	f := media.NewFrame(media.Rate)
	b := make([]byte, 1500)
	for id, p := range e.ports {
		e.tell(id, p.Level() < 50)
		if p.Read(f) != nil || e.muted[id] {
			f.Silence()
		}
		n, _ := e.coder[id].Encode(f.Samples, b)
		p.Hear(media.Sound{Frame: f, Payload: b[:n]})
	}
}

// tell says so where somebody begins or stops to speak.
func (e *echo) tell(id string, loud bool) {
	if loud == e.loud[id] {
		return
	}
	e.loud[id] = loud
	if loud && e.muted[id] {
		e.heard.MutedSpeaking(id)
		return
	}
	var speaking []string
	for id, loud := range e.loud {
		if loud && !e.muted[id] {
			speaking = append(speaking, id)
		}
	}
	e.heard.Speaking(speaking)
}

func (e *echo) Join(id string, p media.Port) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ports[id] = p
	e.coder[id], _ = opus.NewEncoder(media.Rate, 1, opus.AppVoIP)
}

func (e *echo) Leave(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.ports, id)
}

func (e *echo) Mute(id string)   { e.mute(id, true) }
func (e *echo) Unmute(id string) { e.mute(id, false) }

func (e *echo) mute(id string, muted bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.muted[id], e.loud[id] = muted, false
}

func (e *echo) Hear(string, []string)                       {}
func (e *echo) Play(media.Source, ...string) media.Playback { return nil }

func (e *echo) Tap(media.TapOptions) (media.Tap, error) { return nil, errors.ErrUnsupported }

func (e *echo) Close() {
	close(e.stop)
	<-e.done
}
