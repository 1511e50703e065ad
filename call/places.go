package call

import (
	"fmt"

	"github.com/botd-dev/botd/identity"
)

// mostDevices is on how many devices one may wait in a lobby. Whoever has a
// meeting's link could otherwise take every place there is.
const mostDevices = 8

// headcount counts everybody but applications.
func (c *Call) headcount() int { return c.count(func(*Participant) bool { return true }) }

// count is how many people that holds for.
func (c *Call) count(is func(*Participant) bool) int {
	n := 0
	for _, p := range c.members {
		if p.seat == nil && p.state != Gone && is(p) {
			n++
		}
	}
	return n
}

// hasPlaces says whether so many more may be in the call: ErrFull. Those who wait
// in its lobby are not in it, and take nobody's place.
func (c *Call) hasPlaces(more int) error {
	inside := c.count(func(p *Participant) bool { return !p.waits() })
	if inside+more > c.registry.cfg.MaxParticipants {
		return fmt.Errorf("%d participants: %w", inside, ErrFull)
	}
	return nil
}

// hasLobby says whether one more may wait: ErrFull, or ErrConflict for somebody
// who waits on many devices already.
func (c *Call) hasLobby(who identity.ID) error {
	if n := c.count((*Participant).waits); n >= c.registry.cfg.MaxParticipants {
		return fmt.Errorf("%d in the lobby: %w", n, ErrFull)
	}
	if n := c.count(func(p *Participant) bool { return p.waits() && p.identity == who }); n >= mostDevices {
		return fmt.Errorf("%s waits on %d devices: %w", who, n, ErrConflict)
	}
	return nil
}

// takes says whether there is a place for somebody who joins.
func (c *Call) takes(j Joining) error {
	if j.Lobby {
		return c.hasLobby(j.From)
	}
	return c.hasPlaces(1)
}
