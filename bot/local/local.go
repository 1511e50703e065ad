// Package local runs bots written in Go inside botd: it is the Backend of
// package bot on top of automation, and rings the handler that is registered
// for whom a call is for.
package local

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Config is what Bots need.
type Config struct {
	// Service takes the bots' requests.
	Service *automation.Service
	// Contexts seals invitations for it.
	Contexts *automation.Contexts
	// NewID makes the names of what bots ask for, of who needs one, where a run is
	// to be repeatable; nil makes them at random.
	NewID func(owner string) string
	// Elsewhere knows the bots in other processes; nil is nobody.
	Elsewhere Elsewhere
	// Away is told when nobody has done the bot's part in a connection for
	// FillerAfter, and when somebody does again; nil or 0 is never.
	Away        func(connection string, away bool)
	FillerAfter time.Duration
	// Log receives what handlers return.
	Log *zap.Logger
}

// Elsewhere knows the bots of other processes.
type Elsewhere interface {
	// Has says that there is one of that name.
	Has(name identity.ID) bool
	// Await gives one, as soon as there is one, or the error of ctx.
	Await(ctx context.Context, name identity.ID) (bot.Runner, error)
}

// Bots are the handlers of this process by whom they answer for. They fit
// call.Ringer.
type Bots struct {
	cfg      Config
	handlers map[identity.ID]bot.Handler
	life     context.Context
	stop     context.CancelFunc

	mu      sync.Mutex // orders running.Add before running.Wait
	closed  bool
	running sync.WaitGroup
}

// New makes bots of handlers.
func New(cfg Config, handlers map[identity.ID]bot.Handler) *Bots {
	life, stop := context.WithCancel(context.Background())
	return &Bots{cfg: cfg, handlers: handlers, life: life, stop: stop}
}

// Ring starts the handler that is registered for whom the call is for.
func (b *Bots) Ring(inv *call.Invitation) bool {
	find := b.find(inv.To())
	return find != nil && b.start(invited{b.cfg, inv}, find)
}

// find says how to get at the bot of a name, nil if there is none.
func (b *Bots) find(name identity.ID) finder {
	if h := b.handlers[name]; h != nil {
		return here(h)
	}
	if b.cfg.Elsewhere != nil && b.cfg.Elsewhere.Has(name) {
		return elsewhere(b.cfg.Elsewhere, name)
	}
	return nil
}

// ErrNoBot means that no bot of that name is registered.
var ErrNoBot = errors.New("no such bot")

// Send has a bot come to a call that runs. Its handler answers as it would if
// it were called; that fails if there is no such call.
func (b *Bots) Send(name identity.ID, to bot.Place) error {
	if err := b.begin(name, sent{b.cfg, name, to, make(chan struct{})}); err != nil {
		return fmt.Errorf("send %s: %w", name, err)
	}
	return nil
}

// begin has a bot do its part in a call that it comes to by itself.
func (b *Bots) begin(name identity.ID, w way) error {
	find := b.find(name)
	switch {
	case find == nil:
		return ErrNoBot
	case !b.start(w, find):
		return call.ErrClosing
	}
	return nil
}

// start has a bot do its part, unless the bots are being closed.
func (b *Bots) start(w way, find finder) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.running.Go(func() { b.serve(w, find) })
	return true
}

// Close ends the contexts of all handlers and waits until they have returned,
// or until ctx ends: a handler that does not listen to its context cannot be
// made to return.
func (b *Bots) Close(ctx context.Context) error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.stop()
	returned := make(chan struct{})
	go func() {
		b.running.Wait()
		close(returned)
	}()
	select {
	case <-returned:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the bots: %w", ctx.Err())
	}
}
