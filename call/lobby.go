package call

import (
	"context"
	"fmt"
	"slices"

	"github.com/botd-dev/botd/identity"
)

// knock makes the participant wait until it is let in. It keeps its leg, and
// neither hears nor is heard.
func (p *Participant) knock() {
	p.hush()
	p.unhold()
	p.stepLobby("arrived")
	_ = p.step("lobby") // possible from every state in which there is a leg
	p.awaitAdmission()
}

// awaitAdmission bounds how long it waits.
func (p *Participant) awaitAdmission() {
	disarm(&p.wait)
	d := p.call.registry.cfg.Timeouts.Lobby
	p.call.arm(&p.wait, d, func() {
		p.call.expired("lobby", d, p)
		p.leave(ReasonLobby)
	})
}

// stepLobby moves the participant along the table of the lobby and says so.
func (p *Participant) stepLobby(what string) bool {
	was := p.lobby
	if was == "" {
		was = outside
	}
	next, err := lobbyTable.after(was, what)
	if err != nil {
		return false
	}
	p.lobby = next
	p.call.stale = true
	p.each(lobbyChanged{p.id, p.identity, next})
	return true
}

// admit lets somebody in who waits. It comes in when its media flows.
func (p *Participant) admit() {
	if !p.stepLobby("admitted") {
		return
	}
	disarm(&p.wait)
	if p.flowing {
		p.enter()
		return
	}
	p.awaitMedia()
}

// enter brings in who was admitted.
func (p *Participant) enter() {
	if p.lobby != admitted {
		return
	}
	p.stepLobby("entered")
	_ = p.step("admitted") // it is InLobby
	disarm(&p.wait)
	p.call.met = true
	p.call.added(p)
	p.sound()
}

// leaveLobby is the end of whoever came through the lobby.
func (p *Participant) leaveLobby() {
	if p.lobby != "" {
		p.stepLobby("gone")
	}
}

// sendBack sends somebody who is in the call back to the lobby, and not on to
// another call.
func (p *Participant) sendBack() {
	if p.handover.settled() {
		return // it is in the other call already
	}
	if t := p.transfer; t != nil {
		t.fail(ReasonCancelled)
	}
	if p.lobby == admitted {
		p.stepLobby("returned")
		p.awaitAdmission()
		return
	}
	if p.lobby == "" {
		p.lobby = inside
	}
	p.hush()
	p.unhold()
	p.call.removed(p)
	p.stepLobby("returned")
	_ = p.step("lobby") // it is present
	p.awaitAdmission()
	p.call.forsaken()
}

// forsaken cancels what the connections run for somebody who is not there any
// more.
func (c *Call) forsaken() {
	for _, cn := range c.connections {
		cn.forsake()
	}
}

func (p *Participant) inLobby() bool { return p.state == InLobby }

// waits says that the participant is in the lobby.
func (p *Participant) waits() bool { return p.state == InLobby && p.lobby == waiting }

func (p *Participant) mayReturn() bool {
	return p.seat == nil && (p.present() || p.state == InLobby && p.lobby == admitted)
}

// admit, refuse and sendBack do it for all of those, or nobody if one is not
// there (ErrNoParticipant), or does not find a place (ErrFull).
func (c *Call) admit(ids []identity.ID) error {
	list, err := c.those("admit", ids, (*Participant).inLobby)
	if err != nil {
		return err
	}
	waiting := slices.DeleteFunc(list, func(p *Participant) bool { return !p.waits() })
	if err := c.hasPlaces(len(waiting)); err != nil {
		return fmt.Errorf("admit: %w", err)
	}
	for _, p := range waiting {
		p.admit()
	}
	return nil
}

func (c *Call) refuse(ids []identity.ID) error {
	list, err := c.those("refuse", ids, (*Participant).inLobby)
	for _, p := range list {
		p.leave(ReasonRefused)
	}
	return err
}

func (c *Call) sendBack(ids []identity.ID) error {
	if c.roomID == "" {
		return fmt.Errorf("return to the lobby, which only rooms have: %w", ErrWrongState)
	}
	list, err := c.those("return", ids, (*Participant).mayReturn)
	for _, p := range list {
		p.sendBack()
	}
	return err
}

// whoWaits are those in the lobby.
func (c *Call) whoWaits() []identity.ID {
	var ids []identity.ID
	for _, p := range c.members {
		if p.waits() {
			ids = append(ids, p.identity)
		}
	}
	return ids
}

