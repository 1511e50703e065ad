package browser

import (
	"context"
	"fmt"
	"slices"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// invitation is what a ring needs of a *call.Invitation.
type invitation interface {
	Done() <-chan struct{}
	Reason() call.Reason
	Accept(ctx context.Context, a call.Acceptance) (*call.Participant, error)
	Reject(ctx context.Context, why call.Reason) error
}

// ring is one invitation and the clients it rings at. The server's lock guards
// what changes.
type ring struct {
	inv     invitation
	to      identity.ID
	message []byte // incoming

	told  []*agent
	taker *agent // who is accepting it
	over  bool   // its end has been told to all but the taker
}

// Ring alerts every client of the called user that is there, and reports
// whether there is one. A client that registers while it rings is alerted too.
func (s *Server) Ring(inv *call.Invitation) bool {
	r := &ring{inv: inv, to: inv.To(), message: encode(incoming{
		"incoming", inv.ID(), inv.From(), inv.To(), inv.Name(), inv.Custom(),
	})}
	s.mu.Lock()
	defer s.mu.Unlock()
	for a := range s.users[inv.To()] {
		r.told = append(r.told, a)
		a.send(r.message)
	}
	rings := len(r.told) > 0
	if rings && !s.closed {
		s.rings[inv.ID()] = r
		s.tasks.Add(1)
		go s.follow(inv.ID(), r)
	}
	return rings
}

// ringingFor finds what rings for an agent that comes in now. The caller holds
// the server's lock.
func (s *Server) ringingFor(a *agent) []*ring {
	var list []*ring
	for _, r := range s.rings {
		if r.to != a.user || r.taker == a {
			continue
		}
		if !slices.Contains(r.told, a) {
			r.told = append(r.told, a)
		}
		list = append(list, r)
	}
	return list
}

// follow tells those who were rung when it rings no more.
func (s *Server) follow(id string, r *ring) {
	defer s.tasks.Done()
	select {
	case <-r.inv.Done():
	case <-s.life.Done():
		return
	}
	s.mu.Lock()
	delete(s.rings, id)
	r.over = true
	told := slices.DeleteFunc(r.told, func(a *agent) bool { return a == r.taker })
	s.mu.Unlock()
	for _, a := range told {
		a.send(encode(incomingEnded{"incomingEnded", id, r.inv.Reason()}))
	}
}

// take gives a ring to the agent that accepts it.
func (s *Server) take(id string, a *agent) (*ring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rings[id]
	if r == nil || !slices.Contains(r.told, a) {
		return nil, fmt.Errorf("incoming call %s: %w", id, call.ErrNoCall)
	}
	if r.taker != nil {
		return nil, fmt.Errorf("incoming call %s is being accepted: %w", id, call.ErrConflict)
	}
	r.taker = a
	return r, nil
}

// give puts a ring back whose acceptance failed. It reports whether it has
// ended meanwhile, which the taker has not been told.
func (s *Server) give(r *ring) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.taker = nil
	return r.over
}

// decline takes the agent out of those who hear of a ring and returns it.
func (s *Server) decline(id string, a *agent) (*ring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rings[id]
	i := -1
	if r != nil {
		i = slices.Index(r.told, a)
	}
	if i < 0 || r.taker == a {
		return nil, fmt.Errorf("incoming call %s: %w", id, call.ErrNoCall)
	}
	r.told = slices.Delete(r.told, i, i+1)
	return r, nil
}
