package bot

import (
	"time"

	"github.com/botd-dev/botd/identity"
)

// Action is something that a bot asks for: Answer, Reject, Redirect, Play,
// Recognize, Add, CancelAdd, Remove, Mute, CancelMedia, HangUp or Terminate, or
// one of those in control.go.
type Action interface{ action() }

// The actions. Context is the operationContext that the resulting events
// carry; Call makes one up where there is none.
type (
	// Answer takes the call.
	Answer struct{ Context string }
	// Reject declines it; Why is "none", "busy" or "forbidden".
	Reject struct{ Why string }
	// Redirect sends it on unanswered.
	Redirect struct{ To identity.ID }
	// Play plays prompts to some, or to everybody.
	Play struct {
		Prompts   []Prompt
		To        []identity.ID
		Loop      bool
		Interrupt bool
		Context   string
	}
	// Recognize collects keys from one participant.
	Recognize struct {
		From    identity.ID
		Keys    Keys
		Context string
	}
	// Add invites somebody; it rings for Timeout, or as long as the server
	// says.
	Add struct {
		Who     identity.ID
		Timeout time.Duration
		Context string
	}
	// CancelAdd withdraws an invitation.
	CancelAdd struct{ Invitation, Context string }
	// Remove takes somebody out.
	Remove struct {
		Who     identity.ID
		Context string
	}
	// Mute mutes participants.
	Mute struct{ Who []identity.ID }
	// CancelMedia cancels what plays and recognizes.
	CancelMedia struct{}
	// HangUp takes the bot out of the call.
	HangUp struct{}
	// Terminate ends the call for everybody.
	Terminate struct{}
)

func (Answer) action()      {}
func (Reject) action()      {}
func (Redirect) action()    {}
func (Play) action()        {}
func (Recognize) action()   {}
func (Add) action()         {}
func (CancelAdd) action()   {}
func (Remove) action()      {}
func (Mute) action()        {}
func (CancelMedia) action() {}
func (HangUp) action()      {}
func (Terminate) action()   {}

// Prompt is something to be played. One of File, Text and SSML is set.
type Prompt struct {
	// File is the URI of WAV, MP3 or Ogg Opus sound.
	File string
	// Text is spoken.
	Text string
	// SSML is spoken as it is marked up.
	SSML string
	// Voice and Locale choose who speaks Text; empty is the server's default.
	Voice, Locale string
}

// File is a prompt that plays sound from a URI.
func File(uri string) Prompt { return Prompt{File: uri} }

// Say is a prompt that speaks text.
func Say(text string) Prompt { return Prompt{Text: text} }

// Keys says which keys to wait for, and how long.
type Keys struct {
	// Prompts are played first; a key stops them.
	Prompts []Prompt
	// Max is how many keys are enough; default 1.
	Max int
	// Stop is the keys that end the input, such as "#"; they are not part of it.
	Stop string
	// Silence is how long to wait for the first key; default 5 s.
	Silence time.Duration
	// Pause is how long to wait between keys; default 2 s.
	Pause time.Duration
}
