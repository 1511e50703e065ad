package automation

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// UnmuteRequest undoes a mute.
type UnmuteRequest struct {
	TargetParticipants []identity.ID `json:"targetParticipants"`
	OperationContext   string        `json:"operationContext,omitempty"`
}

// Unmute undoes what Mute and mutes by other participants did; who muted
// itself stays muted. ParticipantsUpdated follows if that changed anything.
func (s *Service) Unmute(ctx context.Context, cn *call.Connection, r UnmuteRequest) error {
	err := first(
		everyone("targetParticipants", r.TargetParticipants),
		atMost("operationContext", r.OperationContext, maxContext),
	)
	if err != nil {
		return err
	}
	return cn.Unmute(ctx, r.TargetParticipants, call.Reference{Context: r.OperationContext})
}

// MuteAllRequest mutes everybody but some.
type MuteAllRequest struct {
	Except           []identity.ID `json:"except,omitempty"`
	OperationContext string        `json:"operationContext,omitempty"`
}

// MuteAll mutes everybody but applications and those excepted.
func (s *Service) MuteAll(ctx context.Context, cn *call.Connection, r MuteAllRequest) error {
	if err := atMost("operationContext", r.OperationContext, maxContext); err != nil {
		return err
	}
	for i, id := range r.Except { // a null among them would be nobody
		if id == "" {
			return required(fmt.Sprintf("except[%d]", i))
		}
	}
	return cn.MuteAll(ctx, r.Except, call.Reference{Context: r.OperationContext})
}
