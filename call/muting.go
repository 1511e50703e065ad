package call

import (
	"context"
	"fmt"
	"slices"

	"github.com/botd-dev/botd/identity"
)

// muted says that the participant is not to be heard: by its own wish, by that
// of others, or because its role is to listen.
func (p *Participant) muted() bool { return p.selfMuted || p.forceMuted || !p.role.May(Speak) }

// SelfMute reports that the participant switched its microphone off.
func (p *Participant) SelfMute() {
	p.report(func(p *Participant) { p.setMuted(true, p.forceMuted) })
}

// SelfUnmute reports that it switched it on again, which undoes a mute by
// others too (rest.md section 6.7).
func (p *Participant) SelfUnmute() {
	p.report(func(p *Participant) { p.setMuted(false, false) })
}

// setMuted changes who has muted the participant and says so if it matters.
func (p *Participant) setMuted(self, force bool) {
	was := p.muted()
	p.selfMuted, p.forceMuted = self, force
	p.mutedSince(was)
}

// mutedSince says so if the participant is muted now and was not, or the other
// way round.
func (p *Participant) mutedSince(was bool) {
	if was == p.muted() || p.state == Gone {
		return
	}
	p.voice()
	p.call.stale = true
	if p.present() {
		p.call.changed()
	}
	p.say()
}

// MuteOthers mutes the given participants, or all others, by the participant's
// wish. Errors: ErrNoParticipant, ErrForbidden.
func (p *Participant) MuteOthers(ctx context.Context, ids ...identity.ID) error {
	return p.ask(ctx, func(p *Participant) error {
		if err := p.may(Moderate, "mute others"); err != nil {
			return err
		}
		muted := ids
		if len(muted) == 0 {
			muted = p.call.people(func(m *Participant) bool { return m.identity != p.identity })
		}
		p.asked("mute", muted...)
		return p.call.mute(muted)
	})
}

// people are the identities of those in the call, but for applications, whom f
// holds for.
func (c *Call) people(f func(*Participant) bool) []identity.ID {
	var ids []identity.ID
	for _, m := range c.members {
		if m.seat == nil && m.present() && f(m) {
			ids = append(ids, m.identity)
		}
	}
	return ids
}

// those finds all of those whom ok holds for, or nobody if one is not there.
func (c *Call) those(what string, ids []identity.ID, ok func(*Participant) bool) ([]*Participant, error) {
	var list []*Participant
	for _, id := range ids {
		found := c.devices(id, ok)
		if len(found) == 0 {
			return nil, fmt.Errorf("%s %s: %w", what, id, ErrNoParticipant)
		}
		for _, p := range found {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list, nil
}

// here is somebody who is in the call; nil if they are not.
func (c *Call) here(id identity.ID) *Participant {
	for _, p := range c.members {
		if p.identity == id && p.present() {
			return p
		}
	}
	return nil
}

// devices is somebody whom ok holds for: more than one participant if they have
// joined on several devices.
func (c *Call) devices(id identity.ID, ok func(*Participant) bool) []*Participant {
	var list []*Participant
	for _, p := range c.members {
		if p.identity == id && p.state != Gone && ok(p) && (len(list) == 0 || p.seat == nil && list[0].seat == nil) {
			list = append(list, p)
		}
	}
	return list
}

// mute mutes all of those, or nobody if one of them is not there.
func (c *Call) mute(ids []identity.ID) error {
	list, err := c.those("mute", ids, (*Participant).present)
	if err != nil {
		return err
	}
	for _, p := range list {
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

// unmute undoes mute. Who has muted itself stays so.
func (c *Call) unmute(ids []identity.ID) error {
	list, err := c.those("unmute", ids, (*Participant).present)
	if err != nil {
		return err
	}
	for _, p := range list {
		if !p.forceMuted {
			continue
		}
		p.setMuted(p.selfMuted, false)
		if leg := p.leg; leg != nil {
			c.afterwards(leg.Unmute)
		}
	}
	return nil
}

// Mute mutes those participants, or nobody if one is not in the call
// (ErrNoParticipant). They may unmute themselves; muting twice changes nothing.
func (cn *Connection) Mute(ctx context.Context, ids []identity.ID, ref Reference) error {
	return cn.take(ctx, "mute", ref, func() error { return cn.call.mute(ids) })
}

// Unmute undoes Mute, and mutes by other participants. Who muted itself stays
// muted. ErrNoParticipant if one is not in the call.
func (cn *Connection) Unmute(ctx context.Context, ids []identity.ID, ref Reference) error {
	return cn.take(ctx, "unmute", ref, func() error { return cn.call.unmute(ids) })
}

// MuteAll mutes everybody but applications and those excepted, who need not be
// in the call.
func (cn *Connection) MuteAll(ctx context.Context, except []identity.ID, ref Reference) error {
	return cn.take(ctx, "muteAll", ref, func() error {
		return cn.call.mute(cn.call.people(func(p *Participant) bool { return !slices.Contains(except, p.identity) }))
	})
}

// take does what an established connection asked for at once, and writes down
// that it was taken on.
func (cn *Connection) take(ctx context.Context, operation string, ref Reference, f func() error) error {
	return cn.doAs(ctx, "takes "+operation, func() error {
		if err := cn.connected(operation); err != nil {
			return err
		}
		if err := f(); err != nil {
			return err
		}
		cn.emit(accepted{Operation: operation, OperationContext: ref.Context})
		return nil
	})
}
