// Package botd is the front door: it puts the rooms of the server together,
// starts them in order and stops them in the opposite one.
//
// A program that brings its own bots is one line:
//
//	func main() { botd.Main(botd.Bot("echo", echo)) }
package botd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

// Option adds something to a server that no setting can: a bot.
type Option func(*options)

type options struct {
	bots  map[identity.ID]bot.Handler
	ready []func(*Server)
}

// Bot registers a handler for calls to a name. A name is any string that is no
// other identifier: "echo", "8:echo123".
func Bot(name string, h bot.Handler) Option {
	return func(o *options) { o.bots[identity.ID(name)] = h }
}

// Ready has f called when the server takes calls. There may be several.
func Ready(f func(*Server)) Option {
	return func(o *options) { o.ready = append(o.ready, f) }
}

// Run runs a server until ctx ends, then drains and stops it. It returns nil
// after a clean stop.
func Run(ctx context.Context, cfg Config, opts ...Option) error {
	s, err := Start(ctx, cfg, opts...)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case err = <-s.failed:
	}
	// The end of ctx is what stops the server; stopping has its own deadline.
	return errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
}

// Start starts a server and returns when it takes calls. Stop stops it.
func Start(ctx context.Context, cfg Config, opts ...Option) (*Server, error) {
	o := options{bots: map[identity.ID]bot.Handler{}}
	for _, opt := range opts {
		opt(&o)
	}
	s := &Server{cfg: cfg, bots: o.bots, failed: make(chan error, 1)}
	for _, start := range s.steps() {
		if err := start(ctx); err != nil {
			return nil, errors.Join(err, s.stopStarted(context.WithoutCancel(ctx)))
		}
	}
	for _, f := range o.ready {
		f(s)
	}
	return s, nil
}

// steps start the rooms, each on top of those before it; the server stops in the
// opposite order. What a step starts it also pushes on the server's stack of
// closers. Its error says what could not be started.
func (s *Server) steps() []func(context.Context) error {
	return []func(context.Context) error{
		s.startTelemetry,
		s.startData,
		s.startJournal,
		s.startIdentity,
		s.startCalls,
		s.startWebhooks,
		s.startBrowsers,
		s.startBots,
		s.startREST,
		s.startListeners,
	}
}

// closer stops what a step started.
type closer struct {
	name string
	stop func(context.Context) error
}

// onStop has stop called when the server stops, before everything that was
// started earlier.
func (s *Server) onStop(name string, stop func(context.Context) error) {
	s.closers = append(s.closers, closer{name, stop})
}

// stopStarted stops everything in the opposite order, whatever fails on the
// way.
func (s *Server) stopStarted(ctx context.Context) error {
	var errs []error
	for _, c := range slices.Backward(s.closers) {
		if err := c.stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", c.name, err))
		}
	}
	s.closers = nil
	return errors.Join(errs...)
}

// Stop drains the server: no new calls, the running ones go on up to the drain
// timeout, then everybody is told; then it stops.
func (s *Server) Stop(ctx context.Context) error {
	s.stopCalls()
	s.log.Info("draining", zap.Duration("timeout", s.cfg.DrainTimeout))
	drain, cancel := context.WithTimeout(ctx, s.cfg.DrainTimeout)
	defer cancel()
	if !s.calls.Drain(drain) {
		s.log.Info("calls are ended by the drain timeout")
	}
	stop, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	// The calls end first, while everything that tells of it still runs.
	err := errors.Join(s.calls.Close(stop), s.stopStarted(stop))
	s.log.Info("stopped")
	return err
}
