package call

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Participant is somebody in a call: a person behind a leg, or the seat of an
// application. Its leg reports to it what happens.
type Participant struct {
	id       string
	call     *Call
	identity identity.ID

	// Below here, the call's loop only.
	name       string
	leg        Leg
	port       media.Port  // what is joined to the bridge; nil for a seat without sound
	seat       *Connection // whose seat it is, if an application's
	invitation *Invitation // while it is being invited
	arriving   *Invitation // taken, but not connected yet
	state      State
	answered   bool // its side has been taken: media may come
	selfMuted  bool
	forceMuted bool // muted by somebody else
	speaking   bool
	reason     Reason
	lost       *time.Timer
	tones      []*toneListener
}

func (c *Call) newParticipant(id identity.ID, name string) *Participant {
	p := &Participant{id: c.registry.newID(), call: c, identity: id, name: name, state: Idle}
	c.members = append(c.members, p)
	_ = p.step("dial") // from Idle it is always possible
	return p
}

// ID is the participant's id, unique in the call.
func (p *Participant) ID() string { return p.id }

// Identity is under whom the participant is listed.
func (p *Participant) Identity() identity.ID { return p.identity }

// Call is the serverCallId of the call.
func (p *Participant) Call() string { return p.call.id }

// step moves the participant along its table and says so.
func (p *Participant) step(what string) error {
	next, err := participantTable.after(p.state, what)
	if err != nil {
		return err
	}
	listed := p.present()
	p.state = next
	p.call.stale = true
	if listed || p.present() {
		p.call.changed()
	}
	p.say()
	return nil
}

// say writes the participant's state down for every connection.
func (p *Participant) say() {
	e := participantChanged{
		ParticipantID: p.id, Identifier: p.identity, State: p.state,
		Muted: p.muted(), Held: p.state == OnHold,
	}
	if p.state == Gone {
		e.Reason = &p.reason
	}
	for _, cn := range p.call.connections {
		cn.emit(e)
	}
}

func (p *Participant) present() bool { return p.state == Present || p.state == OnHold }

// isThird says that the participant is on the way in, and makes a 1:1 call a
// group call by coming.
func (p *Participant) isThird() bool {
	inv := cmp.Or(p.invitation, p.arriving)
	return inv != nil && inv.promotes && p.state != Gone
}

func (p *Participant) muted() bool { return p.selfMuted || p.forceMuted }

func (p *Participant) member() Member {
	return Member{
		ID: p.id, Identity: p.identity, Name: p.name, State: p.state,
		Muted: p.muted(), Held: p.state == OnHold, Speaking: p.speaking,
		Application: p.seat != nil, Reason: p.reason,
	}
}

// take gives an invited or calling participant its leg.
func (p *Participant) take(leg Leg, muted bool) {
	p.leg, p.port, p.selfMuted = leg, leg.Port(), muted
	leg.Attach(p)
}

// accept lets the participant's media come.
func (p *Participant) accept() {
	if p.answered {
		return
	}
	p.answered = true
	if leg := p.leg; leg != nil {
		p.call.afterwards(leg.Accept)
	}
}

// arrive lets the participant hear and be heard.
func (p *Participant) arrive() {
	if p.step("media") != nil {
		return
	}
	p.call.met = true
	if inv := p.arriving; inv != nil {
		p.call.group = p.call.group || inv.promotes
		p.arriving = nil
		inv.joined()
	}
	if p.port == nil {
		return
	}
	b := p.call.soundBridge()
	b.Join(p.id, p.port)
	if p.muted() {
		b.Mute(p.id)
	}
}

// drop takes the participant out of the call: it is not heard any more, its
// leg is told why.
func (p *Participant) drop(why Reason) {
	if p.state == Gone {
		return
	}
	if p.call.bridge != nil {
		p.call.bridge.Leave(p.id)
	}
	disarm(&p.lost)
	p.reason = why
	_ = p.step("gone") // possible from every other state
	if inv := p.arriving; inv != nil {
		p.arriving = nil
		p.call.lastFail = why
		inv.missed(why)
	}
	for _, cn := range p.call.connections {
		cn.forsake()
	}
	if leg := p.leg; leg != nil {
		p.call.reply(func(error) { leg.Hangup(why) })
	}
}

// leave is drop, with what it means for the call: in a 1:1 call the first to
// leave ends it.
func (p *Participant) leave(why Reason) {
	if p.state == Gone {
		return
	}
	third := p.isThird()
	p.drop(why)
	if !third {
		p.call.part(why)
	}
}

// Ringing reports that the participant is being alerted.
func (p *Participant) Ringing() { p.call.post(func() { _ = p.step("ringing") }) }

// Connected reports that the participant's media flows.
func (p *Participant) Connected() {
	p.call.post(func() {
		if p.answered && p.state != Gone {
			p.arrive()
		}
	})
}

// Gone reports that the participant has left by itself, or was lost.
func (p *Participant) Gone(why Reason) { p.call.post(func() { p.leave(why) }) }

// Lost reports that nothing has been received for a while. The call goes on;
// the participant is removed when it does not come back in time.
func (p *Participant) Lost() {
	p.call.post(func() {
		if p.lost != nil || p.state == Gone {
			return
		}
		p.call.arm(&p.lost, p.call.registry.cfg.Timeouts.Reconnect, func() { p.leave(ReasonMediaLost) })
		p.each(participantLost{p.id, p.identity})
	})
}

