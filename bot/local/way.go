package local

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// way is how a bot comes into a call.
type way interface {
	// incoming describes the call.
	incoming() bot.Incoming
	// decided is closed when it is known who has the call, be it the bot.
	decided() <-chan struct{}
	// enter takes the bot's seat.
	enter(ctx context.Context, reference string, d automation.Direct) (*call.Connection, error)
	// reject and redirect give the call away instead.
	reject(ctx context.Context, why string) error
	redirect(ctx context.Context, to identity.ID) error
	// ignore tells that the bot will do none of that.
	ignore()
}

// invited is a bot that is called.
type invited struct {
	cfg Config
	inv *call.Invitation
}

func (i invited) incoming() bot.Incoming {
	in := bot.Incoming{From: i.inv.From(), FromName: i.inv.Name(), To: i.inv.To(), ServerCallID: i.inv.Call()}
	if c := i.inv.Custom(); c != nil {
		in.VoIPHeaders, in.SIPHeaders = c.VoIPHeaders, c.SIPHeaders
	}
	return in
}

func (i invited) decided() <-chan struct{} { return i.inv.Done() }

func (i invited) enter(ctx context.Context, reference string, d automation.Direct) (*call.Connection, error) {
	return i.cfg.Service.Answer(ctx, automation.AnswerRequest{
		IncomingCallContext: i.context(), OperationContext: reference, Direct: d,
	})
}

func (i invited) reject(ctx context.Context, why string) error {
	return i.cfg.Service.Reject(ctx, automation.RejectRequest{
		IncomingCallContext: i.context(), CallRejectReason: why,
	})
}

func (i invited) redirect(ctx context.Context, to identity.ID) error {
	return i.cfg.Service.Redirect(ctx, automation.RedirectRequest{
		IncomingCallContext: i.context(), Target: to,
	})
}

func (i invited) ignore() { i.inv.Decline(call.ReasonDeclined) }

// context is the incomingCallContext of the invitation.
func (i invited) context() string { return i.cfg.Contexts.For(i.inv.ID()) }

// sent is a bot that comes by itself to a call that runs.
type sent struct {
	cfg     Config
	name    identity.ID
	place   bot.Place
	entered chan struct{}
}

func (s sent) incoming() bot.Incoming {
	return bot.Incoming{To: s.name, ServerCallID: s.place.ServerCall}
}

func (s sent) decided() <-chan struct{} { return s.entered }

func (s sent) enter(ctx context.Context, reference string, d automation.Direct) (*call.Connection, error) {
	cn, err := s.cfg.Service.Connect(ctx, automation.ConnectRequest{
		CallLocator: locator(s.place), OperationContext: reference, As: s.name, Direct: d,
	})
	if err == nil {
		close(s.entered) // a seat is taken once
	}
	return cn, err
}

// locator spells a place as the contract does.
func locator(p bot.Place) *automation.CallLocator {
	switch {
	case p.Group != "":
		return &automation.CallLocator{Kind: "groupCallLocator", GroupCallID: p.Group}
	case p.Room != "":
		return &automation.CallLocator{Kind: "roomCallLocator", RoomID: p.Room}
	}
	return &automation.CallLocator{Kind: "serverCallLocator", ServerCallID: p.ServerCall}
}

func (sent) reject(context.Context, string) error { return errSent }

func (sent) redirect(context.Context, identity.ID) error { return errSent }

func (sent) ignore() {}

// errSent is what a bot gets that gives away a call to which nobody called it.
var errSent = fmt.Errorf("the bot was sent to the call: %w", call.ErrWrongState)