// Admit lets in those of the lobby, or all of it, by the participant's wish.
// Errors: ErrForbidden by its role, ErrNoParticipant if one does not wait,
// ErrFull.
func (p *Participant) Admit(ctx context.Context, ids ...identity.ID) error {
	return p.decide(ctx, "admit", func(c *Call) error {
		if len(ids) == 0 {
			ids = c.whoWaits()
		}
		return c.admit(ids)
	}, ids...)
}

// Refuse sends away those of the lobby by the participant's wish. Errors as
// Admit.
func (p *Participant) Refuse(ctx context.Context, ids ...identity.ID) error {
	return p.decide(ctx, "refuse", func(c *Call) error { return c.refuse(ids) }, ids...)
}

// Return sends those who are in the call back to the lobby, by the
// participant's wish. Errors as Admit.
func (p *Participant) Return(ctx context.Context, ids ...identity.ID) error {
	return p.decide(ctx, "return", func(c *Call) error { return c.sendBack(ids) }, ids...)
}

func (p *Participant) decide(ctx context.Context, what string, f func(*Call) error, of ...identity.ID) error {
	return p.ask(ctx, func(p *Participant) error {
		if err := p.may(Moderate, what); err != nil {
			return err
		}
		p.asked(what, of...)
		return f(p.call)
	})
}

// Waiting is who is in the lobby of a room's call.
func (r *Registry) Waiting(room string) []Member {
	c := r.gathering(roomKey(room))
	if c == nil {
		return nil
	}
	var list []Member
	for _, m := range c.View().Members {
		if m.State == InLobby {
			list = append(list, m)
		}
	}
	return list
}

// Admit lets those into a room's call who wait in its lobby: all of them, or
// nobody if one does not wait (ErrNoParticipant) or there are not as many places
// (ErrFull). ErrNoCall if there is no call.
func (r *Registry) Admit(ctx context.Context, room string, ids []identity.ID) error {
	return r.inRoom(ctx, room, func(c *Call) error { return c.admit(ids) })
}

// Refuse sends those away who wait in a room's lobby. Errors as Admit.
func (r *Registry) Refuse(ctx context.Context, room string, ids []identity.ID) error {
	return r.inRoom(ctx, room, func(c *Call) error { return c.refuse(ids) })
}

// Return sends those who are in a room's call back to its lobby. Errors as
// Admit.
func (r *Registry) Return(ctx context.Context, room string, ids []identity.ID) error {
	return r.inRoom(ctx, room, func(c *Call) error { return c.sendBack(ids) })
}

// Assign gives somebody who is in a room's call another role. Somebody who is
// not there is no error.
func (r *Registry) Assign(ctx context.Context, room string, id identity.ID, role Role) error {
	return r.ifThere(ctx, room, id, func(p *Participant) { p.assign(role) })
}

// Expel takes somebody out of a room's call. Somebody who is not there is no
// error.
func (r *Registry) Expel(ctx context.Context, room string, id identity.ID, why Reason) error {
	return r.ifThere(ctx, room, id, func(p *Participant) { p.takenOut(why) })
}

// assign changes what the participant may do.
func (p *Participant) assign(role Role) {
	if p.role == role {
		return
	}
	was := p.muted()
	p.role, p.denied = role, nil
	p.call.stale = true
	if was == p.muted() {
		p.say()
		return
	}
	p.mutedSince(was)
}

// inRoom runs f in the call of a room.
func (r *Registry) inRoom(ctx context.Context, room string, f func(*Call) error) error {
	c := r.gathering(roomKey(room))
	if c == nil {
		return fmt.Errorf("room %s: %w", room, ErrNoCall)
	}
	return c.do(ctx, func() error { return f(c) })
}

// Vacate takes everybody but applications out of a room's call, those included
// who have come a moment ago and whom no reader can know of yet. That there is no
// call is no error.
func (r *Registry) Vacate(ctx context.Context, room string, why Reason) error {
	return r.ofThose(ctx, room, anybody, func(p *Participant) { p.takenOut(why) })
}

// ifThere runs f for everybody of that identity in the call of a room.
func (r *Registry) ifThere(ctx context.Context, room string, id identity.ID, f func(*Participant)) error {
	return r.ofThose(ctx, room, func(p *Participant) bool { return p.identity == id }, f)
}

// ofThose runs f for those people in the call of a room.
func (r *Registry) ofThose(ctx context.Context, room string, are func(*Participant) bool, f func(*Participant)) error {
	c := r.gathering(roomKey(room))
	if c == nil {
		return nil
	}
	err := c.do(ctx, func() error {
		for _, p := range slices.Clone(c.members) {
			if are(p) && p.seat == nil && p.state != Gone {
				f(p)
			}
		}
		return nil
	})
	if err == ErrEnded { //nolint:errorlint // do returns it bare
		return nil
	}
	return err
}
