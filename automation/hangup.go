package automation

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/call"
)

// HangUp takes the application out of the call; a 1:1 call ends with it.
func (s *Service) HangUp(ctx context.Context, cn *call.Connection) error {
	if err := cn.Leave(ctx); err != nil {
		return fmt.Errorf("hang up: %w", err)
	}
	return nil
}

// Terminate ends the call for everybody.
func (s *Service) Terminate(ctx context.Context, cn *call.Connection) error {
	if err := cn.Terminate(ctx); err != nil {
		return fmt.Errorf("terminate: %w", err)
	}
	return nil
}
