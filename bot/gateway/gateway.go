// Package gateway lets bots in other processes do their part in calls: it is the
// server's end of the WebSocket that package remote connects to, and gives each
// call to one of the processes that have a bot of that name.
package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/wire"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/internal/strict"
)

const (
	// grace is how long a process may be without a socket before it counts as
	// gone.
	grace = 5 * time.Second
	// helloTimeout is how long a socket may take to say who it is.
	helloTimeout = 10 * time.Second
	// maxNames is how many bots a process may register, maxName how long their
	// names may be.
	maxNames, maxName = 100, 256
	// maxProcesses is how many processes there may be.
	maxProcesses = 1000
	// defaultCalls is how many calls a process takes at once if it does not say;
	// maxCalls is the most it may say.
	defaultCalls, maxCalls = 100, 5000
)

// Config is what a Gateway needs.
type Config struct {
	// Authorize says why a request may not register bots; nil is that it may.
	Authorize func(*http.Request) error
	// Refuse answers a request that may not.
	Refuse func(http.ResponseWriter, *http.Request, error)
	// Taken says that a name is somebody else's: a bot of this process.
	Taken func(identity.ID) bool
	// Log receives what goes wrong.
	Log *zap.Logger
}

// Gateway knows the processes with bots. It fits local.Elsewhere.
type Gateway struct {
	cfg  Config
	life context.Context //nolint:containedctx // of the gateway, until Close
	stop context.CancelFunc

	mu        sync.Mutex
	closed    bool
	processes map[string]*process // by their session
	changed   chan struct{}       // closed when there is one more, or room in one
	running   sync.WaitGroup
	counters
}

// New makes a gateway to which nobody is connected.
func New(cfg Config) *Gateway {
	life, stop := context.WithCancel(context.Background())
	return &Gateway{cfg: cfg, life: life, stop: stop, processes: map[string]*process{}, changed: make(chan struct{})}
}

// Has says that a process has a bot of that name.
func (g *Gateway) Has(name identity.ID) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.processes {
		if slices.Contains(p.names, name) {
			return true
		}
	}
	return false
}

// Await gives the bot of that name in the process that has the fewest calls, as
// soon as there is one with a free place; the error is that of ctx.
func (g *Gateway) Await(ctx context.Context, name identity.ID) (bot.Runner, error) {
	for {
		g.mu.Lock()
		best, changed := g.best(name), g.changed
		var r *relay
		if best != nil {
			r = best.reserve()
		}
		g.mu.Unlock()
		if r != nil {
			return r.run, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for a process with %s: %w", name, context.Cause(ctx))
		}
	}
}

// best is the process to offer a call to, nil if there is none. It is called
// under the mutex, as all below here.
func (g *Gateway) best(name identity.ID) (best *process) {
	for _, p := range g.processes {
		if !p.connected() || len(p.calls) >= p.most || !slices.Contains(p.names, name) {
			continue
		}
		if best == nil || len(p.calls) < len(best.calls) || len(p.calls) == len(best.calls) && p.since.Before(best.since) {
			best = p
		}
	}
	return best
}

// announce tells those who wait that there may be a place.
func (g *Gateway) announce() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// ServeHTTP takes the WebSocket of a process, until it breaks.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := g.cfg.Authorize(r); err != nil {
		g.refused.Add(1)
		g.cfg.Refuse(w, r, err)
		return
	}
	if !g.enter() {
		http.Error(w, "the server is going down", http.StatusServiceUnavailable)
		return
	}
	defer g.running.Done()
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // it has been answered
	}
	defer conn.CloseNow() //nolint:errcheck // closed already, or nothing to be done
	conn.SetReadLimit(wire.MaxRequest)
	if err := g.talk(r.Context(), conn); err != nil {
		g.refuse(err)
		g.cfg.Log.Info("a process with bots is disconnected", zap.String("remote", r.RemoteAddr), zap.Error(err))
		_ = conn.Close(closing(err), fmt.Sprintf("%.100s", err.Error()))
	}
}

// closing is the code with which a socket is closed for an error.
func closing(err error) websocket.StatusCode {
	if wrong := (*strict.Violation)(nil); errors.As(err, &wrong) {
		return wrong.Code
	}
	if errors.Is(err, bot.ErrInvalid) || errors.Is(err, bot.ErrConflict) {
		return websocket.StatusPolicyViolation
	}
	return websocket.StatusTryAgainLater
}

// enter counts a socket, unless the gateway is being closed.
func (g *Gateway) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.running.Add(1)
	return true
}

// talk finds out whose socket it is and uses it.
func (g *Gateway) talk(ctx context.Context, conn *websocket.Conn) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(g.life, cancel)()
	m, err := hello(ctx, conn)
	if err != nil {
		return err
	}
	p, err := g.process(m)
	if err != nil {
		return err
	}
	if p.session != m.Session { // what it had received was of another session
		m.Received = 0
	}
	return p.use(ctx, conn, m.Received)
}

func hello(ctx context.Context, conn *websocket.Conn) (wire.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	m, err := wire.ReadMessage(ctx, conn, wire.Hello)
	if err != nil {
		return m, err
	}
	return m, check(m)
}

// check says what is wrong with a hello.
func check(m wire.Message) error {
	switch {
	case m.Version != wire.Version:
		return fmt.Errorf("%w: version is %d, not %d", bot.ErrInvalid, m.Version, wire.Version)
	case len(m.Names) == 0 || len(m.Names) > maxNames:
		return fmt.Errorf("%w: names are %d, not 1 to %d", bot.ErrInvalid, len(m.Names), maxNames)
	case m.Calls < 0 || m.Calls > maxCalls:
		return fmt.Errorf("%w: calls is %d, not 0 to %d", bot.ErrInvalid, m.Calls, maxCalls)
	}
	for i, name := range m.Names {
		if name == "" || len(name) > maxName {
			return fmt.Errorf("%w: names[%d] has %d bytes, not 1 to %d", bot.ErrInvalid, i, len(name), maxName)
		}
	}
	return nil
}

// process finds the process that goes on, or makes a new one.
func (g *Gateway) process(m wire.Message) (*process, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p := g.processes[m.Session]; p != nil && m.Session != "" {
		return p, nil
	}
	for _, name := range m.Names {
		if g.cfg.Taken(name) {
			return nil, fmt.Errorf("%w: %s is a bot of the server itself", bot.ErrConflict, name)
		}
	}
	if len(g.processes) >= maxProcesses {
		return nil, fmt.Errorf("%w: there are %d processes", bot.ErrConflict, maxProcesses)
	}
	p := &process{
		gateway: g, session: rand.Text(), names: slices.Clone(m.Names), most: m.Calls, since: time.Now(),
		link: wire.NewLink(g.drop), calls: map[uint32]*relay{}, lost: make(chan struct{}), using: make(chan struct{}, 1),
	}
	if p.most == 0 {
		p.most = defaultCalls
	}
	g.processes[p.session] = p
	return p, nil
}

// Close ends every socket and waits until nothing runs, or ctx ends.
func (g *Gateway) Close(ctx context.Context) error {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.stop()
	gone := make(chan struct{})
	go func() {
		g.running.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the bots of other processes: %w", ctx.Err())
	}
}