// Back reports that packets come again after Lost.
func (p *Participant) Back() {
	p.call.post(func() {
		if p.lost == nil {
			return
		}
		disarm(&p.lost)
		p.each(participantBack{participantLost{p.id, p.identity}})
	})
}

// each tells every connection.
func (p *Participant) each(e Event) {
	for _, cn := range p.call.connections {
		cn.emit(e)
	}
}

// SelfMute reports that the participant switched its microphone off.
func (p *Participant) SelfMute() { p.call.post(func() { p.setMuted(true, p.forceMuted) }) }

// SelfUnmute reports that it switched it on again, which undoes a mute by
// others too (rest.md section 6.7).
func (p *Participant) SelfUnmute() { p.call.post(func() { p.setMuted(false, false) }) }

// setMuted changes who has muted the participant and says so if it matters.
func (p *Participant) setMuted(self, force bool) {
	was := p.muted()
	p.selfMuted, p.forceMuted = self, force
	if was == p.muted() || p.state == Gone {
		return
	}
	if b := p.call.bridge; b != nil {
		if p.muted() {
			b.Mute(p.id)
		} else {
			b.Unmute(p.id)
		}
	}
	p.call.changed()
	p.say()
}

// Speaking and Quiet report whether the participant is heard to speak. They
// are shown, not written down.
func (p *Participant) Speaking() { p.call.post(func() { p.setSpeaking(true) }) }

// Quiet is the end of Speaking.
func (p *Participant) Quiet() { p.call.post(func() { p.setSpeaking(false) }) }

func (p *Participant) setSpeaking(on bool) {
	p.call.stale = p.call.stale || p.speaking != on
	p.speaking = on
}

// Leave takes the participant out of the call by its own wish.
func (p *Participant) Leave(ctx context.Context) error {
	return p.call.do(ctx, func() error {
		p.leave(ReasonLocal)
		return nil
	})
}

// ask runs f for a participant who is still in the call.
func (p *Participant) ask(ctx context.Context, f func() error) error {
	return p.call.do(ctx, func() error {
		if p.state == Gone {
			return ErrEnded
		}
		return f()
	})
}

// EndForEveryone ends the whole call by the participant's wish.
func (p *Participant) EndForEveryone(ctx context.Context) error {
	return p.ask(ctx, func() error {
		p.call.end(ReasonEveryone)
		return nil
	})
}

// Invite asks somebody in by the participant's wish; ErrConflict if they are
// there already.
func (p *Participant) Invite(ctx context.Context, to identity.ID) error {
	return p.ask(ctx, func() error {
		_, err := p.call.invite(invitee{from: p.identity, to: to, name: p.name, promotes: true})
		return err
	})
}

// Remove takes somebody else out by the participant's wish.
func (p *Participant) Remove(ctx context.Context, id identity.ID) error {
	return p.ask(ctx, func() error {
		other := p.call.member(id)
		if other == nil {
			return fmt.Errorf("remove %s: %w", id, ErrNoParticipant)
		}
		other.removed(ReasonRemoved)
		return nil
	})
}

// removed takes the participant out by somebody else's wish.
func (p *Participant) removed(why Reason) {
	switch {
	case p.invitation != nil:
		p.invitation.fail(why)
	case p.seat != nil:
		p.seat.leave(why)
	default:
		p.leave(why)
	}
}

// MuteOthers mutes the given participants, or all others, by the participant's
// wish.
func (p *Participant) MuteOthers(ctx context.Context, ids ...identity.ID) error {
	return p.ask(ctx, func() error {
		muted := ids
		if len(muted) == 0 {
			muted = p.call.othersThan(p)
		}
		return p.call.mute(muted)
	})
}

func (c *Call) othersThan(p *Participant) []identity.ID {
	var ids []identity.ID
	for _, m := range c.members {
		if m != p && m.seat == nil && m.present() {
			ids = append(ids, m.identity)
		}
	}
	return ids
}

// mute mutes all of those, or nobody if one of them is not there.
func (c *Call) mute(ids []identity.ID) error {
	muted := make([]*Participant, len(ids))
	for i, id := range ids {
		p := c.member(id)
		if p == nil || !p.present() {
			return fmt.Errorf("mute %s: %w", id, ErrNoParticipant)
		}
		muted[i] = p
	}
	for _, p := range muted {
		if p.muted() {
			continue
		}
		p.setMuted(p.selfMuted, true)
		if leg := p.leg; leg != nil {
			c.afterwards(leg.Mute)
		}
	}
	return nil
}

// toneListener is who waits for a participant's keys. What does not fit in the
// buffer is lost to it: nobody types 64 keys ahead.
type toneListener struct{ tones chan Tone }

// Tone reports a key that the participant pressed.
func (p *Participant) Tone(t Tone) {
	p.call.post(func() {
		if !p.present() {
			return
		}
		p.each(toneHeard{p.id, p.identity, t})
		for _, l := range p.tones {
			select {
			case l.tones <- t:
			default:
			}
		}
	})
}
