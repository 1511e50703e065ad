package call

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/botd-dev/botd/identity"
)

// Transfer hands a participant to somebody else (rest.md section 6.6).
type Transfer struct {
	// Target is who gets it, by being called: a blind transfer.
	Target identity.ID
	// TargetCall, instead, is a callConnectionId: the participant comes into
	// that call, in which the application has spoken with the target before. The
	// application then leaves that call, if it is one of two.
	TargetCall string
	// Transferee is who is handed over; in a 1:1 call it may be empty.
	Transferee identity.ID
	// CallerID is the phone number shown to a phone, or empty.
	CallerID string
	// Custom is sent along.
	Custom *CustomContext
	Reference
}

// transfer is a transfer under way. It belongs to the call of its transferee.
type transfer struct {
	Transfer
	cn         *Connection
	transferee *Participant
	state      State
	whole      bool        // the connection itself is transferred: a 1:1 call
	dialRoom   string      // the room whose rule about phones holds for the transferee
	target     *Call       // where the transferee goes; nil if the target comes here
	met        identity.ID // whom the transferee meets there, if no Target is named
	timer      *time.Timer
}

// Transfer hands a participant over. CallTransferAccepted or CallTransferFailed
// follows; in a 1:1 call the application then leaves. Errors: ErrTransferee,
// ErrNoParticipant, ErrTransferRunning, ErrNoCall for an unknown target call,
// ErrConflict for a target that is in the call already.
func (cn *Connection) Transfer(ctx context.Context, tr Transfer) error {
	var other *Connection
	if tr.TargetCall != "" {
		var err error
		if other, err = cn.call.registry.Connection(tr.TargetCall); err != nil {
			return fmt.Errorf("transfer to the call of %s: %w", tr.TargetCall, err)
		}
		if other.call == cn.call {
			return fmt.Errorf("transfer to the same call: %w", ErrConflict)
		}
	}
	return cn.do(ctx, func() error {
		if cn.state == Transferring {
			return fmt.Errorf("transfer twice: %w", ErrTransferRunning)
		}
		if err := cn.connected("transfer"); err != nil {
			return err
		}
		t, err := cn.transferOf(tr)
		if err != nil {
			return err
		}
		cn.emit(accepted{Operation: "transferToParticipant", OperationContext: tr.Context})
		t.begin(other)
		return nil
	})
}

// transferOf finds whom a transfer is about and whether it may be.
func (cn *Connection) transferOf(tr Transfer) (*transfer, error) {
	c := cn.call
	p, err := cn.transfereeOf(tr.Transferee)
	switch {
	case err != nil:
		return nil, err
	case p.transfer != nil:
		return nil, fmt.Errorf("transfer %s: %w", p.identity, ErrTransferRunning)
	case p.handover != nil || p.leg == nil:
		return nil, fmt.Errorf("transfer %s: %w", p.identity, ErrConflict)
	case c.mayCall(tr.Target) != nil:
		return nil, c.mayCall(tr.Target)
	case tr.Target != "" && c.member(tr.Target) != nil:
		return nil, fmt.Errorf("transfer to %s, who is in the call: %w", tr.Target, ErrConflict)
	}
	whole := !c.isGroup() && c.headcount() == 1 && !cn.seat.isVisitor()
	return &transfer{Transfer: tr, cn: cn, transferee: p, state: transferIdle, whole: whole, dialRoom: c.dialRoom}, nil
}

func (cn *Connection) transfereeOf(id identity.ID) (*Participant, error) {
	people := cn.call.people(func(*Participant) bool { return true })
	if id == "" && len(people) == 1 && !cn.call.isGroup() {
		id = people[0]
	}
	if id == "" {
		return nil, ErrTransferee
	}
	if !slices.Contains(people, id) {
		return nil, fmt.Errorf("transfer %s: %w", id, ErrNoParticipant)
	}
	return cn.call.here(id), nil
}

