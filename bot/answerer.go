package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/botd-dev/botd/identity"
)

// Answerer is who has answered a call.
type Answerer string

// Who may have answered.
const (
	// Human is a person, who has said a little and waits.
	Human Answerer = "human"
	// Machine talks on and on, and has not beeped.
	Machine Answerer = "machine"
	// Beep is a machine that has beeped: it records from now on.
	Beep Answerer = "beep"
	// Unclear is somebody who says nothing.
	Unclear Answerer = "unknown"
)

// DetectMachine asks who has answered, right after they have.
type DetectMachine struct {
	Who identity.ID `json:"who"`
	// Beep has a machine be no result before its beep.
	Beep bool `json:"beep,omitempty"`
	// Timeout, of up to 120 s, is after how long the result is what it looks like;
	// default 30 s. Whole seconds count, rounded up.
	Timeout time.Duration `json:"timeout,omitempty"`
	Context string        `json:"context,omitempty"`
}

func (DetectMachine) action() string { return "detectMachine" }

// typeAnswerer is the event that tells it.
const typeAnswerer = "botd.answerer.detected"

// WhoAnswered listens to whom the bot has called and returns who that is, and how
// sure it is, from 0 to 1. It returns Human as soon as they wait for an answer,
// and Beep right after the beep of a machine, when it is time to leave a message.
func (c *Call) WhoAnswered(ctx context.Context) (Answerer, float64, error) {
	e, err := c.await(ctx, func(context string) Action {
		return DetectMachine{Who: c.From(), Beep: true, Context: context}
	})
	if err != nil {
		return Unclear, 0, fmt.Errorf("who answered: %w", err)
	}
	var found struct {
		Answerer   Answerer `json:"answerer"`
		Confidence float64  `json:"confidence"`
	}
	if err := json.Unmarshal(e.Data, &found); err != nil {
		return Unclear, 0, fmt.Errorf("who answered: %w", err)
	}
	return found.Answerer, found.Confidence, nil
}
