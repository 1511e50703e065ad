package call

import (
	"context"

	"github.com/botd-dev/botd/identity"
)

// Joining is a person joining the call of a group or a room.
type Joining struct {
	// Leg is the way they come in.
	Leg Leg
	// Group or Room is what they join by.
	Group string
	Room  string
	// From is who they are, Name their display name.
	From identity.ID
	Name string
	// Muted says that their microphone is off.
	Muted bool
	// Role is what they may do; empty in a group.
	Role Role
	// Lobby makes them wait until somebody lets them in.
	Lobby bool
	// Confirm, if set, is asked in the turn in which they come in: on what terms
	// they do by now, or why they may not come in after all. It must not block.
	Confirm func() (Entry, error)
}

// Entry is the terms on which somebody comes in: what they may do, and whether
// somebody has to let them in.
type Entry struct {
	Role  Role
	Lobby bool
}

// gathering is what a call is joined by: a group, a room, or nothing. Groups and
// rooms are different namespaces: the id of one never leads to the call of the
// other.
type gathering struct{ group, room string }

// key is what the call is found by; empty for one that nobody joins.
func (g gathering) key() string {
	switch {
	case g.room != "":
		return roomKey(g.room)
	case g.group != "":
		return groupKey(g.group)
	}
	return ""
}

func groupKey(group string) string { return "group:" + group }
func roomKey(room string) string   { return "room:" + room }

// Join lets a person into the call of that group or room, which the first one
// makes. Somebody in the lobby is in it, and neither hears nor is heard.
func (r *Registry) Join(ctx context.Context, j Joining) (*Participant, error) {
	g := gathering{j.Group, j.Room}
	for {
		var p *Participant
		enter := func(c *Call) (err error) {
			p, err = c.enter(j)
			return err
		}
		c, err := r.gather(ctx, g, j.From, enter)
		if c != nil {
			err = c.doAs(ctx, "joins "+string(j.From), func() error { return enter(c) })
		}
		if err == ErrEnded { //nolint:errorlint // do and enter return it bare
			r.scatter(g.key(), c)
			continue // it ended just now; the next round makes a new one
		}
		if err != nil { // p may be about to be set: nobody waits any more
			return nil, err
		}
		return p, nil
	}
}

// enter takes somebody in who joins.
func (c *Call) enter(j Joining) (*Participant, error) {
	if c.over {
		return nil, ErrEnded
	}
	if j.Confirm != nil {
		entry, err := j.Confirm()
		if err != nil {
			return nil, err
		}
		j.Role, j.Lobby = entry.Role, entry.Lobby
	}
	if err := c.takes(j); err != nil {
		return nil, err
	}
	c.group = true
	p := c.newParticipant(j.From, j.Name)
	p.role = j.Role
	if j.Lobby {
		p.knock()
	}
	p.take(j.Leg, j.Muted)
	p.accept()
	return p, nil
}

// gather returns the running call of a gathering, or makes one with enter as
// its first turn and returns nil.
func (r *Registry) gather(ctx context.Context, g gathering, by identity.ID, enter func(*Call) error) (*Call, error) {
	r.mu.Lock()
	if c := r.groups[g.key()]; c != nil {
		r.mu.Unlock()
		return c, nil
	}
	c, err := r.add(g)
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return nil, c.begin(ctx, by, enter)
}

// gathering finds the running call of a group or a room; nil if there is none.
func (r *Registry) gathering(key string) *Call {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.groups[key]
}

func (r *Registry) scatter(key string, c *Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.groups[key] == c {
		delete(r.groups, key)
	}
}
