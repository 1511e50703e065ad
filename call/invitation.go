package call

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// maxHops is how often one invitation may be redirected. A program that
// redirects what it redirected would go round for ever.
const maxHops = 5

// Invitation is somebody being asked into a call: it rings until somebody
// accepts, answers, declines or redirects it, it is cancelled, or time is up.
// All that are alerted share it; the first to act has it.
type Invitation struct {
	id          string
	call        *Call
	participant *Participant
	done        chan struct{}
	reason      Reason // set before done is closed
	invitee

	// Below here, the call's loop only.
	state State
	hops  int
	until time.Time     // when its time is up
	since time.Time     // by the wall clock
	lasts time.Duration // from then on
	timer *time.Timer
}

// ID identifies the invitation, and is the invitationId of the contract.
func (inv *Invitation) ID() string { return inv.id }

// From is who calls; a phone is shown the number that was given for it.
func (inv *Invitation) From() identity.ID { return inv.caller() }

// To is who is called.
func (inv *Invitation) To() identity.ID { return inv.to }

// Name is the caller's display name, which may be empty.
func (inv *Invitation) Name() string { return inv.name }

// Custom is what the caller sent along, or nil.
func (inv *Invitation) Custom() *CustomContext { return inv.custom }

// Call is the serverCallId of the call.
func (inv *Invitation) Call() string { return inv.call.id }

// Done is closed when the invitation rings no more.
func (inv *Invitation) Done() <-chan struct{} { return inv.done }

// Reason says, after Done is closed, why it rings no more. Those who did not
// get it are told ReasonElsewhere.
func (inv *Invitation) Reason() Reason {
	<-inv.done
	return inv.reason
}

// invite adds a participant who is yet to answer, and alerts whoever answers
// for it as soon as that is durable.
func (c *Call) invite(who invitee) (*Invitation, error) {
	if c.over {
		return nil, ErrEnded
	}
	if c.member(who.to) != nil {
		return nil, fmt.Errorf("%s is in the call already: %w", who.to, ErrConflict)
	}
	if err := c.hasPlaces(1); err != nil {
		return nil, err
	}
	p := c.newParticipant(who.to, "")
	return c.ring(p, who, 0), nil
}

// ring makes the invitation of p and alerts.
func (c *Call) ring(p *Participant, who invitee, hops int) *Invitation {
	timeout := who.timeout
	if timeout == 0 {
		timeout = c.registry.cfg.Timeouts.invitation(who)
	}
	inv := &Invitation{
		id: c.newID(), call: c, participant: p, done: make(chan struct{}), invitee: who,
		state: inviting, hops: hops, until: time.Now().Add(timeout), since: c.registry.cfg.Now(), lasts: timeout,
	}
	inv.known = cmp.Or(inv.known, inv.id)
	inv.timer = c.later(timeout, func() {
		if !inv.over() {
			c.expired("invitation", timeout, p)
			inv.fail("timed out", ReasonNoAnswer)
		}
	})
	c.invitations[inv.id] = inv
	p.invitation = inv
	c.registry.enlist(inv)
	c.record(IncomingCall{
		To: inv.to, From: inv.caller(), ServerCallID: c.id, CallerDisplayName: inv.name,
		IncomingCallContext: c.registry.cfg.IncomingContext(inv.id, c.registry.cfg.Now().Add(timeout)),
		CorrelationID:       c.correlation, CustomContext: inv.custom.carried(),
	}, nil, "/caller/"+string(inv.caller())+"/recipient/"+string(inv.to))
	c.afterwards(func() {
		c.commits.Add(1) // the one that runs this is not done yet
		go inv.alert()
	})
	return inv
}

// alert rings everywhere the target can be reached. Nobody there: it fails at
// once.
func (inv *Invitation) alert() {
	defer inv.call.commits.Done()
	inv.call.shielded(inv.ringAll)
}

