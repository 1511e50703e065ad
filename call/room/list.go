package room

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/botd-dev/botd/identity"
)

// Get finds a room. ErrUnknown.
func (b *Book) Get(id string) (Room, error) {
	e, err := b.find(id)
	if err != nil {
		return Room{}, err
	}
	return b.show(e.now.Load()), nil
}

func (b *Book) show(s *state) Room {
	return Room{
		ID: s.id, CreatedAt: s.created, ValidFrom: s.from, ValidUntil: s.until, DialOut: s.dialOut,
		MeetingLink: b.cfg.Link + s.key, MeetingID: s.meeting, Passcode: s.passcode,
	}
}

// List returns up to limit rooms, the oldest first, that come after the room
// that after names (empty: from the beginning), and what the next page comes
// after; empty if there is none.
func (b *Book) List(after Cursor, limit int) ([]Room, Cursor) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	from := 0
	if after.ID != "" {
		at, found := slices.BinarySearchFunc(b.order, &entry{id: after.ID, created: after.Created}, earlier)
		if from = at; found {
			from++
		}
	}
	rest := b.order[from:]
	n := min(limit, len(rest))
	list := make([]Room, n)
	for i, e := range rest[:n] {
		list[i] = b.show(e.now.Load())
	}
	if n == 0 || n == len(rest) {
		return list, Cursor{}
	}
	return list, Cursor{rest[n-1].created, rest[n-1].id}
}

// Cursor is a place in the list of rooms: behind a room, also when that has
// been deleted meanwhile.
type Cursor struct {
	Created time.Time
	ID      string
}

// Members lists up to limit people of a room by their ids, those after a given
// one, and says whether more follow. ErrUnknown.
func (b *Book) Members(id string, after identity.ID, limit int) ([]Member, bool, error) {
	e, err := b.find(id)
	if err != nil {
		return nil, false, err
	}
	all := e.now.Load().members()
	from, found := slices.BinarySearchFunc(all, after, func(m Member, id identity.ID) int { return cmp.Compare(m.ID, id) })
	if found {
		from++
	}
	all = all[from:]
	n := min(limit, len(all))
	return all[:n], n < len(all), nil
}

func earlier(a, b *entry) int {
	return cmp.Or(a.created.Compare(b.created), strings.Compare(a.id, b.id))
}
