package bot

import (
	"encoding/json"
	"time"

	"github.com/botd-dev/botd/identity"
)

// Action is something that a bot asks for: Answer, Play, Add and the like. It is
// data: EncodeAction and DecodeAction write and read it as JSON, in which a
// time.Duration is a number of nanoseconds.
type Action interface{ action() string } // its name on the wire

// The actions. Context is the operationContext that the resulting events
// carry; Call makes one up where there is none.
type (
	// Answer takes the call.
	Answer struct {
		Context string `json:"context,omitempty"`
	}
	// Reject declines the call; Why is "none", "busy" or "forbidden".
	Reject struct {
		Why string `json:"why"`
	}
	// Redirect sends the call on unanswered.
	Redirect struct {
		To identity.ID `json:"to"`
	}
	// Play plays prompts to some, or to everybody.
	Play struct {
		Prompts []Prompt `json:"prompts"`
		// To names who hears it; empty is everybody.
		To []identity.ID `json:"to,omitempty"`
		// Loop plays them again and again, until it is stopped.
		Loop bool `json:"loop,omitempty"`
		// Interrupt cancels what plays and what waits, and starts at once.
		Interrupt bool `json:"interrupt,omitempty"`
		// Yield is what it does when somebody speaks; empty is YieldNever.
		Yield   Yield  `json:"yield,omitempty"`
		Context string `json:"context,omitempty"`
	}
	// Recognize asks one participant something.
	Recognize struct {
		Question
		Context string `json:"context,omitempty"`
	}
	// Cancel cancels one play or recognition, by its Context. One that is over
	// already is no error.
	Cancel struct {
		Context string `json:"context"`
	}
	// CancelMedia cancels all that plays and recognizes.
	CancelMedia struct{}
	// SendKeys presses keys for a participant to hear, "12#".
	SendKeys struct {
		Who     identity.ID `json:"who"`
		Keys    string      `json:"keys"`
		Context string      `json:"context,omitempty"`
	}
	// Save keeps state of the bot's own for a handler that resumes the call.
	Save struct {
		State json.RawMessage `json:"state"`
	}
	// HangUp takes the bot out of the call.
	HangUp struct{}
	// Terminate ends the call for everybody.
	Terminate struct{}
)

// The actions that change who is there.
type (
	// Add invites somebody; it rings for Timeout, or as long as the server
	// says.
	Add struct {
		Who     identity.ID   `json:"who"`
		Timeout time.Duration `json:"timeout,omitempty"`
		Context string        `json:"context,omitempty"`
	}
	// CancelAdd withdraws an invitation.
	CancelAdd struct {
		Invitation string `json:"invitation"`
		Context    string `json:"context,omitempty"`
	}
	// Remove takes somebody out.
	Remove struct {
		Who     identity.ID `json:"who"`
		Context string      `json:"context,omitempty"`
	}
	// Mute mutes participants.
	Mute struct {
		Who []identity.ID `json:"who"`
	}
)

func (Answer) action() string      { return "answer" }
func (Reject) action() string      { return "reject" }
func (Redirect) action() string    { return "redirect" }
func (Play) action() string        { return "play" }
func (Recognize) action() string   { return "recognize" }
func (Cancel) action() string      { return "cancel" }
func (CancelMedia) action() string { return "cancelMedia" }
func (SendKeys) action() string    { return "sendKeys" }
func (Save) action() string        { return "save" }
func (Add) action() string         { return "add" }
func (CancelAdd) action() string   { return "cancelAdd" }
func (Remove) action() string      { return "remove" }
func (Mute) action() string        { return "mute" }
func (HangUp) action() string      { return "hangUp" }
func (Terminate) action() string   { return "terminate" }
