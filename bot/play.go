package bot

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/botd-dev/botd/identity"
)

// Say speaks a text to everybody and returns when it has been said. If ctx ends
// first, it stops.
func (c *Call) Say(ctx context.Context, text string) error { return c.Play(ctx, Say(text)) }

// Play plays prompts to everybody and returns when they have been played. If
// ctx ends first, they stop.
func (c *Call) Play(ctx context.Context, prompts ...Prompt) error {
	_, err := c.Perform(ctx, Play{Prompts: prompts})
	return err
}

// PlayTo plays prompts to some participants only.
func (c *Call) PlayTo(ctx context.Context, to []identity.ID, prompts ...Prompt) error {
	_, err := c.Perform(ctx, Play{Prompts: prompts, To: to})
	return err
}

// Perform plays as p says, and returns who has heard how much of it when it is
// over, also where that is an error: ErrCanceled if it was stopped.
func (c *Call) Perform(ctx context.Context, p Play) (Played, error) {
	playing, err := c.Start(ctx, p)
	if err != nil {
		return Played{}, err
	}
	return playing.Wait(ctx)
}

// Start begins to play and returns when that has been taken on: the handler
// goes on while it plays.
func (c *Call) Start(ctx context.Context, p Play) (*Playing, error) {
	op, err := c.begin(ctx, func(context string) Action {
		p.Context = context
		return p
	})
	if err != nil {
		return nil, err
	}
	return &Playing{op}, nil
}

// Playing is something that plays. Wait for it, or Stop it.
type Playing struct{ op *operation }

// Wait waits until it is over and says who has heard how much. If ctx ends
// before, it is stopped.
func (p *Playing) Wait(ctx context.Context) (Played, error) {
	defer p.op.forget()
	_, err := p.op.wait(ctx)
	p.op.stopWith(ctx, err)
	return p.op.played(), err
}

// Stop stops it, at once. It is no error if it is over.
func (p *Playing) Stop(ctx context.Context) error {
	return p.op.call.do(ctx, Cancel{p.op.context})
}

// stopWith stops an operation if the one who waited for it has given up.
func (op *operation) stopWith(ctx context.Context, err error) {
	if err != nil && ctx.Err() != nil {
		_ = op.call.do(context.WithoutCancel(ctx), Cancel{op.context}) // the call may be over
	}
}

// CancelMedia stops everything that plays, waits to be played, or asks.
func (c *Call) CancelMedia(ctx context.Context) error { return c.do(ctx, CancelMedia{}) }

// Played is what became of a Play.
type Played struct {
	// Heard is who has heard how much. It is empty if that is not known: nothing
	// was played, or the caller stopped waiting before the end.
	Heard []HeardBy
}

// HeardBy is what one participant has heard of a play, to 20 ms.
type HeardBy struct {
	Who identity.ID
	// For is how much of the sound was sent to them.
	For time.Duration
	// Text is the words that were sent to the end, of prompts that are text.
	Text string
	// Estimated says that some of Text was not told by who spoke, but reckoned
	// from For.
	Estimated bool
}

// typeHeard is the event that tells it, before the closing one.
const typeHeard = "botd.play.heard"

func (op *operation) played() Played {
	op.call.mu.Lock()
	defer op.call.mu.Unlock()
	return Played{op.heard}
}

func heardBy(e Event) []HeardBy {
	var data struct {
		Listeners []struct {
			Who    identity.ID `json:"identifier"`
			Millis int64       `json:"heardInMs"`
			Texts  []struct {
				Heard     string `json:"heard"`
				Estimated bool   `json:"estimated"`
			} `json:"texts"`
		} `json:"listeners"`
	}
	if json.Unmarshal(e.Data, &data) != nil {
		return nil
	}
	list := make([]HeardBy, len(data.Listeners))
	for i, l := range data.Listeners {
		list[i] = HeardBy{Who: l.Who, For: time.Duration(l.Millis) * time.Millisecond}
		var texts []string
		for _, t := range l.Texts {
			texts = append(texts, t.Heard)
			list[i].Estimated = list[i].Estimated || t.Estimated
		}
		list[i].Text = strings.Join(texts, " ")
	}
	return list
}
