// Package local runs bots written in Go inside botd: it is the Backend of
// package bot on top of automation, and rings the handler that is registered
// for whom a call is for.
package local

import (
	"context"
	"errors"
	"fmt"
	"sync"

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
	// Log receives what handlers return.
	Log *zap.Logger
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
	h := b.handlers[inv.To()]
	if h == nil {
		return false
	}
	return b.start(invited{b.cfg, inv}, h)
}

// ErrNoBot means that no bot of that name is registered.
var ErrNoBot = errors.New("no such bot")

// Send has a bot come to a call that runs. Its handler answers as it would if
// it were called; that fails if there is no such call.
func (b *Bots) Send(name identity.ID, to bot.Place) error {
	h := b.handlers[name]
	if h == nil {
		return fmt.Errorf("send %s: %w", name, ErrNoBot)
	}
	if !b.start(sent{b.cfg, name, to, make(chan struct{})}, h) {
		return fmt.Errorf("send %s: %w", name, call.ErrClosing)
	}
	return nil
}

// start runs a handler, unless the bots are being closed.
func (b *Bots) start(w way, h bot.Handler) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.running.Go(func() { b.serve(w, h) })
	return true
}

// serve runs a handler until it returns. Its context ends with the call, and
// when the call was somebody else's before it answered.
func (b *Bots) serve(w way, h bot.Handler) {
	in := w.incoming()
	log := b.cfg.Log.With(zap.String("bot", string(in.To)), zap.String("serverCallId", in.ServerCallID))
	s := newSeat(b.cfg, w)
	defer s.close()
	ctx, cancel := context.WithCancel(b.life)
	defer cancel()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		s.watch(ctx, cancel)
	}()
	err := bot.Serve(ctx, s, h)
	cancel()
	<-watched
	if err != nil && !overWith(err) {
		log.Warn("bot returned an error", zap.Error(err))
	}
}

// overWith says that an error is no more than the end of the call.
func overWith(err error) bool {
	return !errors.Is(err, bot.ErrPanicked) && (errors.Is(err, bot.ErrEnded) || errors.Is(err, context.Canceled))
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
