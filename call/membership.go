package call

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/botd-dev/botd/identity"
)

// Addition asks somebody into the call of a connection.
type Addition struct {
	// To is who is asked.
	To identity.ID
	// Name is shown as the caller's display name.
	Name string
	// CallerID is the phone number shown to a phone, or empty.
	CallerID string
	// Timeout is how long it rings; zero is the setting of the server.
	Timeout time.Duration
	// Custom is sent along.
	Custom *CustomContext
	// Context is the operationContext, and TellTo the operationCallbackUri.
	Context, TellTo string
}

// Add asks somebody in and returns the invitation's id. AddParticipantSucceeded
// or AddParticipantFailed follows. Errors: ErrConflict if they are there
// already, ErrFull, ErrWrongState, ErrEnded.
func (cn *Connection) Add(ctx context.Context, a Addition) (string, error) {
	var id string
	err := cn.do(ctx, func() error {
		if err := cn.connected("add"); err != nil {
			return err
		}
		if err := cn.call.mayCall(a.To); err != nil {
			return fmt.Errorf("add: %w", err)
		}
		inv, err := cn.call.invite(invitee{
			from: cn.seat.identity, to: a.To, name: a.Name, number: a.CallerID, custom: a.Custom, timeout: a.Timeout,
			promotes: true, by: cn, context: a.Context, tellTo: a.TellTo,
		})
		if err != nil {
			return fmt.Errorf("add: %w", err)
		}
		id = inv.id
		cn.emit(accepted{Operation: "addParticipant", OperationContext: a.Context, InvitationID: id})
		return nil
	})
	if err != nil { // id may be about to be set: nobody waits any more
		return "", err
	}
	return id, nil
}

// Reference names an operation of a connection to those who asked for it.
type Reference struct {
	// Context is the operationContext, and TellTo the operationCallbackUri.
	Context, TellTo string
}

// CancelAdd withdraws an invitation. CancelAddParticipantSucceeded alone
// follows, or CancelAddParticipantFailed if there was nothing to withdraw.
func (cn *Connection) CancelAdd(ctx context.Context, invitation string, ref Reference) error {
	return cn.do(ctx, func() error {
		if err := cn.connected("cancel add"); err != nil {
			return err
		}
		cn.emit(accepted{Operation: "cancelAddParticipant", OperationContext: ref.Context, InvitationID: invitation})
		inv := cn.call.addition(invitation, cn)
		if inv == nil {
			cn.emitTo(CancelAddParticipantFailed{
				Outcome{ref.Context, Result{404, 8522, "No such invitation is pending."}}, invitation,
			}, ref.TellTo)
			return nil
		}
		inv.by = nil // it ends with the event below alone
		inv.fail("withdrawn", ReasonCancelled)
		cn.emitTo(CancelAddParticipantSucceeded{Outcome{ref.Context, Success}, invitation}, ref.TellTo)
		return nil
	})
}

// addition finds what a connection added by the id that it was told, which
// stays the same when the invitation is redirected.
func (c *Call) addition(id string, by *Connection) *Invitation {
	for _, inv := range c.invitations {
		if inv.known == id && inv.by == by {
			return inv
		}
	}
	return nil
}

// Remove takes somebody out of the call; RemoveParticipantSucceeded follows, or
// RemoveParticipantFailed if they have just been moved to another. ErrNoParticipant
// if they are not in it.
func (cn *Connection) Remove(ctx context.Context, id identity.ID, ref Reference) error {
	return cn.do(ctx, func() error {
		if err := cn.connected("remove"); err != nil {
			return err
		}
		who := cn.call.devices(id, anybody)
		if len(who) == 0 {
			return fmt.Errorf("remove %s: %w", id, ErrNoParticipant)
		}
		cn.emit(accepted{Operation: "removeParticipant", OperationContext: ref.Context})
		if who = slices.DeleteFunc(who, (*Participant).elsewhere); len(who) == 0 {
			cn.emitTo(RemoveParticipantFailed{Outcome{ref.Context, failing(ErrNoParticipant).Result()}, id}, ref.TellTo)
			return nil
		}
		cn.emitTo(RemoveParticipantSucceeded{Outcome{ref.Context, Success}, id}, ref.TellTo)
		for _, p := range who {
			p.takenOut(ReasonRemoved)
		}
		return nil
	})
}
