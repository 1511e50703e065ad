package bot

import (
	"context"
	"time"

	"github.com/botd-dev/botd/identity"
)

// Add invites somebody and returns when they have joined. If ctx ends before,
// they are called no longer.
func (c *Call) Add(ctx context.Context, who identity.ID) error {
	return c.Invite(ctx, who, 0)
}

// Invite is Add that lets them be called for at most that long; whole seconds
// count, rounded up, and 0 is as long as the server says.
func (c *Call) Invite(ctx context.Context, who identity.ID, ringing time.Duration) error {
	op, err := c.begin(ctx, func(context string) Action {
		return Add{Who: who, Timeout: ringing, Context: context}
	})
	if err != nil {
		return err
	}
	defer op.forget()
	_, err = op.wait(ctx)
	if err != nil && ctx.Err() != nil {
		_ = c.do(context.WithoutCancel(ctx), CancelAdd{Invitation: op.invitation}) // they may have joined
	}
	return err
}

// Remove takes somebody out of the call.
func (c *Call) Remove(ctx context.Context, who identity.ID) error {
	_, err := c.await(ctx, func(context string) Action { return Remove{who, context} })
	return err
}

// Mute mutes participants; they may unmute themselves.
func (c *Call) Mute(ctx context.Context, who ...identity.ID) error { return c.do(ctx, Mute{who}) }

// Participants lists who is in the call.
func (c *Call) Participants(ctx context.Context) ([]Participant, error) {
	return c.backend.Participants(ctx)
}
