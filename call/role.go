package call

import (
	"fmt"
	"slices"

	"github.com/botd-dev/botd/identity"
)

// Role is what somebody may do in a call that has roles (rest.md section 11).
// In a call without, it is empty and everything is allowed.
type Role string

// The roles of a room.
const (
	Presenter    Role = "Presenter"
	Attendee     Role = "Attendee"
	Consumer     Role = "Consumer"
	Collaborator Role = "Collaborator"
)

// Ability is one thing that a role allows or does not.
type Ability int

// The abilities that roles differ in.
const (
	// Speak is to be heard and seen.
	Speak Ability = iota
	// Share is to share one's screen.
	Share
	// Moderate is to mute and remove others, invite, decide about the lobby and
	// end the call for everyone.
	Moderate
	// DialOut is to call phone numbers, where the room allows that at all.
	DialOut
)

// abilities is what each role allows.
var abilities = map[Role][]Ability{
	"":           {Speak, Share, Moderate, DialOut},
	Presenter:    {Speak, Share, Moderate, DialOut},
	Collaborator: {Speak, Share},
	Attendee:     {Speak},
	Consumer:     {},
}

// May says whether the role allows it.
func (r Role) May(a Ability) bool { return slices.Contains(abilities[r], a) }

// Valid says whether r is one of the four roles.
func (r Role) Valid() bool {
	_, ok := abilities[r]
	return ok && r != ""
}

// may wraps ErrForbidden around what the participant's role does not allow.
func (p *Participant) may(a Ability, what string) error {
	if p.state == InLobby || !p.role.May(a) {
		p.refused(what)
		return fmt.Errorf("%s as %s: %w", what, p.rank(), ErrForbidden)
	}
	return nil
}

// rank is what the participant is when it is refused something.
func (p *Participant) rank() string {
	if p.state == InLobby {
		return "somebody in the lobby"
	}
	return string(p.role)
}

// refused writes down that the participant asked for what it may not. Each thing
// is told once in a role: who goes on asking does not fill the log.
func (p *Participant) refused(what string) {
	if slices.Contains(p.denied, what) {
		return
	}
	p.denied = append(p.denied, what)
	p.each(participantRefused{p.id, p.identity, what, p.role, p.state == InLobby})
}

// roleOf is the role of somebody who comes to the call without entering its room
// by themselves: invited, or brought here from another call. Phones have none
// (rest.md section 11), and neither have calls that are no room's.
func (c *Call) roleOf(who identity.ID) Role {
	switch role := c.registry.cfg.RoleOf; {
	case c.roomID == "" || who.Kind() == identity.KindPhoneNumber:
		return ""
	case role == nil:
		return Attendee
	default:
		return role(c.roomID, who)
	}
}
