package browser

import (
	"errors"
	"fmt"

	"github.com/botd-dev/botd/identity"
)

// errTooOften means that a user registers more clients than they may.
var errTooOften = errors.New("too many new clients")

// admit asks whether one more client of a user may register. One that comes
// back to its agent is not one more.
func (s *Server) admit(user identity.ID, resume, remote string) error {
	s.mu.Lock()
	a := s.agents[resume]
	s.mu.Unlock()
	if a != nil && a.user == user || s.cfg.Admit == nil {
		return nil
	}
	if err := s.cfg.Admit(user, remote); err != nil {
		return fmt.Errorf("%w: %w", errTooOften, err)
	}
	return nil
}
