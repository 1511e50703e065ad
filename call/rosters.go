package call

import (
	"slices"
	"time"
)

// rosterPause is the shortest time between two ParticipantsUpdated of one
// connection while changes go on.
const rosterPause = 250 * time.Millisecond

// changed marks that what the contract lists has changed.
func (c *Call) changed() {
	c.version++
	c.stale = true
}

// tellRosters tells every connection whose list is behind: at once, and then
// again when the pause is over.
func (c *Call) tellRosters() {
	for _, cn := range c.connections {
		if cn.state == Connected && cn.told != c.version && cn.pause == nil {
			cn.tellRoster()
		}
	}
}

func (cn *Connection) tellRoster() {
	cn.told = cn.call.version
	cn.rosters++
	cn.emit(ParticipantsUpdated{SequenceNumber: cn.rosters, Participants: cn.call.listed(), Result: Success})
	cn.call.arm(&cn.pause, rosterPause, func() {}) // the turn itself looks again
}

// listed is who is in the call by the contract's lists: not those who are only
// being invited.
func (c *Call) listed() []Listed {
	list := []Listed{}
	for _, p := range c.members {
		if p.present() {
			list = append(list, Listed{p.identity, p.muted(), p.state == OnHold})
		}
	}
	return list
}

// show hands what may now be seen to those who look, once it is durable. Who
// has gone is shown a last time.
func (c *Call) show() {
	for _, cn := range c.connections {
		cn.publish()
	}
	defer c.publish()
	if !c.stale {
		return
	}
	c.stale = false
	c.showings++
	members := make([]Member, len(c.members))
	for i, p := range c.members {
		members[i] = p.member()
	}
	for _, p := range c.members {
		if p.leg == nil || p.state == Gone || p.handover != nil {
			continue
		}
		leg := p.leg
		roster := Roster{Call: c.id, Self: p.id, Sequence: c.showings, Group: c.isGroup(), Members: c.seenBy(p, members)}
		c.afterwards(func() { leg.Show(roster) })
	}
	c.members = slices.DeleteFunc(c.members, func(p *Participant) bool { return p.state == Gone })
}

// seenBy is who a participant may see: somebody in the lobby only itself, and
// the lobby only those who decide about it.
func (c *Call) seenBy(p *Participant, members []Member) []Member {
	inLobby := func(m Member) bool { return m.State == InLobby }
	switch {
	case p.state == InLobby:
		return slices.DeleteFunc(slices.Clone(members), func(m Member) bool { return m.ID != p.id })
	case p.role.May(Moderate) || !slices.ContainsFunc(members, inLobby):
		return members
	}
	return slices.DeleteFunc(slices.Clone(members), inLobby)
}
