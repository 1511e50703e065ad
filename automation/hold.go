package automation

import (
	"context"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/prompt"
)

// HoldRequest holds a participant (rest.md section 7.4).
type HoldRequest struct {
	TargetParticipant identity.ID `json:"targetParticipant"`
	// PlaySourceInfo is what the participant hears meanwhile, again and again;
	// absent is silence.
	PlaySourceInfo       *PlaySource `json:"playSourceInfo,omitempty"`
	OperationContext     string      `json:"operationContext,omitempty"`
	OperationCallbackURI string      `json:"operationCallbackUri,omitempty"`
}

// Hold holds a participant: it neither hears the call nor is heard. Only a
// failure has an event, HoldFailed.
func (s *Service) Hold(ctx context.Context, cn *call.Connection, r HoldRequest) error {
	err := first(
		someone("targetParticipant", r.TargetParticipant),
		s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI),
	)
	if err != nil {
		return err
	}
	h := call.Hold{
		Who: r.TargetParticipant, Explain: promptResult,
		Reference: call.Reference{Context: r.OperationContext, TellTo: r.OperationCallbackURI},
	}
	if r.PlaySourceInfo != nil {
		src, err := r.PlaySourceInfo.prompt("playSourceInfo")
		if err != nil {
			return err
		}
		h.Music = s.looped(src)
	}
	return cn.Hold(ctx, h)
}

// looped opens a prompt that is played until it is stopped; it is fetched once.
func (s *Service) looped(src prompt.Source) func(context.Context) (media.Source, error) {
	return func(ctx context.Context) (media.Source, error) {
		kept, err := s.cfg.Prompts.Prepare(ctx, src)
		if err != nil {
			return nil, err
		}
		return prompt.Loop(kept.Open), nil
	}
}

// UnholdRequest ends Hold.
type UnholdRequest struct {
	TargetParticipant identity.ID `json:"targetParticipant"`
	OperationContext  string      `json:"operationContext,omitempty"`
}

// Unhold lets a participant back into the conversation.
func (s *Service) Unhold(ctx context.Context, cn *call.Connection, r UnholdRequest) error {
	err := first(
		someone("targetParticipant", r.TargetParticipant),
		atMost("operationContext", r.OperationContext, maxContext),
	)
	if err != nil {
		return err
	}
	return cn.Unhold(ctx, call.Hold{Who: r.TargetParticipant, Reference: call.Reference{Context: r.OperationContext}})
}
