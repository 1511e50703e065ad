package automation

import (
	"context"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// MoveRequest brings participants here from another call (rest.md section 6.7).
type MoveRequest struct {
	TargetParticipants []identity.ID `json:"targetParticipants"`
	// FromCall is the callConnectionId of a connection to the call that they
	// are in.
	FromCall             string `json:"fromCall"`
	OperationContext     string `json:"operationContext,omitempty"`
	OperationCallbackURI string `json:"operationCallbackUri,omitempty"`
}

// Move brings participants into this call from another. For each of them
// MoveParticipantSucceeded or MoveParticipantFailed follows.
func (s *Service) Move(ctx context.Context, cn *call.Connection, r MoveRequest) error {
	err := first(
		everyone("targetParticipants", r.TargetParticipants),
		atMost("fromCall", r.FromCall, maxName),
		s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI),
	)
	switch {
	case err != nil:
		return err
	case r.FromCall == "":
		return required("fromCall")
	case r.FromCall == cn.ID():
		return invalid("fromCall", "it is this call")
	}
	return cn.Move(ctx, call.Move{
		From: r.FromCall, Who: once(r.TargetParticipants),
		Reference: call.Reference{Context: r.OperationContext, TellTo: r.OperationCallbackURI},
	})
}

// once leaves out who is named again.
func once(ids []identity.ID) []identity.ID {
	seen := map[identity.ID]bool{}
	var each []identity.ID
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			each = append(each, id)
		}
	}
	return each
}
