package call

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/identity"
)

// Config is what a Registry needs from outside.
type Config struct {
	// Journal is where every call writes.
	Journal Journal
	// NewBridge makes the sound of a call, which tells who speaks.
	NewBridge func(Heard) Bridge
	// Now stamps events; timers use package time.
	Now func() time.Time
	// Random makes ids.
	Random io.Reader
	// NewID makes them instead where a run is to be repeatable: of who needs one,
	// the id of a call or "calls". Nil uses Random.
	NewID func(owner string) string
	// Turns orders what is wanted of calls at the same moment; nil is as it comes.
	Turns Turns
	// IncomingContext seals an invitation's id into the incomingCallContext
	// that applications answer with.
	IncomingContext func(invitation string, expires time.Time) string
	// Timeouts are how long things may take.
	Timeouts Timeouts
	// RoleOf is the role of somebody whom others bring into a room's call; it must
	// not block. Nil makes them attendees.
	RoleOf func(room string, who identity.ID) Role
	// DialOut says whether a room allows calls to phones; it must not block. Nil
	// allows them.
	DialOut func(room string) bool
	// MaxParticipants is how many people a call holds; default 350.
	MaxParticipants int
	// Capacity is how many calls there may be; the zero one is any number.
	Capacity Capacity
	// NoRoom says that the log or the memory has no room for new calls; nil is
	// never.
	NoRoom func() bool
	// Log receives what is not an event.
	Log *zap.Logger
}

// Registry knows every call of this process and makes new ones.
type Registry struct {
	cfg  Config
	gate *gate

	mu          sync.RWMutex
	ringers     []Ringer
	calls       map[string]*Call
	connections map[string]*Connection
	invitations map[string]*Invitation
	groups      map[string]*Call
	closing     bool
	running     sync.WaitGroup
	entropy     sync.Mutex // Config.Random is read by one at a time
}

// NewRegistry makes a registry without calls. Reach it before the first call.
func NewRegistry(cfg Config) *Registry {
	cfg.Timeouts = cfg.Timeouts.withDefaults()
	if cfg.MaxParticipants == 0 {
		cfg.MaxParticipants = 350
	}
	return &Registry{
		cfg:         cfg,
		gate:        newGate(cfg.Capacity),
		calls:       map[string]*Call{},
		connections: map[string]*Connection{},
		invitations: map[string]*Invitation{},
		groups:      map[string]*Call{},
	}
}

// Reach adds ways to reach those who are called from now on.
func (r *Registry) Reach(ringers ...Ringer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ringers = slices.Concat(r.ringers, ringers) // those who ring have the old ones
}

func (r *Registry) reach() []Ringer {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.ringers
}

// newID makes an id for a call.
func (r *Registry) newID() string { return r.idFor("calls") }

func (r *Registry) idFor(owner string) string {
	if r.cfg.NewID != nil {
		return r.cfg.NewID(owner)
	}
	r.entropy.Lock()
	defer r.entropy.Unlock()
	return uuid.Must(uuid.NewRandomFromReader(r.cfg.Random)).String()
}

// Connection finds a connection; ErrNoCall if there is none.
func (r *Registry) Connection(id string) (*Connection, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	cn := r.connections[id]
	if cn == nil || cn.view.Load() == nil {
		return nil, ErrNoCall
	}
	return cn, nil
}

// Invitation finds a pending invitation; ErrNoCall if there is none.
func (r *Registry) Invitation(id string) (*Invitation, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	inv := r.invitations[id]
	if inv == nil {
		return nil, ErrNoCall
	}
	return inv, nil
}

// Counts says how much is going on.
type Counts struct{ Calls, Connections, Invitations int }

// Counts counts.
func (r *Registry) Counts() Counts {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return Counts{len(r.calls), len(r.connections), len(r.invitations)}
}

func (r *Registry) enlist(inv *Invitation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.invitations[inv.id] = inv
}

func (r *Registry) strike(inv *Invitation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.invitations, inv.id)
}

func (r *Registry) admit(cn *Connection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.connections[cn.id] = cn
}

func (r *Registry) dismiss(cn *Connection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.connections, cn.id)
}

func (r *Registry) forget(c *Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.calls, c.id)
	if key := (gathering{c.groupID, c.roomID}).key(); r.groups[key] == c {
		delete(r.groups, key)
	}
	r.running.Done()
}

// Shut refuses new calls until Reopen; those that run go on.
func (r *Registry) Shut() { r.shut(true) }

// Reopen takes new calls again after Shut. After Drain or Close it must not be
// called.
func (r *Registry) Reopen() { r.shut(false) }

func (r *Registry) shut(closing bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closing = closing
}

// Drain refuses new calls and waits until the running ones have ended by
// themselves, or ctx ends. It reports whether none is left.
func (r *Registry) Drain(ctx context.Context) bool {
	r.Shut()
	gone := make(chan struct{})
	go func() {
		r.running.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return true
	case <-ctx.Done():
		return false
	}
}

// Close refuses new calls, ends those that run, and waits until everybody has
// been told so.
func (r *Registry) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closing = true
	calls := make([]*Call, 0, len(r.calls))
	for _, c := range r.calls {
		calls = append(calls, c)
	}
	r.mu.Unlock()
	for _, c := range calls {
		c.postBefore(ctx, func() { c.end(ReasonShutdown) })
	}
	if !r.Drain(ctx) {
		return fmt.Errorf("close the calls: %w", ctx.Err())
	}
	return nil
}
