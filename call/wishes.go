package call

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/botd-dev/botd/identity"
)

// errMoved says that a participant is another one now.
var errMoved = fmt.Errorf("%w: the participant was moved", ErrEnded)

// ask runs f for a participant who is still in a call, be it another one than
// the asker knows.
func (p *Participant) ask(ctx context.Context, f func(*Participant) error) error {
	var there <-chan struct{}
	err := p.call.doAs(ctx, "participant "+p.id, func() error {
		switch {
		case p.handover.taken():
			there = p.handover.there
			return errMoved
		case p.state == Gone:
			return ErrEnded
		}
		return f(p)
	})
	moved := errors.Is(err, errMoved)
	if moved {
		<-there // in a moment
	}
	over := moved || err == ErrEnded //nolint:errorlint // do returns it bare
	if heir := p.heir.Load(); heir != nil && over {
		return heir.ask(ctx, f)
	}
	return err
}

// asked writes down what a participant wanted, for those who ask why.
func (p *Participant) asked(operation string, of ...identity.ID) {
	p.each(participantAsked{p.id, p.identity, operation, of})
}

// Leave takes the participant out of the call by its own wish.
func (p *Participant) Leave(ctx context.Context) error {
	return p.ask(ctx, func(p *Participant) error {
		p.asked("leave")
		p.leave(ReasonLocal)
		return nil
	})
}

// EndForEveryone ends the whole call by the participant's wish. ErrForbidden if
// its role does not allow that.
func (p *Participant) EndForEveryone(ctx context.Context) error {
	return p.ask(ctx, func(p *Participant) error {
		if err := p.may(Moderate, "end the call"); err != nil {
			return err
		}
		p.asked("endForEveryone")
		p.call.end(ReasonEveryone)
		return nil
	})
}

// Invite asks somebody in by the participant's wish. Errors: ErrConflict if
// they are there already, ErrForbidden, ErrFull.
func (p *Participant) Invite(ctx context.Context, to identity.ID) error {
	return p.ask(ctx, func(p *Participant) error {
		if err := p.mayInvite(to); err != nil {
			return err
		}
		_, err := p.call.invite(invitee{from: p.identity, to: to, name: p.name, promotes: true})
		if err == nil {
			p.asked("invite", to)
		}
		return err
	})
}

func (p *Participant) mayInvite(to identity.ID) error {
	if err := p.may(Moderate, "invite"); err != nil {
		return err
	}
	if to.Kind() != identity.KindPhoneNumber {
		return nil
	}
	if err := p.call.mayCall(to); err != nil {
		p.refused("call a phone")
		return err
	}
	return p.may(DialOut, "call a phone")
}

// mayCall refuses phones where the room does not allow calls to them: to its
// people, and to applications too (rest.md section 11).
func (c *Call) mayCall(to identity.ID) error {
	allows := c.registry.cfg.DialOut
	if to.Kind() == identity.KindPhoneNumber && c.dialRoom != "" && allows != nil && !allows(c.dialRoom) {
		return fmt.Errorf("the room does not allow calls to phones: %w", ErrForbidden)
	}
	return nil
}

// Remove takes somebody else out by the participant's wish. Errors:
// ErrNoParticipant, ErrForbidden.
func (p *Participant) Remove(ctx context.Context, id identity.ID) error {
	return p.ask(ctx, func(p *Participant) error {
		if err := p.may(Moderate, "remove somebody"); err != nil {
			return err
		}
		who := slices.DeleteFunc(p.call.devices(id, anybody), (*Participant).elsewhere)
		if len(who) == 0 {
			return fmt.Errorf("remove %s: %w", id, ErrNoParticipant)
		}
		p.asked("remove", id)
		for _, other := range who {
			other.takenOut(ReasonRemoved)
		}
		return nil
	})
}

func anybody(*Participant) bool { return true }

// takenOut takes the participant out by somebody else's wish.
func (p *Participant) takenOut(why Reason) {
	switch {
	case p.invitation != nil:
		p.invitation.fail("withdrawn", why)
	case p.seat != nil:
		p.seat.leave(why)
	default:
		p.leave(why)
	}
}
