package bot

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/identity"
)

// The actions that move and hold people, and say who hears whom.
type (
	// Transfer hands a participant to somebody else.
	Transfer struct {
		// To gets the participant by being called. ToCall, instead, is the id of
		// another call of the bot, in which it has spoken with them before.
		To     identity.ID `json:"to,omitempty"`
		ToCall string      `json:"toCall,omitempty"`
		// Who is handed over; in a call of two it may be empty.
		Who identity.ID `json:"who,omitempty"`
		// CallerID is the phone number that a phone is shown.
		CallerID string `json:"callerId,omitempty"`
		// VoIPHeaders and SIPHeaders are sent along.
		VoIPHeaders map[string]string `json:"voipHeaders,omitempty"`
		SIPHeaders  map[string]string `json:"sipHeaders,omitempty"`
		Context     string            `json:"context,omitempty"`
	}
	// Move brings participants here from another call of the bot.
	Move struct {
		From    string        `json:"from"`
		Who     []identity.ID `json:"who"`
		Context string        `json:"context,omitempty"`
	}
	// Hold holds a participant, who hears Music again and again; nil is silence.
	Hold struct {
		Who     identity.ID `json:"who"`
		Music   *Prompt     `json:"music,omitempty"`
		Context string      `json:"context,omitempty"`
	}
	// Unhold ends a Hold.
	Unhold struct {
		Who identity.ID `json:"who"`
	}
	// Unmute undoes Mute.
	Unmute struct {
		Who []identity.ID `json:"who"`
	}
	// MuteAll mutes everybody but those.
	MuteAll struct {
		Except []identity.ID `json:"except,omitempty"`
	}
	// Route says who hears whom.
	Route struct{ Hearing Hearing }
	// Background has a sound go on behind everything else, again and again, and is
	// quieter by DuckedBy decibels while anybody speaks or something is played to
	// all; zero is 12.
	Background struct {
		Sound    Prompt `json:"sound"`
		DuckedBy int    `json:"duckedByInDb,omitempty"`
		Context  string `json:"context,omitempty"`
	}
	// StopBackground ends it.
	StopBackground struct {
		Context string `json:"context,omitempty"`
	}
)

func (Transfer) action() string { return "transfer" }
func (Move) action() string     { return "move" }
func (Hold) action() string     { return "hold" }
func (Unhold) action() string   { return "unhold" }
func (Unmute) action() string   { return "unmute" }
func (MuteAll) action() string  { return "muteAll" }

func (Background) action() string     { return "background" }
func (StopBackground) action() string { return "stopBackground" }

func (Route) action() string { return "route" }

// Hearing is who hears whom: Everybody, Coached, Private, Interpreted or Pairs.
type Hearing interface{ hearing() string } // its name on the wire

type (
	// Everybody hears everybody.
	Everybody struct{}
	// Coached has a coach who hears all and is heard by some only.
	Coached struct {
		Coach identity.ID   `json:"coach"`
		By    []identity.ID `json:"by"`
	}
	// Private has some who are among themselves; the others go on as usual.
	Private struct {
		Who []identity.ID `json:"who"`
	}
	// Interpreted has listeners who hear the interpreter instead of the speaker.
	Interpreted struct {
		Interpreter identity.ID   `json:"interpreter"`
		Speaker     identity.ID   `json:"speaker"`
		Listeners   []identity.ID `json:"listeners"`
	}
	// Pairs are all there is to be heard.
	Pairs []Pair
	// Pair is one who hears another.
	Pair struct {
		Listener identity.ID `json:"listener"`
		Speaker  identity.ID `json:"speaker"`
	}
)

func (Everybody) hearing() string   { return "everybody" }
func (Coached) hearing() string     { return "coached" }
func (Private) hearing() string     { return "private" }
func (Interpreted) hearing() string { return "interpreted" }
func (Pairs) hearing() string       { return "pairs" }

// Place is where a bot is sent that nobody calls: a running call, by the group
// or the room that people join, or by its ServerCallID. One of them is set.
type Place struct{ Group, Room, ServerCall string }

// Dial is whom a bot calls.
type Dial struct {
	// To is who is called. The handler knows them as Call.From.
	To identity.ID
	// Name is the display name that they are shown; empty is none.
	Name string
	// CallerID is the phone number that a phone is shown, which has to be one of
	// the server's; phones cannot be called without.
	CallerID string
}

// Transfer hands the caller of a call of two to somebody else and returns when
// they have answered. The bot's part in the call ends with it.
func (c *Call) Transfer(ctx context.Context, to identity.ID) error {
	return c.transfer(ctx, Transfer{To: to})
}

// TransferTo hands one participant of a group to somebody else and returns when
// they have answered.
func (c *Call) TransferTo(ctx context.Context, who, to identity.ID) error {
	return c.transfer(ctx, Transfer{Who: who, To: to})
}

// Join hands a participant over into another call of the bot: first it spoke
// with somebody there, now it brings the two together. In a call of two, who
// may be empty.
func (c *Call) Join(ctx context.Context, who identity.ID, other *Call) error {
	return c.transfer(ctx, Transfer{Who: who, ToCall: other.ID()})
}

func (c *Call) transfer(ctx context.Context, t Transfer) error {
	_, err := c.await(ctx, func(context string) Action {
		t.Context = context
		return t
	})
	return err
}

// Move brings participants here from another call of the bot, one after
// another, and returns when all of them are here. The error says who is not.
func (c *Call) Move(ctx context.Context, from *Call, who ...identity.ID) error {
	for _, id := range who {
		_, err := c.await(ctx, func(context string) Action {
			return Move{From: from.ID(), Who: []identity.ID{id}, Context: context}
		})
		if err != nil {
			return fmt.Errorf("move %s: %w", id, err)
		}
	}
	return nil
}

// Hold holds a participant, who neither hears nor is heard and waits in
// silence.
func (c *Call) Hold(ctx context.Context, who identity.ID) error {
	return c.do(ctx, Hold{Who: who})
}

// HoldWith holds a participant, who hears music again and again. It returns
// when that has been taken on; music that cannot be played is told to
// OnEvent, as HoldFailed.
func (c *Call) HoldWith(ctx context.Context, who identity.ID, music Prompt) error {
	return c.do(ctx, Hold{Who: who, Music: &music})
}

// Unhold lets a participant back into the conversation.
func (c *Call) Unhold(ctx context.Context, who identity.ID) error { return c.do(ctx, Unhold{who}) }

// Background has a sound go on behind everything else, again and again, quieter
// while anybody speaks. It returns when that has been taken on; a sound that cannot
// be played is told to OnEvent, as botd.background.failed. ErrConflict if there is
// one already.
func (c *Call) Background(ctx context.Context, sound Prompt) error {
	return c.do(ctx, Background{Sound: sound})
}

// StopBackground ends the sound behind everything else. ErrWrongState if there is
// none.
func (c *Call) StopBackground(ctx context.Context) error { return c.do(ctx, StopBackground{}) }

// Unmute undoes Mute; who muted itself stays muted.
func (c *Call) Unmute(ctx context.Context, who ...identity.ID) error { return c.do(ctx, Unmute{who}) }

// MuteAll mutes everybody but those.
func (c *Call) MuteAll(ctx context.Context, except ...identity.ID) error {
	return c.do(ctx, MuteAll{except})
}

// Route says who hears whom, for those who are there and those who come later.
func (c *Call) Route(ctx context.Context, h Hearing) error { return c.do(ctx, Route{h}) }
