package bot

import (
	"context"
	"encoding/json"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Backend is the call as a bot reaches it: inside botd, or over a socket.
// Handlers use Call instead.
type Backend interface {
	// Incoming describes the call.
	Incoming() Incoming
	// Resume takes the call over and says where the bot left off; the zero Past
	// for one that is new. It comes first.
	Resume() Past
	// Do asks for an action and returns when it has been taken on: the
	// invitation's id for Add, empty for the others.
	Do(ctx context.Context, a Action) (string, error)
	// Next waits for the next event after those in Past.Missed; io.EOF after the
	// last.
	Next(ctx context.Context) (Event, error)
	// Ack says that the bot is done with all events up to a sequence number: they
	// are not told again to who resumes. It does not block.
	Ack(sequence uint64)
	// Participants lists who is in the call.
	Participants(ctx context.Context) ([]Participant, error)
	// Microphone is what the bot says, Speaker what it hears.
	Microphone() media.Sink
	Speaker() media.Source
	// Ear listens to one participant.
	Ear(ctx context.Context, l Listening) (Ear, error)
}

// Past is what a handler that is called again finds.
type Past struct {
	// Resumed says that a handler had the call before and is gone.
	Resumed bool `json:"resumed,omitempty"`
	// Connection is the id of the bot's connection, empty before the answer.
	Connection string `json:"callConnectionId,omitempty"`
	// Saved is what was saved last; nil is nothing.
	Saved json.RawMessage `json:"saved,omitempty"`
	// Missed are the events after the last acknowledged one.
	Missed []Event `json:"missed,omitempty"`
}

// Runner does the bot's part in the call behind a backend once: Handler.Run in
// this process, or something that carries it to another one. It has hung up when
// it returns, but for ErrGone and ErrPanicked: then it may be run again.
type Runner func(ctx context.Context, b Backend) error

// Listening says whom an Ear listens to.
type Listening struct {
	// Who is one participant; empty is everybody but the bot.
	Who identity.ID `json:"who,omitempty"`
	// Rate is that of the PCM in hertz: 8000, 16000, 24000 or 48000.
	Rate int `json:"rate"`
}

// Ear is the sound of somebody: frames of 20 ms as time passes, silent while
// nobody speaks or who speaks is muted; io.EOF after Close, and when they or the
// bot have left. What is not read in time is lost, the oldest first. One
// goroutine reads.
type Ear interface {
	media.Source
	// Dropped is how many frames were lost because they were not read in time.
	Dropped() uint64
	// Close ends it, from any goroutine. It may be called more than once.
	Close()
}
