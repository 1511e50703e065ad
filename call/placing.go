package call

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/identity"
)

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
	to, err := r.guests(o.From, o.To, 1)
	if err != nil {
		return nil, err
	}
	var p *Participant
	err = r.start(ctx, o.From, func(c *Call) error {
		c.group = len(to) > 1
		p = c.newParticipant(o.From, o.Name)
		p.take(o.Leg, o.Muted)
		return c.inviteAll(to, invitee{from: o.From, name: o.Name, custom: o.Custom})
	})
	if err != nil { // p may be about to be set: nobody waits any more
		return nil, err
	}
	return p, nil
}

// guests are whom a call is placed to, without repetitions and the caller.
// people is how many others the call will hold. Errors: ErrConflict if nobody
// is left, ErrTooMany.
func (r *Registry) guests(caller identity.ID, targets []identity.ID, people int) ([]identity.ID, error) {
	seen := map[identity.ID]bool{caller: true}
	var guests []identity.ID
	for _, to := range targets {
		if !seen[to] {
			seen[to] = true
			guests = append(guests, to)
		}
	}
	if len(guests) == 0 {
		return nil, fmt.Errorf("nobody but the caller is called: %w", ErrConflict)
	}
	if n := len(guests) + people; n > r.cfg.MaxParticipants {
		return nil, fmt.Errorf("%d participants: %w", n, ErrTooMany)
	}
	return guests, nil
}

func (c *Call) inviteAll(targets []identity.ID, who invitee) error {
	for _, to := range targets {
		who.to = to
		if _, err := c.invite(who); err != nil {
			return err
		}
	}
	return nil
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
	to, err := r.guests(cr.As, cr.To, 0)
	if err != nil {
		return nil, err
	}
	var cn *Connection
	err = r.start(ctx, cr.As, func(c *Call) error {
		c.group = len(to) > 1
		cn = c.seat(c.newParticipant(cr.As, cr.Name), kindCreate, cr.Seat)
		cn.source, cn.sourceName, cn.callerID, cn.targets = cr.As, cr.Name, cr.CallerID, to
		cn.open()
		return c.inviteAll(to, invitee{from: cr.As, name: cr.Name, number: cr.CallerID, custom: cr.Custom})
	})
	if err != nil { // cn may be about to be set: nobody waits any more
		return nil, err
	}
	return cn, nil
}

// start makes a call whose first turn is f.
func (r *Registry) start(ctx context.Context, by identity.ID, f func(*Call) error) error {
	if r.cfg.Turns != nil {
		r.cfg.Turns.Await("begin "+string(by), ctx.Done())
	}
	r.mu.Lock()
	c, err := r.add(gathering{})
	r.mu.Unlock()
	if err != nil {
		return err
	}
	return c.begin(ctx, by, f)
}

// add makes a call that is yet to begin. The caller holds r.mu.
func (r *Registry) add(g gathering) (*Call, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	c := &Call{
		id: r.newID(), correlation: r.newID(), registry: r, groupID: g.group, roomID: g.room, dialRoom: g.room,
		inbox: make(chan func()), done: make(chan struct{}), invitations: map[string]*Invitation{},
		talk: talk{dominant: []Speaker{}},
	}
	c.log = r.cfg.Log.WithLazy(zap.String("serverCallId", c.id), zap.String("correlationId", c.correlation))
	r.calls[c.id] = c
	if key := g.key(); key != "" {
		r.groups[key] = c
	}
	r.running.Add(1)
	return c, nil
}

// begin starts the call's goroutine with f as its first turn and waits until
// that is durable. If f fails there is no call.
func (c *Call) begin(ctx context.Context, by identity.ID, f func(*Call) error) error {
	answer := make(chan error, 1)
	go c.loop(c.asked(ctx, func() error {
		c.arm(&c.longest, c.registry.cfg.Timeouts.Call, func() {
			c.expired("call", c.registry.cfg.Timeouts.Call, nil)
			c.end(ReasonTooLong)
		})
		c.noteStart(by)
		err := f(c)
		if err != nil {
			c.end(ReasonUnavailable)
			c.records = nil // nobody learns that there was a call
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
