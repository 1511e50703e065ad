package room

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
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