// step moves the transfer along its table; false means that it is over.
func (t *transfer) step(what string) bool {
	next, err := transferTable.after(t.state, what)
	if err != nil {
		return false
	}
	t.state = next
	t.cn.emit(transferChanged{t.transferee.identity, t.Target, t.TargetCall, next})
	return true
}

func (t *transfer) begin(other *Connection) {
	c := t.cn.call
	t.step("asked") // it is new
	t.transferee.transfer = t
	t.cn.transfers = append(t.cn.transfers, t)
	if t.whole {
		_ = t.cn.step("transfer") // it is Connected
	}
	d := c.registry.cfg.Timeouts.Transfer
	c.arm(&t.timer, d, func() {
		c.expired("transfer", d, t.transferee)
		t.fail(ReasonNoAnswer)
	})
	switch {
	case other != nil:
		t.target, t.met = other.call, other.partner()
		t.hand(other)
	case t.whole:
		t.askIn()
	default:
		t.askElsewhere()
	}
}

// askIn calls the target into this call: it stays the call of two.
func (t *transfer) askIn() {
	if _, err := t.cn.call.invite(t.invitee()); err != nil {
		t.fail(failing(err))
	}
}

// invitee is what the target is called with: it sees the transferee calling.
func (t *transfer) invitee() invitee {
	return invitee{
		from: t.transferee.identity, name: t.transferee.name, number: t.CallerID, to: t.Target, custom: t.Custom,
		timeout: t.cn.call.registry.cfg.Timeouts.Transfer, transfer: t, aside: t.whole,
	}
}

// who names the transfer for Turns.
func (t *transfer) who() string { return "transfer " + t.transferee.id }

// askElsewhere calls the target in a new call, into which the transferee goes
// when it answers.
func (t *transfer) askElsewhere() {
	who := t.invitee()
	t.cn.busy++
	go func() {
		other, err := t.cn.call.registry.ringElsewhere(who)
		asks := t.cn.call.postAs(t.who(), func() {
			t.cn.busy--
			t.rings(other, err)
			t.cn.settle()
		})
		if !asks && err == nil {
			other.callOff()
		}
	}()
}

// ringElsewhere makes a call in which somebody is rung for one who is expected.
// It may call a phone where the call that they come from may.
func (r *Registry) ringElsewhere(who invitee) (*Call, error) {
	var made *Call
	err := r.start(context.Background(), who.from, func(c *Call) error {
		c.expects, c.dialRoom = true, who.transfer.dialRoom
		made = c
		_, err := c.invite(who)
		return err
	})
	return made, err
}

// rings takes in that the target is being called elsewhere.
func (t *transfer) rings(other *Call, err error) {
	switch {
	case err != nil:
		t.fail(failing(err))
	case t.state == transferFailed: // before it rang
		go other.callOff()
	case t.state == transferRunning:
		t.target = other
	}
}

// callOff ends a call that somebody was expected in who will not come.
func (c *Call) callOff() { c.post(func() { c.end(ReasonCallerGone) }) }

// came is the target's arrival, in the loop of the call that it came to.
func (t *transfer) came(target *Participant) {
	if target.call == t.cn.call {
		t.accepted()
		return
	}
	go func() {
		expected := t.cn.call.postAs(t.who(), func() {
			if t.state == transferRunning {
				t.target = target.call
				t.hand(nil)
			}
		})
		if !expected {
			target.call.callOff()
		}
	}()
}

// missed is the news that the target will not come, in the loop of the call
// that it was asked to.
func (t *transfer) missed(from *Call, why Reason) {
	if from == t.cn.call {
		t.fail(why)
		return
	}
	go t.cn.call.postAs(t.who(), func() { t.fail(why) })
}

