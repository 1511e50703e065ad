package call

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// How a connection came about.
const (
	kindCreate  = "create"
	kindAnswer  = "answer"
	kindConnect = "connect"
)

// Locator says which running call is meant; one of its fields is set.
type Locator struct{ ServerCallID, GroupID, RoomID string }

// Connect is an application coming to a call that runs already.
type Connect struct {
	Seat
	Locator
	// Refused, if set, is why it may not: ConnectFailed says so.
	Refused *Reason
}

// Connect gives an application a connection to a running call. CallConnected
// follows, or ConnectFailed, also if there is no such call.
func (r *Registry) Connect(ctx context.Context, in Connect) (*Connection, error) {
	if in.Refused != nil {
		return r.connectFails(ctx, in, *in.Refused)
	}
	c := r.located(in.Locator)
	if c == nil {
		return r.connectFails(ctx, in, ReasonNoSuchCall)
	}
	var cn *Connection
	err := c.do(ctx, func() error {
		if c.over {
			return ErrEnded
		}
		cn = c.connect(in)
		return nil
	})
	switch {
	case err == ErrEnded: //nolint:errorlint // do and f return it bare
		return r.connectFails(ctx, in, ReasonNoSuchCall)
	case err != nil: // cn may be about to be set: nobody waits any more
		return nil, fmt.Errorf("connect: %w", err)
	}
	return cn, nil
}

func (c *Call) connect(in Connect) *Connection {
	cn := c.seat(c.newParticipant(in.As, ""), kindConnect, in.Seat)
	cn.source = c.startedBy
	for _, p := range c.members {
		if p.seat == nil && p.identity != cn.source && !slices.Contains(cn.targets, p.identity) {
			cn.targets = append(cn.targets, p.identity)
		}
	}
	cn.open()
	return cn
}

// farewell is how long a connection that comes to nothing can be read: whoever
// asked for it is answered with one that is connecting.
const farewell = 100 * time.Millisecond

// connectFails makes a connection whose only event is ConnectFailed. It has a
// call of its own, in which nothing else happens.
func (r *Registry) connectFails(ctx context.Context, in Connect, why Reason) (*Connection, error) {
	var cn *Connection
	r.mu.Lock()
	c, err := r.add(gathering{})
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	c.hollow = true
	err = c.begin(ctx, in.As, func(c *Call) error {
		cn = c.connect(in)
		c.later(farewell, func() { c.end(why) })
		return nil
	})
	if err != nil { // cn may be about to be set: nobody waits any more
		return nil, err
	}
	return cn, nil
}

// located finds a running call; nil if there is none.
func (r *Registry) located(l Locator) *Call {
	switch {
	case l.GroupID != "":
		return r.gathering(groupKey(l.GroupID))
	case l.RoomID != "":
		return r.gathering(roomKey(l.RoomID))
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if c := r.calls[l.ServerCallID]; c != nil && !c.hollow {
		return c
	}
	return nil
}
