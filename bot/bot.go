// Package bot is how a bot is written in Go: register a handler, get a call,
// hear and speak. It knows only PCM and a small Backend, so the same handler
// runs inside botd and elsewhere.
package bot

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Handler is a bot: it is called with every call for it, in a goroutine of its
// own. Returning ends the bot's part in the call; ctx ends when the call does.
// An error is logged, no more: who is on the phone learns of it by being hung
// up on.
type Handler func(ctx context.Context, c *Call) error

// Incoming is what is known of a call before it is answered.
type Incoming struct {
	// From is who calls, FromName their display name, which may be empty. A bot
	// that was sent to a call is called by nobody.
	From     identity.ID
	FromName string
	// To is whom the call is for: what the bot is registered as.
	To identity.ID
	// ServerCallID is the id of the conversation.
	ServerCallID string
	// VoIPHeaders and SIPHeaders are what the caller sent along.
	VoIPHeaders, SIPHeaders map[string]string
}

// Event is something that happened in the call, once it is in the log.
type Event struct {
	// Type is the event's type, "Microsoft.Communication.…" or "botd.…".
	Type string
	// Sequence counts the events of the bot's connection from 1, without a gap.
	Sequence uint64
	// OperationContext is what the action carried that the event is about.
	OperationContext string
	// Data is the event as JSON, as webhooks receive it.
	Data json.RawMessage
}

// Backend is the call as a bot reaches it: inside botd, or over a socket.
// Handlers use Call instead.
type Backend interface {
	// Incoming describes the call.
	Incoming() Incoming
	// Do asks for an action and returns when it has been taken on: the
	// invitation's id for Add, empty for the others.
	Do(ctx context.Context, a Action) (string, error)
	// Next waits for the next event; io.EOF after the last.
	Next(ctx context.Context) (Event, error)
	// Participants lists who is in the call.
	Participants(ctx context.Context) ([]Participant, error)
	// Microphone is what the bot says, Speaker what it hears.
	Microphone() media.Sink
	Speaker() media.Source
}

// Namer is a Backend that names what a handler asks for, so that a run can be
// repeated exactly. Without it names are random.
type Namer interface {
	// Name makes a name that is used nowhere else in the call; of tells what it is
	// for.
	Name(of string) string
}

// Participant is somebody in the call.
type Participant struct {
	ID    identity.ID
	Muted bool
	Held  bool
}

// What an action can end with besides the errors of the call itself.
var (
	// ErrCanceled means that the operation was cancelled.
	ErrCanceled = errors.New("the operation was cancelled")
	// ErrNoInput means that nobody pressed a key in time.
	ErrNoInput = errors.New("nothing was entered in time")
	// ErrPanicked means that the handler, or what it gave to Listen, panicked.
	ErrPanicked = errors.New("the bot panicked")
	// ErrEnded means that the call has ended.
	ErrEnded = errors.New("the call has ended")
)

// Failure is an operation that failed, with the contract's codes.
type Failure struct {
	// Type is the event that told of it.
	Type          string
	Code, Subcode int
	Message       string
}

func (f *Failure) Error() string { return f.Message }
