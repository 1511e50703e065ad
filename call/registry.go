package call

import (
	"context"
	"fmt"
	"io"
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
	// NewBridge makes the sound of a call.
	NewBridge func() Bridge
	// Now stamps events; timers use package time.
	Now func() time.Time
	// Random makes ids.
	Random io.Reader
	// IncomingContext seals an invitation's id into the incomingCallContext
	// that applications answer with.
	IncomingContext func(invitation string, expires time.Time) string
	// Timeouts are how long things may take.
	Timeouts Timeouts
	// MaxParticipants is how many people a call holds; default 350.
	MaxParticipants int
	// NoRoom says that the log has no room for new calls; nil is never.
	NoRoom func() bool
	// Log receives what is not an event.
	Log *zap.Logger
}

// Timeouts are how long things may take; zero means the default.
type Timeouts struct {
	// Establish is how long a call rings; default 85 s.
	Establish time.Duration
	// Promotion is how long somebody who is added rings; default 115 s.
	Promotion time.Duration
	// Phone is how long a phone rings; default 115 s.
	Phone time.Duration
	// Reconnect is how long a lost participant stays; default 120 s.
	Reconnect time.Duration
	// Call is how long a call lasts at most; default 30 h.
	Call time.Duration
	// Empty is how long applications stay among themselves; default 30 s.
	Empty time.Duration
}

func (t Timeouts) withDefaults() Timeouts {
	for _, d := range []struct {
		set *time.Duration
		to  time.Duration
	}{
		{&t.Establish, 85 * time.Second},
		{&t.Promotion, 115 * time.Second},
		{&t.Phone, 115 * time.Second},
		{&t.Reconnect, 120 * time.Second},
		{&t.Call, 30 * time.Hour},
		{&t.Empty, 30 * time.Second},
	} {
		if *d.set == 0 {
			*d.set = d.to
		}
	}
	return t
}

func (t Timeouts) invitation(who invitee) time.Duration {
	switch {
	case who.promotes:
		return t.Promotion
	case who.to.Kind() == identity.KindPhoneNumber:
		return t.Phone
	}
	return t.Establish
}

// Registry knows every call of this process and makes new ones.
type Registry struct {
	cfg     Config
	ringers []Ringer

	mu          sync.RWMutex
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
		calls:       map[string]*Call{},
		connections: map[string]*Connection{},
		invitations: map[string]*Invitation{},
		groups:      map[string]*Call{},
	}
}

// Reach adds ways to reach those who are called. It is not safe once there are
// calls.
func (r *Registry) Reach(ringers ...Ringer) { r.ringers = append(r.ringers, ringers...) }

func (r *Registry) newID() string {
	r.entropy.Lock()
	defer r.entropy.Unlock()
	return uuid.Must(uuid.NewRandomFromReader(r.cfg.Random)).String()
}

// Offer is a person placing a call.
type Offer struct {
	// Leg is the way they come in.
	Leg Leg
	// From is who they are, Name their display name.
	From identity.ID
	Name string
	// To is who is called: one makes a 1:1 call, several a group call.
	To []identity.ID
	// Muted says that their microphone is off.
	Muted bool
	// Custom is sent along.
	Custom *CustomContext
}

// Offer places a call. It returns when the call is in the log; the leg's
// Accept comes when somebody answers, its Hangup if nobody does.
func (r *Registry) Offer(ctx context.Context, o Offer) (*Participant, error) {
	var p *Participant
	err := r.start(ctx, o.From, "", func(c *Call) error {
		c.group = len(o.To) > 1
		p = c.newParticipant(o.From, o.Name)
		p.take(o.Leg, o.Muted)
		return c.inviteAll(o.To, invitee{from: o.From, name: o.Name, custom: o.Custom})
	})
	if err != nil { // p may be about to be set: nobody waits any more
		return nil, err
	}
	return p, nil
}

// inviteAll invites the targets, leaving out repetitions and the caller.
func (c *Call) inviteAll(targets []identity.ID, who invitee) error {
	for _, to := range targets {
		if c.member(to) != nil {
			continue
		}
		who.to = to
		if _, err := c.invite(who); err != nil {
			return err
		}
	}
	return nil
}

// Joining is a person joining a call by its group id.
type Joining struct {
	// Leg is the way they come in.
	Leg Leg
	// Group is the group's id.
	Group string
	// From is who they are, Name their display name.
	From identity.ID
	Name string
	// Muted says that their microphone is off.
	Muted bool
}

