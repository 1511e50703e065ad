// Package bot is how a bot is written in Go: register a handler, get a call,
// hear and speak. It knows only PCM and a small Backend, so the same handler
// runs inside botd and in another process.
//
// A handler is a function; returning ends the bot's part in the call:
//
//	func greet(ctx context.Context, c *bot.Call) error {
//		if err := c.Answer(ctx); err != nil {
//			return err
//		}
//		return c.Say(ctx, "Hello.")
//	}
package bot

import (
	"context"
	"encoding/json"

	"github.com/botd-dev/botd/identity"
)

// Handler is a bot: it is called with every call for it, in a goroutine of its
// own. Returning ends the bot's part in the call; ctx ends when the call does.
// An error is logged, no more: who is on the phone learns of it by being hung
// up on. A handler that panics is called again with the same call (see
// Call.Resumed), a few times.
type Handler func(ctx context.Context, c *Call) error

// Incoming is what is known of a call before it is answered.
type Incoming struct {
	// From is who calls, FromName their display name, which may be empty. A bot
	// that was sent to a call is called by nobody.
	From     identity.ID `json:"from,omitempty"`
	FromName string      `json:"fromName,omitempty"`
	// Outgoing says that it is the other way round: the bot calls From.
	Outgoing bool `json:"outgoing,omitempty"`
	// To is whom the call is for: what the bot is registered as.
	To identity.ID `json:"to"`
	// ServerCallID is the id of the conversation.
	ServerCallID string `json:"serverCallId,omitempty"`
	// VoIPHeaders and SIPHeaders are what the caller sent along.
	VoIPHeaders map[string]string `json:"voipHeaders,omitempty"`
	SIPHeaders  map[string]string `json:"sipHeaders,omitempty"`
}

// Event is something that happened in the call, once it is in the log.
type Event struct {
	// Type is the event's type, "Microsoft.Communication.…" or "botd.…".
	Type string `json:"type"`
	// Sequence counts the events of the bot's connection from 1, without a gap.
	Sequence uint64 `json:"sequence"`
	// OperationContext is what the action carried that the event is about.
	OperationContext string `json:"operationContext,omitempty"`
	// Data is the event as JSON, as webhooks receive it.
	Data json.RawMessage `json:"data"`
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
	ID identity.ID `json:"identifier"`
	// Name is their display name, which may be empty.
	Name  string `json:"displayName,omitempty"`
	Muted bool   `json:"isMuted"`
	Held  bool   `json:"isOnHold"`
}
