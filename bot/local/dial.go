package local

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Call has a bot call somebody: its handler runs as if it were called by them,
// and rings them when it answers. The error says that there is no such bot, or
// that the bots are being closed; whether they answer is told to the handler.
func (b *Bots) Call(name identity.ID, to bot.Dial) error {
	if err := b.begin(name, calling{b.cfg, name, to, make(chan struct{})}); err != nil {
		return fmt.Errorf("call %s: %w", to.To, err)
	}
	return nil
}

// calling is a bot that calls somebody.
type calling struct {
	cfg     Config
	name    identity.ID
	dial    bot.Dial
	entered chan struct{}
}

func (c calling) incoming() bot.Incoming {
	return bot.Incoming{From: c.dial.To, To: c.name, Outgoing: true}
}

func (c calling) decided() <-chan struct{} { return c.entered }

func (c calling) enter(ctx context.Context, reference string, d automation.Direct) (*call.Connection, error) {
	r := automation.CreateRequest{
		Targets: []identity.ID{c.dial.To}, SourceDisplayName: c.dial.Name,
		OperationContext: reference, As: c.name, Direct: d,
	}
	if c.dial.CallerID != "" {
		r.SourceCallerID = &automation.PhoneNumber{Value: c.dial.CallerID}
	}
	cn, err := c.cfg.Service.Create(ctx, r)
	if err == nil {
		close(c.entered) // a seat is taken once
	}
	return cn, err
}

func (calling) reject(context.Context, string) error { return errCalls }

func (calling) redirect(context.Context, identity.ID) error { return errCalls }

func (calling) ignore() {}

// errCalls is what a bot gets that gives away a call of its own.
var errCalls = fmt.Errorf("it is the bot that calls: %w", call.ErrWrongState)
