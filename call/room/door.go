package room

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Entering is somebody at the door: by the room's id, by a meeting link, or by
// a meeting id and its passcode.
type Entering struct {
	RoomID      string
	MeetingLink string
	MeetingID   string
	Passcode    string
	// User is who it is.
	User identity.ID
}

// Admission is how they may enter.
type Admission struct {
	// Room is the room's id.
	Room string
	Role call.Role
	// Lobby says that somebody has to let them in.
	Lobby bool
	// NoDialOut says that nobody may call phones from this room.
	NoDialOut bool
}

// Enter decides whether somebody may enter a room. By its id the list alone
// decides; by its link, or its meeting id and passcode, those on the list enter
// and others wait in the lobby. What is refused is a *Refusal.
func (b *Book) Enter(_ context.Context, e Entering) (Admission, error) {
	if e.RoomID != "" {
		return b.invited(e)
	}
	room, err := b.meeting(e)
	if err != nil {
		return Admission{}, err
	}
	s := room.now.Load()
	if !s.open(b.cfg.Now()) {
		return Admission{}, &Refusal{why: reasonClosed}
	}
	role, listed := s.list[e.User]
	if !listed {
		role = call.Attendee
	}
	return Admission{Room: s.id, Role: role, Lobby: !listed, NoDialOut: !s.dialOut}, nil
}

// invited lets in who is on the list of the room with that id.
func (b *Book) invited(e Entering) (Admission, error) {
	room, err := b.find(e.RoomID)
	if err != nil {
		return Admission{}, &Refusal{why: reasonUnknown}
	}
	s := room.now.Load()
	role, listed := s.list[e.User]
	switch {
	case e.User.Kind() != identity.KindCommunicationUser:
		return Admission{}, &Refusal{why: reasonUsersOnly}
	case !listed:
		return Admission{}, &Refusal{why: reasonNotInvited}
	case !s.open(b.cfg.Now()):
		return Admission{}, &Refusal{why: reasonClosed}
	}
	return Admission{Room: s.id, Role: role, NoDialOut: !s.dialOut}, nil
}

// Valid says whether applications may come to a room's call now; a *Refusal
// if not.
func (b *Book) Valid(id string) error {
	e, err := b.find(id)
	switch {
	case err != nil:
		return &Refusal{why: reasonUnknown}
	case !e.now.Load().open(b.cfg.Now()):
		return &Refusal{why: reasonClosed}
	}
	return nil
}

// meeting finds the room that somebody knows the secrets of.
func (b *Book) meeting(e Entering) (*entry, error) {
	if e.MeetingLink != "" {
		return b.linked(e.MeetingLink)
	}
	now, id := b.cfg.Now(), spelled(e.MeetingID)
	if wait := b.tries.begin(now, e.User, id); wait > 0 {
		b.cfg.Log.Warn("passcodes were tried too often", zap.String("userId", string(e.User)))
		return nil, &Refusal{why: reasonThrottled, wait: wait}
	}
	room := b.unlock(id, e.Passcode)
	if room == nil {
		b.cfg.Log.Warn("a wrong passcode was tried", zap.String("userId", string(e.User)))
		return nil, &Refusal{why: reasonMeeting}
	}
	b.tries.right(now, e.User, id)
	return room, nil
}

// spelled is a meeting id without the spaces that people read it with. What
// cannot be one is empty.
func spelled(meeting string) string {
	if meeting = strings.ReplaceAll(meeting, " ", ""); len(meeting) != meetingLength {
		return ""
	}
	return meeting
}

// unlock finds the room of a meeting id if the passcode is the right one. It
// takes as long for a meeting that does not exist.
func (b *Book) unlock(meeting, passcode string) *entry {
	b.mu.RLock()
	e := b.meetings[meeting]
	b.mu.RUnlock()
	right := b.decoy
	if e != nil {
		right = e.now.Load().passcode
	}
	given, wanted := sha256.Sum256([]byte(passcode)), sha256.Sum256([]byte(right))
	if subtle.ConstantTimeCompare(given[:], wanted[:]) != 1 {
		return nil
	}
	return e // nil too if somebody guessed the decoy
}

// linked finds the room of a meeting link: its last part is a key too long to
// be guessed, whatever the server was called when the link was made.
func (b *Book) linked(link string) (*entry, error) {
	key := link[strings.LastIndexAny(link, "/#=")+1:]
	b.mu.RLock()
	defer b.mu.RUnlock()
	if e := b.links[sha256.Sum256([]byte(key))]; e != nil {
		return e, nil
	}
	return nil, &Refusal{why: reasonMeeting}
}
