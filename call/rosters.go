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
		if (cn.state == Connected || cn.state == Transferring) && cn.told != c.version && cn.pause == nil {
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
			list = append(list, Listed{p.identity, p.muted(), p.state == OnHold, p.name})
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
	sight, group := c.sight(), c.isGroup()
	for _, p := range c.members {
		if p.leg == nil || p.state == Gone || p.handover != nil {
			continue
		}
		leg := p.leg
		roster := Roster{Call: c.id, Self: p.id, Sequence: c.showings, Group: group, Members: sight.of(p)}
		c.afterwards(func() { leg.Show(roster) })
	}
	c.members = slices.DeleteFunc(c.members, func(p *Participant) bool { return p.state == Gone })
}

// sight is what can be seen of a call: by those who decide about its lobby, and
// by the others in it.
type sight struct{ all, inside []Member }

// sight is made once a turn: everybody is shown the same lists.
func (c *Call) sight() sight {
	all := make([]Member, len(c.members))
	for i, p := range c.members {
		all[i] = p.member()
	}
	inLobby := func(m Member) bool { return m.State == InLobby }
	if !slices.ContainsFunc(all, inLobby) {
		return sight{all, all}
	}
	return sight{all, slices.DeleteFunc(slices.Clone(all), inLobby)}
}

// of is what the participant may see: somebody in the lobby only itself.
func (s sight) of(p *Participant) []Member {
	switch {
	case p.state == InLobby:
		return []Member{p.member()}
	case p.role.May(Moderate):
		return s.all
	}
	return s.inside
}
