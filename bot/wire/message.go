// Package wire is what a bot in another process and botd say to each other over
// a WebSocket: messages as JSON, each exactly once and in order even over sockets
// that break, and sound as binary frames. docs/bots.md describes it.
package wire

import (
	"encoding/json"
	"fmt"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

const (
	// Version is that of the protocol.
	Version = 1
	// MaxRequest is how many bytes a message of a bot may have.
	MaxRequest = 256 << 10
	// MaxAnswer is how many bytes a message of the server may have. What a bot has
	// missed in a large call comes in one.
	MaxAnswer = 64 << 20
)

// Kind is what a message is.
type Kind string

// The messages of a bot.
const (
	// Hello is the first one: Version, Names and Calls, and Session with Received
	// to go on after a socket that broke.
	Hello Kind = "hello"
	// Do asks for Action. Done answers with the same ID.
	Do Kind = "do"
	// People asks who is in the call. Done answers.
	People Kind = "people"
	// Listen asks for the sound of Ear as Stream, and Done answers; without Ear it
	// is what the bot hears, Stream 0. Deafen ends it.
	Listen Kind = "listen"
	Deafen Kind = "deafen"
	// Acked says that the bot is done with the events up to Sequence.
	Acked Kind = "acked"
	// Returned says that the bot's part in the call is over, with Error if it was
	// one. Error "panicked" has it called again.
	Returned Kind = "returned"
)

// The messages of the server.
const (
	// Welcome answers Hello: Session, and Received if it goes on.
	Welcome Kind = "welcome"
	// Offer is a call for the bot: Incoming and Past.
	Offer Kind = "offer"
	// Happened is an Event of a call; Over comes after the last one.
	Happened Kind = "event"
	Over     Kind = "over"
	// Gone says that the bot's part is over, such as when somebody else answered.
	Gone Kind = "gone"
	// Done answers a request: Result or People, or Error.
	Done Kind = "done"
	// Silent says that Stream has ended.
	Silent Kind = "silent"
)

// Receipt is of both: it says no more than Ack.
const Receipt Kind = "receipt"

// Message is one message. Which fields it has follows from its Kind.
type Message struct {
	Kind Kind `json:"type"`
	// Number counts the messages of one side from 1; 0 is one outside of the
	// order: Hello, Welcome, Receipt. Ack is the last of the other side that has
	// come.
	Number uint64 `json:"n,omitempty"`
	Ack    uint64 `json:"ack,omitempty"`

	Version  int           `json:"version,omitempty"`
	Session  string        `json:"session,omitempty"`
	Received uint64        `json:"received,omitempty"`
	Names    []identity.ID `json:"names,omitempty"`
	Calls    int           `json:"calls,omitempty"`

	// Call says which call it is about, by the number that Offer gave it. ID is of
	// a request and its answer.
	Call     uint32            `json:"call,omitempty"`
	ID       uint64            `json:"id,omitempty"`
	Incoming *bot.Incoming     `json:"incoming,omitempty"`
	Past     *bot.Past         `json:"past,omitempty"`
	Event    *bot.Event        `json:"event,omitempty"`
	Action   json.RawMessage   `json:"action,omitempty"`
	Sequence uint64            `json:"sequence,omitempty"`
	Stream   uint16            `json:"stream,omitempty"`
	Ear      *bot.Listening    `json:"ear,omitempty"`
	Result   string            `json:"result,omitempty"`
	People   []bot.Participant `json:"people,omitempty"`
	Error    *Error            `json:"error,omitempty"`
}

// Parse reads a message; bot.ErrInvalid for what is none.
func Parse(data []byte) (Message, error) {
	var m Message
	if err := json.Unmarshal(data, &m); err != nil {
		return Message{}, fmt.Errorf("%w: message: %w", bot.ErrInvalid, err)
	}
	if m.Kind == "" {
		return Message{}, fmt.Errorf("%w: message without type", bot.ErrInvalid)
	}
	return m, nil
}
