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
	// Confirm says how they may enter by now, or why they may not after all. Who
	// asks it after being told of a change knows of that change.
	Confirm func() (call.Entry, error)
}

// Enter decides whether somebody may enter a room. By its id the list alone
// decides; by its link, or its meeting id and passcode, those on the list enter
// and others wait in the lobby. What is refused is a *Refusal.
func (b *Book) Enter(_ context.Context, e Entering) (Admission, error) {
	room, err := b.door(e)
	if err != nil {
		return Admission{}, err
	}
	v := visit{b, room, e.User, e.RoomID != ""}
	entry, err := v.check()
	if err != nil {
		return Admission{}, err
	}
	return Admission{Room: room.id, Role: entry.Role, Lobby: entry.Lobby, Confirm: v.confirm}, nil
}

// door finds the room that somebody is at the door of.
func (b *Book) door(e Entering) (*entry, error) {
	if e.RoomID == "" {
		return b.meeting(e)
	}
	room, err := b.find(e.RoomID)
	if err != nil {
		return nil, &Refusal{why: reasonUnknown}
	}
	return room, nil
}

// visit is somebody who enters a room.
type visit struct {
	book    *Book
	room    *entry
	user    identity.ID
	invited bool // by the room's id, so the list alone decides
}

// check says how the visitor may enter: who is not on the list waits in the
// lobby, as an Attendee. Or it says why they may not.
func (v visit) check() (call.Entry, error) {
	s := v.room.now.Load()
	role, listed := s.list[v.user]
	switch {
	case v.invited && v.user.Kind() != identity.KindCommunicationUser:
		return call.Entry{}, &Refusal{why: reasonUsersOnly}
	case v.invited && !listed:
		return call.Entry{}, &Refusal{why: reasonNotInvited}
	case !s.open(v.book.cfg.Now()):
		return call.Entry{}, &Refusal{why: reasonClosed}
	case !listed:
		return call.Entry{Role: call.Attendee, Lobby: true}, nil
	}
	return call.Entry{Role: role}, nil
}

// confirm is check for a visitor that a change may have overtaken on its way.
func (v visit) confirm() (call.Entry, error) {
	if there, err := v.book.find(v.room.id); err != nil || there != v.room {
		return call.Entry{}, &Refusal{why: reasonUnknown}
	}
	return v.check()
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

// DialOut says whether phones may be called from a room; from one that is gone
// they may not.
func (b *Book) DialOut(id string) bool {
	e, err := b.find(id)
	return err == nil && e.now.Load().dialOut
}

// RoleOf is the role of somebody whom others bring into a room's call: that of
// the list, else Attendee.
func (b *Book) RoleOf(id string, who identity.ID) call.Role {
	if e, err := b.find(id); err == nil {
		if role, listed := e.now.Load().list[who]; listed {
			return role
		}
	}
	return call.Attendee
}

// meeting finds the room that somebody knows the secrets of.
func (b *Book) meeting(e Entering) (*entry, error) {
	if e.MeetingLink != "" {
		return b.linked(e.MeetingLink)
	}
	now, id := b.cfg.Now(), spelled(e.MeetingID)
	if wait, news := b.tries.begin(now, e.User, id); wait > 0 {
		if b.refused.Add(1); news { // who goes on trying does not fill the log
			b.cfg.Log.Warn("passcodes were tried too often", zap.String("userId", string(e.User)))
		}
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
	b.compared.Add(1)
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
