package room

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// How what names a room is spelled.
const (
	digits  = "0123456789"
	letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789" // none that look alike

	idLength       = 17
	meetingLength  = 12
	passcodeLength = 6
	keyLength      = 16 // bytes
)

// Create makes a room. By default it is valid for 180 days from now. Errors:
// ErrInvalid, all or nothing; ErrFull, ErrStore.
func (b *Book) Create(ctx context.Context, t Terms, people []Change) (Room, error) {
	now := b.cfg.Now()
	s := &state{created: moment(now), from: moment(now), until: moment(now.Add(longest)), list: map[identity.ID]call.Role{}}
	if err := s.set(t, now); err != nil {
		return Room{}, fmt.Errorf("create a room: %w", err)
	}
	if err := s.apply(people); err != nil {
		return Room{}, fmt.Errorf("create a room: %w", err)
	}
	if err := b.name(s); err != nil {
		return Room{}, fmt.Errorf("create a room: %w", err)
	}
	data, err := s.encode()
	if err != nil {
		return Room{}, fmt.Errorf("create a room: %w", err)
	}
	if err := b.cfg.Store.Put(ctx, s.id, data); err != nil {
		return Room{}, fmt.Errorf("create a room: %w: %w", ErrStore, err)
	}
	b.enlist(s)
	return b.show(s), nil
}

// Update changes a room's terms. Errors: ErrUnknown, ErrInvalid, ErrStore.
func (b *Book) Update(ctx context.Context, id string, t Terms) (Room, error) {
	s, err := b.change(ctx, id, func(s *state) error { return s.set(t, b.cfg.Now()) })
	if err != nil {
		return Room{}, err
	}
	return b.show(s), nil
}

// Change changes who is on a room's list, and as what: everything or, with an
// error that names what cannot be, nothing. Who is in the room's call gets the
// new role at once, or is taken out. Errors: ErrUnknown, ErrInvalid, ErrFull,
// ErrStore.
func (b *Book) Change(ctx context.Context, id string, people []Change) error {
	_, err := b.change(ctx, id, func(s *state) error { return s.apply(people) })
	return err
}

// name gives a new room what nobody else's is called.
func (b *Book) name(s *state) (err error) {
	b.entropy.Lock()
	defer b.entropy.Unlock()
	for taken := true; taken; taken = b.taken(s) {
		if s.id, err = b.text(digits, idLength); err != nil {
			return err
		}
		if s.meeting, err = b.text(digits, meetingLength); err != nil {
			return err
		}
	}
	if s.passcode, err = b.text(letters, passcodeLength); err != nil {
		return err
	}
	key := make([]byte, keyLength)
	if _, err = io.ReadFull(b.cfg.Random, key); err != nil {
		return fmt.Errorf("no randomness: %w", err)
	}
	s.key = base64.RawURLEncoding.EncodeToString(key)
	return nil
}

// taken says that a room must be named anew: a number that begins with zero
// looks like another one to some.
func (b *Book) taken(s *state) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.rooms[s.id] != nil || b.meetings[s.meeting] != nil || s.id[0] == '0' || s.meeting[0] == '0'
}

// passcode makes one.
func (b *Book) passcode() (string, error) {
	b.entropy.Lock()
	defer b.entropy.Unlock()
	return b.text(letters, passcodeLength)
}

// text makes a random text of n letters of an alphabet.
func (b *Book) text(alphabet string, n int) (string, error) {
	text := make([]byte, n)
	for i := range text {
		at, err := rand.Int(b.cfg.Random, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", fmt.Errorf("no randomness: %w", err)
		}
		text[i] = alphabet[at.Int64()]
	}
	return string(text), nil
}
