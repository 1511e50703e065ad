package browser

import (
	"context"
	"errors"
	"fmt"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Door is where a client wants to enter that names no group: a room by its id,
// or a meeting by its link, or by its id and passcode.
type Door struct {
	RoomID      string
	MeetingLink string
	MeetingID   string
	Passcode    string
}

// String names the kind of door. What opens it is a secret and stays out of
// logs.
func (d Door) String() string {
	switch {
	case d.RoomID != "":
		return "room " + d.RoomID
	case d.MeetingLink != "":
		return "a meeting's link"
	}
	return "a meeting's id"
}

// GoString is String.
func (d Door) GoString() string { return d.String() }

// MarshalText is String.
func (d Door) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Admission is how somebody may enter.
type Admission struct {
	// Room is whose call it is.
	Room string
	// Role is what they may do there.
	Role call.Role
	// Lobby lets them wait until they are let in.
	Lobby bool
	// Confirm, if set, says when they come in what holds by then; see call.Joining.
	Confirm func() (call.Entry, error)
}

// errNoRooms means that this server has no rooms.
var errNoRooms = errors.New("this server has no rooms")

// What names a door may be, in bytes.
const (
	maxLink     = 2048
	maxPasscode = 64
)

// join brings the client into the call of a group, or of what is behind a door.
func join(ctx context.Context, a *agent, r request) (any, error) {
	if err := oneLocator(r); err != nil {
		return nil, err
	}
	j := call.Joining{From: a.user, Name: a.called(), Muted: r.Muted, Group: r.GroupID}
	if r.GroupID == "" {
		pass, err := a.server.knock(ctx, a.user, r.door())
		if err != nil {
			return nil, fmt.Errorf("join: %w", err)
		}
		j.Room, j.Role, j.Lobby, j.Confirm = pass.Room, pass.Role, pass.Lobby, pass.Confirm
	}
	return a.enter(r, func(l *leg) (*call.Participant, error) {
		j.Leg = l
		return a.server.cfg.Calls.Join(ctx, j)
	})
}

// knock asks whether and how the user may enter.
func (s *Server) knock(ctx context.Context, user identity.ID, d Door) (Admission, error) {
	if s.cfg.Enter == nil {
		return Admission{}, errNoRooms
	}
	return s.cfg.Enter(ctx, user, d)
}

// door is what the request names, if it is no group.
func (r *request) door() Door {
	return Door{RoomID: r.RoomID, MeetingLink: r.MeetingLink, MeetingID: r.MeetingID, Passcode: r.Passcode}
}

// oneLocator says whether the request names one place to join.
func oneLocator(r request) error {
	named := 0
	for _, locator := range []string{r.GroupID, r.RoomID, r.MeetingLink, r.MeetingID} {
		if locator != "" {
			named++
		}
	}
	switch {
	case named != 1:
		return invalid("join", "takes one of groupId, roomId, meetingLink and meetingId")
	case r.Passcode != "" && r.MeetingID == "":
		return invalid("passcode", "goes with a meetingId")
	case r.GroupID != "" && !validGroup(r.GroupID):
		return invalid("groupId", "is 1 to 64 of A-Z a-z 0-9 _ -")
	}
	return nil
}

// validGroup reports whether id can be a group's.
func validGroup(id string) bool {
	for i := range len(id) {
		c := id[i]
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return id != ""
}
