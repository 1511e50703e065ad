package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Call is one call as a bot sees it. Its methods may be called from several
// goroutines.
type Call struct {
	backend Backend
	past    Past

	mu         sync.Mutex
	id         string                // of the connection
	operations map[string]*operation // that are waited for, by their context
	presses    []*presses            // who waits for keys
	speakers   []Speaker
	lines      chan Line // of the transcript, nil if there is none
	events     func(Event)
	ended      chan struct{} // closed after the last event
}

// Run has the handler do the bot's part in the call behind a backend. It fits
// Runner.
func (h Handler) Run(ctx context.Context, b Backend) error { return Serve(ctx, b, h) }

// Serve runs a handler for the call behind a backend and hangs up when it
// returns, but not if it panicked: the call goes on, and Serve may be called
// again. Backends call it; handlers do not.
func Serve(ctx context.Context, b Backend, h Handler) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := newCall(b)
	var pump sync.WaitGroup
	pump.Go(func() { cancel(c.pump(ctx)) }) // the call is over, or who listens panicked
	err := guarded(func() error { return h(ctx, c) })
	if why := context.Cause(ctx); errors.Is(why, ErrPanicked) {
		err = errors.Join(err, why)
	}
	if !errors.Is(err, ErrPanicked) {
		err = errors.Join(err, c.leave(ctx))
	}
	cancel(nil)
	pump.Wait()
	return err
}

func newCall(b Backend) *Call {
	past := b.Resume()
	return &Call{
		backend: b, past: past, id: past.Connection,
		operations: map[string]*operation{}, ended: make(chan struct{}),
	}
}

// leave ends the bot's part, also where the handler's context has ended.
func (c *Call) leave(ctx context.Context) error {
	_, err := c.backend.Do(context.WithoutCancel(ctx), HangUp{})
	if err == nil || errors.Is(err, ErrEnded) {
		return nil
	}
	return fmt.Errorf("hang up: %w", err)
}

// guarded turns a panic of the bot into its error.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", ErrPanicked, p, debug.Stack())
		}
	}()
	return f()
}

// From is who calls, or whom the bot calls (see Incoming.Outgoing).
func (c *Call) From() identity.ID { return c.backend.Incoming().From }

// To is whom the call is for: what the bot is registered as.
func (c *Call) To() identity.ID { return c.backend.Incoming().To }

// Incoming is all that is known of the call before it is answered.
func (c *Call) Incoming() Incoming { return c.backend.Incoming() }

// ID is the id of the bot's connection, by which another call of the bot knows
// this one; empty before the bot has answered.
func (c *Call) ID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.id
}

// Answer takes the call and returns when it is connected. If somebody else was
// faster it returns ErrEnded. A call that a handler before has answered stays so.
// Where it is the bot that calls, Answer has it ring and returns when they have
// answered, or a Failure that says why they have not.
func (c *Call) Answer(ctx context.Context) error {
	if c.past.Connection != "" {
		return nil
	}
	_, err := c.await(ctx, func(context string) Action { return Answer{Context: context} })
	return err
}

// Reject declines the call; why is "none", "busy" or "forbidden".
func (c *Call) Reject(ctx context.Context, why string) error { return c.do(ctx, Reject{why}) }

// Redirect sends the call on to somebody else without answering it.
func (c *Call) Redirect(ctx context.Context, to identity.ID) error { return c.do(ctx, Redirect{to}) }

// HangUp takes the bot out of the call; a 1:1 call ends with it. Returning
// from the handler does the same.
func (c *Call) HangUp(ctx context.Context) error { return c.do(ctx, HangUp{}) }

// Terminate ends the call for everybody.
func (c *Call) Terminate(ctx context.Context) error { return c.do(ctx, Terminate{}) }

// Microphone is what the bot says. Write takes frames at any rate, and waits
// while more than a moment of sound is already waiting to be said.
func (c *Call) Microphone() media.Sink { return c.backend.Microphone() }

// Speaker is what the bot hears: everybody but itself, 48 kHz, frame by frame
// as time passes; io.EOF when the call has ended. What is not read in time is
// lost.
func (c *Call) Speaker() media.Source { return c.backend.Speaker() }

// Ear listens to one participant alone, or to everybody but the bot if who is
// empty, at a rate of 8000, 16000, 24000 or 48000 Hz, until it is closed, ctx ends
// or they leave. ErrWrongState before the answer, ErrNoParticipant, ErrInvalid.
func (c *Call) Ear(ctx context.Context, who identity.ID, rate int) (Ear, error) {
	return c.backend.Ear(ctx, Listening{Who: who, Rate: rate})
}

// Do asks for any action and returns when it has been taken on; what comes of
// it is told to OnEvent.
func (c *Call) Do(ctx context.Context, a Action) (string, error) { return c.backend.Do(ctx, a) }

func (c *Call) do(ctx context.Context, a Action) error {
	_, err := c.backend.Do(ctx, a)
	return err
}