func (inv *Invitation) ringAll() {
	select {
	case <-inv.done: // it was over before it began
		return
	default:
	}
	rings := false
	for _, r := range inv.call.registry.reach() {
		rings = r.Ring(inv) || rings
	}
	if rings {
		inv.Ringing()
		return
	}
	why := ReasonUnavailable
	if inv.to.Kind() == identity.KindPhoneNumber {
		why = ReasonUnreachable
	}
	inv.Decline(why)
}

// over says that the invitation is pending no more.
func (inv *Invitation) over() bool { return inv.call.invitations[inv.id] != inv }

// close takes the invitation out; everybody it rang for learns why when that
// is durable.
func (inv *Invitation) close(what string, why Reason) {
	inv.state, _ = invitationTable.after(inv.state, what) // it is ringing: over is asked before
	delete(inv.call.invitations, inv.id)
	inv.participant.invitation = nil
	inv.timer.Stop()
	inv.call.registry.strike(inv)
	inv.call.reply(func(error) {
		inv.reason = why
		close(inv.done)
	})
}

// take gives the invitation to whoever answered it first.
func (inv *Invitation) take() *Participant {
	inv.close("answered", ReasonElsewhere)
	inv.participant.arriving = inv
	return inv.participant
}

// cancel withdraws the invitation because its call ends.
func (inv *Invitation) cancel(why Reason) {
	if inv.over() {
		return
	}
	if why.Code == 0 {
		why = ReasonCallerGone
	}
	inv.close("withdrawn", why)
	inv.participant.drop(why)
	inv.missed(why)
}

// fail ends the invitation without an answer; what says how.
func (inv *Invitation) fail(what string, why Reason) {
	if inv.over() {
		return
	}
	c := inv.call
	c.lastFail = why
	inv.close(what, why)
	inv.participant.drop(why)
	inv.missed(why)
	if !inv.promotes && !inv.aside && !c.isGroup() {
		c.end(why)
	}
}

// missed tells the connection that added or transferred that the invitee will
// not come.
func (inv *Invitation) missed(why Reason) {
	if t := inv.transfer; t != nil {
		inv.transfer = nil
		t.missed(inv.call, why)
	}
	inv.tell(AddParticipantFailed{Outcome{inv.context, why.failure(cancelled)}, inv.participant.identity, inv.known})
}

// tell tells the connection that added, and only that.
func (inv *Invitation) tell(e Event) {
	if inv.by != nil {
		inv.by.emitTo(e, inv.tellTo)
	}
}

// joined tells the connection that added or transferred that the invitee is
// here.
func (inv *Invitation) joined(p *Participant) {
	if t := inv.transfer; t != nil {
		inv.transfer = nil
		t.came(p)
	}
	inv.tell(AddParticipantSucceeded{Outcome{inv.context, Success}, inv.participant.identity, inv.known})
}

// who names for Turns what somebody does with the invitation.
func (inv *Invitation) who(does string) string { return "invitation " + inv.id + " " + does }

// Ringing reports that somebody is being alerted; the caller is told so.
func (inv *Invitation) Ringing() {
	inv.call.postAs(inv.who("rings"), func() {
		if inv.over() || inv.participant.state != Dialing {
			return
		}
		_ = inv.participant.step("ringing")
		for _, p := range inv.call.members {
			if p.seat == nil && !p.answered && p.invitation == nil && p.state == Dialing {
				_ = p.step("ringing")
			}
		}
	})
}

// Decline ends the invitation for everybody that it rings for.
func (inv *Invitation) Decline(why Reason) {
	inv.call.postAs(inv.who("is declined"), func() { inv.fail("declined", why) })
}

// Reject ends the invitation like Decline and returns when that is durable. It
// returns ErrNoCall if it rings no more.
func (inv *Invitation) Reject(ctx context.Context, why Reason) error {
	return inv.claimed(inv.call.doAs(ctx, inv.who("is rejected"), func() error {
		if inv.over() {
			return ErrNoCall
		}
		inv.fail("declined", why)
		return nil
	}))
}

