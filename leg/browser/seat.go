package browser

import (
	"sync"

	"github.com/botd-dev/botd/call"
)

// seat holds the participant that a leg is, which the call tells it while the
// client may already have given up.
type seat struct {
	mu   sync.Mutex
	p    *call.Participant
	left bool
}

// set takes the participant; false means that the client has left.
func (s *seat) set(p *call.Participant) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.p = p
	return !s.left
}

func (s *seat) get() *call.Participant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.p
}

// leave marks that the client has left and returns the participant, if there
// is one already.
func (s *seat) leave() *call.Participant {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = true
	return s.p
}

// do reports something to the participant, from a goroutine of the leg's.
func (s *seat) do(f func(*call.Participant)) {
	if p := s.get(); p != nil {
		f(p)
	}
}
