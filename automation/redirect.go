package automation

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/identity"
)

// RedirectRequest sends an incoming call on to somebody else (rest.md section
// 6.3).
type RedirectRequest struct {
	IncomingCallContext string      `json:"incomingCallContext"`
	Target              identity.ID `json:"target"`
}

// Redirect sends an incoming call on; no event follows here, but the new
// target gets an IncomingCall. call.ErrNoCall if it rings no more.
func (s *Service) Redirect(ctx context.Context, r RedirectRequest) error {
	if r.IncomingCallContext == "" {
		return required("incomingCallContext")
	}
	if err := someone("target", r.Target); err != nil {
		return err
	}
	inv, err := s.invitation(r.IncomingCallContext)
	if err != nil {
		return fmt.Errorf("redirect: %w", err)
	}
	if err := inv.Redirect(ctx, r.Target); err != nil {
		return fmt.Errorf("redirect: %w", err)
	}
	return nil
}
