package automation

import (
	"context"
	"errors"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// TransferRequest hands a participant to somebody else (rest.md section 6.6).
type TransferRequest struct {
	// TargetParticipant gets the participant by being called.
	TargetParticipant identity.ID `json:"targetParticipant,omitempty"`
	// TargetCall, instead, is a call in which the application has spoken with
	// the target before: a consultative transfer.
	TargetCall *TargetCall `json:"targetCall,omitempty"`
	// Transferee is who is handed over. In a 1:1 call it may be absent.
	Transferee           identity.ID     `json:"transferee,omitempty"`
	CustomCallingContext *CallingContext `json:"customCallingContext,omitempty"`
	SourceCallerID       *PhoneNumber    `json:"sourceCallerIdNumber,omitempty"`
	OperationContext     string          `json:"operationContext,omitempty"`
	OperationCallbackURI string          `json:"operationCallbackUri,omitempty"`
}

// TargetCall names another call of the application.
type TargetCall struct {
	CallConnectionID string `json:"callConnectionId"`
}

func (r TransferRequest) validate() error {
	switch {
	case r.TargetParticipant == "" && r.TargetCall == nil:
		return required("targetParticipant")
	case r.TargetParticipant != "" && r.TargetCall != nil:
		return invalid("targetCall", "it excludes targetParticipant")
	case r.TargetCall != nil && r.TargetCall.CallConnectionID == "":
		return required("targetCall.callConnectionId")
	case r.Transferee != "" && r.Transferee == r.TargetParticipant:
		return invalid("transferee", "it is the target")
	}
	return first(
		number("sourceCallerIdNumber", r.SourceCallerID),
		r.CustomCallingContext.validate("customCallingContext"),
	)
}

// Transfer hands a participant over. CallTransferAccepted or
// CallTransferFailed follows; in a 1:1 call the application then leaves.
func (s *Service) Transfer(ctx context.Context, cn *call.Connection, r TransferRequest) error {
	if err := first(r.validate(), s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI)); err != nil {
		return err
	}
	t := call.Transfer{
		Target: r.TargetParticipant, Transferee: r.Transferee, CallerID: valueOf(r.SourceCallerID), Custom: r.CustomCallingContext.carried(),
		Reference: call.Reference{Context: r.OperationContext, TellTo: r.OperationCallbackURI},
	}
	if r.TargetCall != nil {
		t.TargetCall = r.TargetCall.CallConnectionID
	}
	err := cn.Transfer(ctx, t)
	if errors.Is(err, call.ErrTransferee) {
		return required("transferee")
	}
	return err
}
