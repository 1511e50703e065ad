package automation

import (
	"context"
	"fmt"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Participants lists who is in the call.
func (s *Service) Participants(cn *call.Connection) []call.Listed { return cn.View().Participants }

// Participant finds one of them; call.ErrNoParticipant if they are not in it.
func (s *Service) Participant(cn *call.Connection, id identity.ID) (call.Listed, error) {
	for _, p := range s.Participants(cn) {
		if p.Identifier == id {
			return p, nil
		}
	}
	return call.Listed{}, fmt.Errorf("participant %s: %w", id, call.ErrNoParticipant)
}

// AddRequest invites somebody (rest.md section 6.7).
type AddRequest struct {
	ParticipantToAdd  identity.ID  `json:"participantToAdd"`
	SourceCallerID    *PhoneNumber `json:"sourceCallerIdNumber,omitempty"`
	SourceDisplayName string       `json:"sourceDisplayName,omitempty"`
	// InvitationTimeout is in seconds, 0 to 180; absent or 0 leaves it to the
	// server.
	InvitationTimeout    int             `json:"invitationTimeoutInSeconds,omitempty"`
	CustomCallingContext *CallingContext `json:"customCallingContext,omitempty"`
	OperationContext     string          `json:"operationContext,omitempty"`
	OperationCallbackURI string          `json:"operationCallbackUri,omitempty"`
}

func (r AddRequest) validate() error {
	if r.ParticipantToAdd.Kind() == identity.KindPhoneNumber && r.SourceCallerID == nil {
		return required("sourceCallerIdNumber")
	}
	return first(
		someone("participantToAdd", r.ParticipantToAdd),
		number("sourceCallerIdNumber", r.SourceCallerID),
		name("sourceDisplayName", r.SourceDisplayName),
		within("invitationTimeoutInSeconds", r.InvitationTimeout, 0, 180),
		r.CustomCallingContext.validate("customCallingContext"),
	)
}

// Add invites somebody and returns the invitation's id. AddParticipantSucceeded
// or AddParticipantFailed follows.
func (s *Service) Add(ctx context.Context, cn *call.Connection, r AddRequest) (string, error) {
	if err := first(r.validate(), s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI)); err != nil {
		return "", err
	}
	return cn.Add(ctx, call.Addition{
		To: r.ParticipantToAdd, Name: r.SourceDisplayName, CallerID: valueOf(r.SourceCallerID),
		Timeout: time.Duration(r.InvitationTimeout) * time.Second, Custom: r.CustomCallingContext.carried(),
		Context: r.OperationContext, TellTo: r.OperationCallbackURI,
	})
}

// CancelAddRequest withdraws an invitation.
type CancelAddRequest struct {
	InvitationID         string `json:"invitationId"`
	OperationContext     string `json:"operationContext,omitempty"`
	OperationCallbackURI string `json:"operationCallbackUri,omitempty"`
}

// CancelAdd withdraws an invitation. CancelAddParticipantSucceeded alone
// follows, or CancelAddParticipantFailed.
func (s *Service) CancelAdd(ctx context.Context, cn *call.Connection, r CancelAddRequest) error {
	if r.InvitationID == "" {
		return required("invitationId")
	}
	if err := atMost("invitationId", r.InvitationID, maxName); err != nil {
		return err
	}
	if err := s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI); err != nil {
		return err
	}
	return cn.CancelAdd(ctx, r.InvitationID, call.Reference{Context: r.OperationContext, TellTo: r.OperationCallbackURI})
}

// RemoveRequest takes somebody out of the call.
type RemoveRequest struct {
	ParticipantToRemove  identity.ID `json:"participantToRemove"`
	OperationContext     string      `json:"operationContext,omitempty"`
	OperationCallbackURI string      `json:"operationCallbackUri,omitempty"`
}

// Remove takes somebody out of the call; RemoveParticipantSucceeded follows.
func (s *Service) Remove(ctx context.Context, cn *call.Connection, r RemoveRequest) error {
	err := first(
		someone("participantToRemove", r.ParticipantToRemove),
		s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI),
	)
	if err != nil {
		return err
	}
	return cn.Remove(ctx, r.ParticipantToRemove, call.Reference{Context: r.OperationContext, TellTo: r.OperationCallbackURI})
}

// MuteRequest mutes participants.
type MuteRequest struct {
	TargetParticipants []identity.ID `json:"targetParticipants"`
	OperationContext   string        `json:"operationContext,omitempty"`
}

// Mute mutes communication users; ParticipantsUpdated follows if that changed
// anything. They may unmute themselves.
func (s *Service) Mute(ctx context.Context, cn *call.Connection, r MuteRequest) error {
	err := first(
		everyone("targetParticipants", r.TargetParticipants),
		atMost("operationContext", r.OperationContext, maxContext),
	)
	if err != nil {
		return err
	}
	for i, id := range r.TargetParticipants {
		if id.Kind() != identity.KindCommunicationUser {
			return invalid(fmt.Sprintf("targetParticipants[%d]", i), "only communication users can be muted")
		}
	}
	return cn.Mute(ctx, r.TargetParticipants, call.Reference{Context: r.OperationContext})
}
