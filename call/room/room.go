package room

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Room is a room as it is at one moment (rest.md section 11).
type Room struct {
	// ID is a number of 17 digits.
	ID         string
	CreatedAt  time.Time
	ValidFrom  time.Time
	ValidUntil time.Time
	// DialOut says that its Presenters may call phones.
	DialOut bool
	// MeetingLink, and MeetingID with Passcode, let somebody come to the lobby
	// who is not on the list. They are secrets.
	MeetingLink string
	MeetingID   string
	Passcode    string
}

// Member is somebody on a room's list.
type Member struct {
	ID   identity.ID
	Role call.Role
}

// Change is what is to be different about somebody: on the list with a role,
// or off it.
type Change struct {
	ID identity.ID
	// Role is Attendee if empty.
	Role call.Role
	// Remove takes them off the list.
	Remove bool
}

// Terms are what may be set when a room is made and changed later; nil leaves
// it as it is, or to the default.
type Terms struct {
	ValidFrom, ValidUntil *time.Time
	DialOut               *bool
}

// longest is how long a room is valid at most, and if nobody says.
const longest = 180 * 24 * time.Hour

// largest is how many bytes a room may have in the store: some nine thousand
// people.
const largest = 800 << 10

// state is a room as it is kept. It is not changed once it can be seen:
// changes are made to a copy.
type state struct {
	id          string
	created     time.Time
	from, until time.Time
	dialOut     bool
	key         string // of the meeting link
	meeting     string
	passcode    string
	list        map[identity.ID]call.Role
}

// kept is the JSON of a state: people by role, for that is shorter.
type kept struct {
	ID         string                 `json:"id"`
	Created    time.Time              `json:"created"`
	ValidFrom  time.Time              `json:"validFrom"`
	ValidUntil time.Time              `json:"validUntil"`
	DialOut    bool                   `json:"dialOut,omitempty"`
	Key        string                 `json:"key"`
	Meeting    string                 `json:"meeting"`
	Passcode   string                 `json:"passcode"`
	People     map[call.Role][]string `json:"people,omitempty"`
}

// encode writes the state down. ErrFull if the store could not take it.
func (s *state) encode() ([]byte, error) {
	k := kept{
		ID: s.id, Created: s.created, ValidFrom: s.from, ValidUntil: s.until, DialOut: s.dialOut,
		Key: s.key, Meeting: s.meeting, Passcode: s.passcode, People: map[call.Role][]string{},
	}
	for id, role := range s.list {
		k.People[role] = append(k.People[role], string(id))
	}
	data, err := json.Marshal(k)
	if err == nil && len(data) > largest {
		err = fmt.Errorf("%d participants: %w", len(s.list), ErrFull)
	}
	return data, err
}

func decode(data []byte) (*state, error) {
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return nil, err
	}
	s := &state{
		id: k.ID, created: k.Created, from: k.ValidFrom, until: k.ValidUntil, dialOut: k.DialOut,
		key: k.Key, meeting: k.Meeting, passcode: k.Passcode, list: map[identity.ID]call.Role{},
	}
	for role, people := range k.People {
		for _, id := range people {
			s.list[identity.ID(id)] = role
		}
	}
	return s, nil
}

// set changes the terms and checks what comes of it.
func (s *state) set(t Terms, now time.Time) error {
	if t.ValidFrom != nil {
		s.from = moment(*t.ValidFrom)
	}
	if t.ValidUntil != nil {
		s.until = moment(*t.ValidUntil)
	}
	if t.DialOut != nil {
		s.dialOut = *t.DialOut
	}
	switch {
	case t.ValidUntil != nil && !s.until.After(now):
		return &Invalid{"validUntil", "it is in the past"}
	case !s.from.Before(s.until):
		return &Invalid{"validUntil", "it is not after validFrom"}
	case s.until.Sub(s.from) > longest:
		return &Invalid{"validUntil", "it is more than 180 days after validFrom"}
	}
	return nil
}

// moment is a time as it is kept and shown.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// apply makes every change, or none and an *Invalid that names the first that
// cannot be.
func (s *state) apply(changes []Change) error {
	list := maps.Clone(s.list)
	for _, c := range changes {
		field := fmt.Sprintf("participants[%q]", c.ID)
		switch {
		case c.ID.Kind() != identity.KindCommunicationUser:
			return &Invalid{field, "only communication users have a role in a room"}
		case c.Remove:
			delete(list, c.ID)
			continue
		case c.Role == "":
			c.Role = call.Attendee
		case !c.Role.Valid():
			return &Invalid{field + ".role", "it is none of Presenter, Attendee, Consumer, Collaborator"}
		}
		list[c.ID] = c.Role
	}
	s.list = list
	return nil
}

// members lists who is on the list, by id.
func (s *state) members() []Member {
	all := make([]Member, 0, len(s.list))
	for id, role := range s.list {
		all = append(all, Member{id, role})
	}
	slices.SortFunc(all, func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// open says whether people may enter now.
func (s *state) open(now time.Time) bool { return !now.Before(s.from) && now.Before(s.until) }