// Join lets a person into the call of that group, which the first one makes.
func (r *Registry) Join(ctx context.Context, j Joining) (*Participant, error) {
	for {
		var p *Participant
		enter := func(c *Call) error {
			if c.over {
				return ErrEnded
			}
			if c.people() >= r.cfg.MaxParticipants {
				return fmt.Errorf("%d participants: %w", c.people(), ErrFull)
			}
			c.group = true
			p = c.newParticipant(j.From, j.Name)
			p.take(j.Leg, j.Muted)
			p.accept()
			return nil
		}
		c, err := r.group(ctx, j, enter)
		if c != nil {
			err = c.do(ctx, func() error { return enter(c) })
		}
		if err == ErrEnded { //nolint:errorlint // do and enter return it bare
			r.ungroup(j.Group, c)
			continue // it ended just now; the next round makes a new one
		}
		if err != nil { // p may be about to be set: nobody waits any more
			return nil, err
		}
		return p, nil
	}
}

// group returns the running call of a group, or makes one with enter as its
// first turn and returns nil.
func (r *Registry) group(ctx context.Context, j Joining, enter func(*Call) error) (*Call, error) {
	r.mu.Lock()
	if c := r.groups[j.Group]; c != nil {
		r.mu.Unlock()
		return c, nil
	}
	c, err := r.add(j.Group)
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return nil, c.begin(ctx, j.From, enter)
}

func (r *Registry) ungroup(group string, c *Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.groups[group] == c {
		delete(r.groups, group)
	}
}

// Creation is an application placing a call.
type Creation struct {
	Seat
	// To is who is called.
	To []identity.ID
	// Name is shown as the caller's display name.
	Name string
	// CallerID is the phone number shown to phones, or empty.
	CallerID string
	// Custom is sent along.
	Custom *CustomContext
}

// Create places a call for an application and returns its connection when it
// is in the log. CallConnected or CreateCallFailed follows.
func (r *Registry) Create(ctx context.Context, cr Creation) (*Connection, error) {
	var cn *Connection
	err := r.start(ctx, cr.As, "", func(c *Call) error {
		c.group = len(cr.To) > 1
		cn = c.seat(c.newParticipant(cr.As, cr.Name), "create", cr.Seat)
		cn.source, cn.sourceName, cn.callerID, cn.targets = cr.As, cr.Name, cr.CallerID, cr.To
		cn.open()
		return c.inviteAll(cr.To, invitee{from: cr.As, name: cr.Name, custom: cr.Custom})
	})
	if err != nil { // cn may be about to be set: nobody waits any more
		return nil, err
	}
	return cn, nil
}

// start makes a call whose first turn is f.
func (r *Registry) start(ctx context.Context, by identity.ID, group string, f func(*Call) error) error {
	r.mu.Lock()
	c, err := r.add(group)
	r.mu.Unlock()
	if err != nil {
		return err
	}
	return c.begin(ctx, by, f)
}

// add makes a call that is yet to begin. The caller holds r.mu.
func (r *Registry) add(group string) (*Call, error) {
	switch {
	case r.closing:
		return nil, ErrClosing
	case r.cfg.NoRoom != nil && r.cfg.NoRoom():
		return nil, ErrNoRoom
	}
	c := &Call{
		id: r.newID(), correlation: r.newID(), registry: r, groupID: group,
		inbox: make(chan func()), done: make(chan struct{}), invitations: map[string]*Invitation{},
	}
	c.log = r.cfg.Log.With(zap.String("serverCallId", c.id), zap.String("correlationId", c.correlation))
	r.calls[c.id] = c
	if group != "" {
		r.groups[group] = c
	}
	r.running.Add(1)
	return c, nil
}

// begin starts the call's goroutine with f as its first turn and waits until
// that is durable. If f fails there is no call.
func (c *Call) begin(ctx context.Context, by identity.ID, f func(*Call) error) error {
	answer := make(chan error, 1)
	go c.loop(c.asked(ctx, func() error {
		c.longest = c.later(c.registry.cfg.Timeouts.Call, func() { c.end(ReasonTooLong) })
		c.note(callStarted{c.id, c.correlation, by, c.groupID})
		err := f(c)
		if err != nil {
			c.end(ReasonUnavailable)
		}
		return err
	}, answer))
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
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
	if r.groups[c.groupID] == c {
		delete(r.groups, c.groupID)
	}
	r.running.Done()
}

// Drain refuses new calls and waits until the running ones have ended by
// themselves, or ctx ends. It reports whether none is left.
func (r *Registry) Drain(ctx context.Context) bool {
	r.mu.Lock()
	r.closing = true
	r.mu.Unlock()
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
		c.post(func() { c.end(ReasonShutdown) })
	}
	if !r.Drain(ctx) {
		return fmt.Errorf("close the calls: %w", ctx.Err())
	}
	return nil
}
