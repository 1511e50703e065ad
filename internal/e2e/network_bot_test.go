package e2e

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/media"
)

// actor is a bot that keeps what it hears, and says something when told to.
type actor struct {
	name  string
	came  chan struct{} // closed when it is in the call
	lines chan []int16  // what it is to say
	over  chan struct{} // told when it has said it

	mu    sync.Mutex
	heard []int16
}

func newActor(name string) *actor {
	return &actor{name: name, came: make(chan struct{}), lines: make(chan []int16), over: make(chan struct{}, 1)}
}

func (a *actor) option() botd.Option { return botd.Bot(a.name, a.serve) }

func (a *actor) serve(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	close(a.came)
	ctx, cancel := context.WithCancel(ctx)
	var saying sync.WaitGroup
	defer saying.Wait()
	defer cancel()
	saying.Go(func() { a.say(ctx, c.Microphone()) })
	for f := media.NewFrame(media.Rate); ; {
		if err := c.Speaker().Read(f); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		a.mu.Lock()
		a.heard = append(a.heard, f.Samples...)
		a.mu.Unlock()
	}
}

// say says what it is told to. Writing waits until there is room.
func (a *actor) say(ctx context.Context, mic media.Sink) {
	for {
		select {
		case line := <-a.lines:
			for samples := range slices.Chunk(line, media.FrameSize) {
				if mic.Write(&media.Frame{Samples: samples, Rate: media.Rate}) != nil {
					return
				}
			}
			a.over <- struct{}{}
		case <-ctx.Done():
			return
		}
	}
}

// soFar is how much it has heard, in samples.
func (a *actor) soFar() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.heard)
}

// since is what it has heard from then on.
func (a *actor) since(n int) []int16 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.heard[n:])
}

// listensOn waits until it has heard so much more.
func (a *actor) listensOn(ctx context.Context, d time.Duration) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for until := a.soFar() + int(d*rate/time.Second); a.soFar() < until; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// invite makes an application bring bots into the call of a group, which somebody
// must be in.
func (s server) invite(t *testing.T, group string, actors ...*actor) {
	t.Helper()
	thanks := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(thanks.Close)
	var connection struct{ CallConnectionID string }
	s.does(t, "/calling/callConnections:connect", map[string]any{
		"callLocator": map[string]string{"kind": "groupCallLocator", "groupCallId": group}, "callbackUri": thanks.URL,
	}, &connection)
	at := "/calling/callConnections/" + connection.CallConnectionID
	within(t, 20*time.Second, "the application is in the call", func(ctx context.Context) error {
		got, err := s.ask(ctx, http.MethodGet, at, nil)
		if err != nil {
			return err
		}
		var c struct{ CallConnectionState string }
		if err := got.decode(&c); err != nil || c.CallConnectionState == "connected" {
			return err
		}
		return errors.New(c.CallConnectionState)
	})
	for _, a := range actors {
		s.does(t, at+"/participants:add", map[string]any{"participantToAdd": map[string]string{"rawId": a.name}}, nil)
		select {
		case <-a.came:
		case <-time.After(20 * time.Second):
			t.Fatalf("%s does not come", a.name)
		}
	}
}

// does posts something that must be granted.
func (s server) does(t *testing.T, target string, body, answer any) {
	t.Helper()
	got, err := s.ask(t.Context(), http.MethodPost, target, body)
	if err == nil && answer != nil {
		err = got.decode(answer)
	}
	if err != nil || got.status >= http.StatusBadRequest {
		t.Fatalf("%s: %d %s, %v", target, got.status, got.body, err)
	}
}
