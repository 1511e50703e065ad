package rest

import (
	"context"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// The answers of the operations on participants (rest.md section 5).
type (
	operationContext struct {
		OperationContext string `json:"operationContext,omitempty"`
	}
	invitation struct {
		Participant      *call.Listed `json:"participant,omitempty"`
		OperationContext string       `json:"operationContext,omitempty"`
		InvitationID     string       `json:"invitationId,omitempty"`
	}
)

func (s *Server) add(ctx context.Context, cn *call.Connection, r automation.AddRequest) (invitation, error) {
	id, err := s.cfg.Automation.Add(ctx, cn, r)
	return invitation{invited(r.ParticipantToAdd), r.OperationContext, id}, err
}

func invited(id identity.ID) *call.Listed { return &call.Listed{Identifier: id} }

func (s *Server) cancelAdd(ctx context.Context, cn *call.Connection, r automation.CancelAddRequest) (invitation, error) {
	err := s.cfg.Automation.CancelAdd(ctx, cn, r)
	return invitation{OperationContext: r.OperationContext, InvitationID: r.InvitationID}, err
}

func (s *Server) remove(ctx context.Context, cn *call.Connection, r automation.RemoveRequest) (operationContext, error) {
	return operationContext{r.OperationContext}, s.cfg.Automation.Remove(ctx, cn, r)
}

func (s *Server) mute(ctx context.Context, cn *call.Connection, r automation.MuteRequest) (operationContext, error) {
	return operationContext{r.OperationContext}, s.cfg.Automation.Mute(ctx, cn, r)
}