// claimed turns the end of the call into the end of the invitation.
func (inv *Invitation) claimed(err error) error {
	if err == ErrEnded { //nolint:errorlint // do returns it bare
		return ErrNoCall
	}
	return err
}

// Acceptance is what a person answers with.
type Acceptance struct {
	// Leg is the way they come in.
	Leg Leg
	// Name is their display name.
	Name string
	// Muted says that their microphone is off.
	Muted bool
}

// Accept lets a person in: their leg becomes the invited participant. It
// returns ErrNoCall if the invitation rings no more.
func (inv *Invitation) Accept(ctx context.Context, a Acceptance) (*Participant, error) {
	err := inv.call.doAs(ctx, inv.who("is accepted"), func() error {
		if inv.over() {
			return ErrNoCall
		}
		p := inv.take()
		p.name, p.role = a.Name, inv.call.roleOf(inv.to)
		p.take(a.Leg, a.Muted)
		p.accept()
		inv.call.answered()
		return nil
	})
	return inv.participant, inv.claimed(err)
}

// answered lets the media of everybody come who waited for an answer.
func (c *Call) answered() {
	for _, p := range c.members {
		if p.invitation == nil && p.seat == nil {
			p.accept()
		}
	}
}

// Seat is what an application brings when it answers, creates or connects.
type Seat struct {
	// As is under whom it is listed; empty when answering: whom it answers for.
	As identity.ID
	// Telling is where its events go.
	Telling Telling
	// OperationContext comes back in the first result.
	OperationContext string
	// AnsweredBy is given back in reads as it was given.
	AnsweredBy identity.ID
	// Feed, if set, receives every record of the connection once it is durable.
	Feed *Feed
	// Port is the application's own ear and mouth, nil for none.
	Port media.Port
	// Standing is what the application has subscribed to, by name: what View shows
	// until a Standing event says otherwise.
	Standing map[string]any
	// Begin are operations that start by themselves once the call is established.
	Begin []Operation
}

// Answer gives the invitation to an application: its seat becomes the invited
// participant. It returns ErrNoCall if the invitation rings no more.
func (inv *Invitation) Answer(ctx context.Context, seat Seat) (*Connection, error) {
	var cn *Connection
	err := inv.call.doAs(ctx, inv.who("is answered"), func() error {
		if inv.over() {
			return ErrNoCall
		}
		cn = inv.call.seat(inv.take(), kindAnswer, seat)
		cn.source, cn.sourceName, cn.targets = inv.caller(), inv.name, []identity.ID{inv.to}
		cn.open()
		inv.call.answered()
		if inv.call.expects { // the transferee comes first, and then it is connected
			inv.joined(cn.seat)
		}
		return nil
	})
	if err != nil { // cn may be about to be set: nobody waits any more
		return nil, inv.claimed(err)
	}
	return cn, nil
}

// Redirect asks somebody else instead. The participant keeps the identity it
// was called by. Errors: ErrNoCall if the invitation rings no more, ErrConflict
// for somebody who is in the call already, ErrForbidden for a phone that a room
// does not allow to call; then it rings on.
func (inv *Invitation) Redirect(ctx context.Context, to identity.ID) error {
	return inv.claimed(inv.call.doAs(ctx, inv.who("is redirected"), func() error {
		if inv.over() {
			return ErrNoCall
		}
		if p := inv.call.member(to); p != nil && p != inv.participant {
			return fmt.Errorf("redirect to %s, who is in the call: %w", to, ErrConflict)
		}
		if err := inv.call.mayCall(to); err != nil {
			return fmt.Errorf("redirect: %w", err)
		}
		if inv.hops >= maxHops {
			inv.fail("declined", ReasonUnavailable)
			return nil
		}
		inv.close("redirected", ReasonElsewhere)
		inv.call.ring(inv.participant, inv.onward(to), inv.hops+1)
		return nil
	}))
}