// hand brings the transferee to the target. other is the application's
// connection there, if it has one.
func (t *transfer) hand(other *Connection) {
	disarm(&t.timer)
	t.cn.busy++
	var met identity.ID // as it is when the transferee comes
	ps := passage{
		who: t.who(), from: t.cn.call, to: t.target, two: true,
		find:  func() (*Participant, error) { return t.transferee, nil },
		ready: func() error { return t.target.awaits(other) },
		arrived: func(p *Participant) {
			met = p.call.companion(p, other)
			p.call.relieve(other, met)
		},
		released: func(*Participant) {
			t.met = cmp.Or(met, t.met)
			t.accepted()
		},
	}
	go func() {
		err := ps.run()
		t.cn.call.postAs(t.who(), func() {
			t.cn.busy--
			if err != nil {
				t.fail(failing(err))
			}
			t.cn.settle()
		})
	}()
}

// awaits says whether the call may still take a transferee: the target is
// there, and so is the application if it brings them together.
func (c *Call) awaits(by *Connection) error {
	if by != nil {
		return by.connected("transfer")
	}
	if people, _, seats := c.census(); people+seats == 0 {
		return fmt.Errorf("the target has left: %w", ErrEnded)
	}
	return nil
}

// companion is somebody else in the call than those two, rather a person than an
// application.
func (c *Call) companion(p *Participant, by *Connection) identity.ID {
	var found identity.ID
	for _, m := range c.members {
		switch {
		case m == p || !m.present() || by != nil && m == by.seat:
		case m.seat == nil:
			return m.identity
		default:
			found = m.identity
		}
	}
	return found
}

// partner is somebody else in the application's call, as others can know.
func (cn *Connection) partner() identity.ID {
	for _, p := range cn.View().Participants {
		if p.Identifier != cn.seat.identity {
			return p.Identifier
		}
	}
	return ""
}

// relieve lets the application out of a call of two whose other side, if it is
// there, has got the transferee; the call goes on.
func (c *Call) relieve(other *Connection, met identity.ID) {
	if other == nil {
		c.expects = false
		return
	}
	if met == "" || c.group || c.headcount() != 2 || other.seat.isVisitor() {
		return
	}
	other.seat.replaced = true
	other.leave(ReasonTransferred)
}

// accepted ends the transfer well: the target has the transferee.
func (t *transfer) accepted() {
	if !t.step("accepted") {
		return
	}
	t.over()
	t.cn.emitTo(CallTransferAccepted{Outcome{t.Context, Success}, cmp.Or(t.Target, t.met), t.transferee.identity}, t.TellTo)
	if t.whole && t.cn.step("transfer accepted") == nil {
		t.cn.seat.replaced = true
		t.cn.leave(ReasonTransferred)
	}
}

// fail ends the transfer: everybody stays where they are.
func (t *transfer) fail(why Reason) {
	if !t.step("failed") {
		return
	}
	t.over()
	t.callOff()
	if other := t.target; other != nil && t.TargetCall == "" {
		go other.callOff()
	}
	if t.whole {
		_ = t.cn.step("transfer failed") // unless it is leaving
	}
	t.cn.emitTo(CallTransferFailed{Outcome{t.Context, why.failure(cancelled)}}, t.TellTo)
}

// callOff sends away a target that was asked into this call.
func (t *transfer) callOff() {
	for _, p := range slices.Clone(t.cn.call.members) {
		switch {
		case p.invitation != nil && p.invitation.transfer == t:
			p.invitation.transfer = nil
			p.invitation.fail("withdrawn", ReasonCallerGone)
		case p.arriving != nil && p.arriving.transfer == t:
			p.arriving.transfer = nil
			p.takenOut(ReasonCallerGone)
		}
	}
}

func (t *transfer) over() {
	disarm(&t.timer)
	t.transferee.transfer = nil
	t.cn.transfers = slices.DeleteFunc(t.cn.transfers, func(other *transfer) bool { return other == t })
}

// lostTransferee is the end of a transfer whose transferee has gone: to the
// target, or altogether.
func (t *transfer) lostTransferee(moved bool, why Reason) {
	if moved {
		t.accepted()
		return
	}
	t.fail(why)
}
