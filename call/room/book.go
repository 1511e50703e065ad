package room

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Store keeps rooms. What Put and Delete did must survive the process.
type Store interface {
	// Get returns the value of a key and whether there is one.
	Get(ctx context.Context, key string) ([]byte, bool, error)
	Put(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
	// All returns everything that is kept.
	All(ctx context.Context) (map[string][]byte, error)
}

// Calls are told what changes for people who are in a room's call.
// *call.Registry fits it.
type Calls interface {
	// Assign gives somebody another role, Expel takes them out. That somebody
	// is not there is no error.
	Assign(ctx context.Context, room string, id identity.ID, role call.Role) error
	Expel(ctx context.Context, room string, id identity.ID, why call.Reason) error
	// Vacate takes everybody out. That there is no call is no error.
	Vacate(ctx context.Context, room string, why call.Reason) error
}

// Config is what a Book needs from outside.
type Config struct {
	// Store keeps the rooms.
	Store Store
	// Calls are told of changes.
	Calls Calls
	// Link begins meeting links; what identifies the meeting follows it.
	Link string
	// Now is the wall clock; default time.Now.
	Now func() time.Time
	// Random makes ids and secrets; default crypto/rand.
	Random io.Reader
	// Log takes what an operator should see; default none.
	Log *zap.Logger
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	return c
}

// Book is all rooms. Reads come from memory and changes go to the store first.
// It is safe for use by several goroutines.
type Book struct {
	cfg   Config
	tries *tries
	decoy string // is compared with where there is nothing to compare with

	refused  atomic.Uint64 // tries of passcodes that were too many
	compared atomic.Uint64 // those that were looked at

	entropy sync.Mutex // Config.Random is read by one at a time

	mu       sync.RWMutex
	rooms    map[string]*entry
	meetings map[string]*entry            // by meeting id
	links    map[[sha256.Size]byte]*entry // by the hash of the link's key
	order    []*entry                     // by creation
}

// entry is a room's place in the book.
type entry struct {
	id      string
	created time.Time
	now     atomic.Pointer[state]

	turn chan struct{} // holds one token: who has it may change the room
	// Who has the turn only.
	gone  bool // deleted
	doubt bool // the store did not confirm the last change, and may have made it
}

// Open reads the rooms from the store.
func Open(ctx context.Context, cfg Config) (*Book, error) {
	b := &Book{
		cfg: cfg.withDefaults(), tries: newTries(),
		rooms: map[string]*entry{}, meetings: map[string]*entry{}, links: map[[sha256.Size]byte]*entry{},
	}
	var err error
	if b.decoy, err = b.passcode(); err != nil {
		return nil, err
	}
	all, err := cfg.Store.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	for id, data := range all {
		s, err := decode(data)
		if err != nil {
			return nil, fmt.Errorf("room %s: %w", id, err)
		}
		b.enlist(s)
	}
	return b, nil
}

// enlist makes a room findable.
func (b *Book) enlist(s *state) {
	e := &entry{id: s.id, created: s.created, turn: make(chan struct{}, 1)}
	e.turn <- struct{}{}
	e.now.Store(s)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rooms[s.id], b.meetings[s.meeting], b.links[sha256.Sum256([]byte(s.key))] = e, e, e
	at, _ := slices.BinarySearchFunc(b.order, e, earlier)
	b.order = slices.Insert(b.order, at, e)
}

// strike makes it unfindable.
func (b *Book) strike(e *entry) {
	s := e.now.Load()
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.rooms, s.id)
	delete(b.meetings, s.meeting)
	delete(b.links, sha256.Sum256([]byte(s.key)))
	if at, found := slices.BinarySearchFunc(b.order, e, earlier); found {
		b.order = slices.Delete(b.order, at, at+1)
	}
}

func earlier(a, b *entry) int {
	return cmp.Or(a.created.Compare(b.created), strings.Compare(a.id, b.id))
}

func (b *Book) find(id string) (*entry, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if e := b.rooms[id]; e != nil {
		return e, nil
	}
	return nil, fmt.Errorf("room %s: %w", id, ErrUnknown)
}

// Refused is how many passcodes have not been looked at because there were too
// many wrong ones.
func (b *Book) Refused() uint64 { return b.refused.Load() }

// Compared is how many passcodes have been looked at, right or wrong, of meetings
// that there are and of others.
func (b *Book) Compared() uint64 { return b.compared.Load() }

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

// change makes a change to a copy of the room and keeps it, in turn with others:
// one is not begun before the call has been told of the one before.
func (b *Book) change(ctx context.Context, id string, f func(*state) error) (*state, error) {
	e, done, err := b.take(ctx, id)
	if err != nil {
		return nil, err
	}
	defer done()
	next := *e.now.Load()
	if err := f(&next); err != nil {
		return nil, fmt.Errorf("room %s: %w", id, err)
	}
	data, err := next.encode()
	if err != nil {
		return nil, fmt.Errorf("room %s: %w", id, err)
	}
	if err := b.cfg.Store.Put(ctx, id, data); err != nil {
		e.doubt = true
		return nil, fmt.Errorf("room %s: %w: %w", id, ErrStore, err)
	}
	b.becomes(ctx, e, &next)
	return &next, nil
}

// take waits for the turn to change a room, as the store has it.
func (b *Book) take(ctx context.Context, id string) (*entry, func(), error) {
	e, err := b.find(id)
	if err != nil {
		return nil, nil, err
	}
	select {
	case <-e.turn:
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("room %s: %w", id, ctx.Err())
	}
	done := func() { e.turn <- struct{}{} }
	if err := b.certain(ctx, e); err != nil {
		done()
		return nil, nil, fmt.Errorf("room %s: %w", id, err)
	}
	return e, done, nil
}

// certain reads a room again that may have been changed or deleted.
func (b *Book) certain(ctx context.Context, e *entry) error {
	if e.doubt {
		data, found, err := b.cfg.Store.Get(ctx, e.id)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrStore, err)
		}
		if err := b.reread(ctx, e, data, found); err != nil {
			return err
		}
		e.doubt = false
	}
	if e.gone {
		return ErrUnknown
	}
	return nil
}

func (b *Book) reread(ctx context.Context, e *entry, data []byte, found bool) error {
	if !found {
		b.vanish(ctx, e)
		return nil
	}
	s, err := decode(data)
	if err == nil {
		b.becomes(ctx, e, s)
	}
	return err
}

// Delete removes a room and takes everybody out of its call. ErrUnknown.
func (b *Book) Delete(ctx context.Context, id string) error {
	e, done, err := b.take(ctx, id)
	if err != nil {
		return err
	}
	defer done()
	if err := b.cfg.Store.Delete(ctx, id); err != nil {
		e.doubt = true
		return fmt.Errorf("room %s: %w: %w", id, ErrStore, err)
	}
	b.vanish(ctx, e)
	return nil
}
