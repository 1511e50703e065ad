package automation

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// AnswerRequest takes an incoming call (rest.md section 6.3).
type AnswerRequest struct {
	IncomingCallContext string `json:"incomingCallContext"`
	CallbackURI         string `json:"callbackUri"`
	AnsweredBy          *User  `json:"answeredBy,omitempty"`
	OperationContext    string `json:"operationContext,omitempty"`
	MediaOptions
	Subscriber
	Direct
}

func (r AnswerRequest) validate() error {
	if r.IncomingCallContext == "" {
		return required("incomingCallContext")
	}
	if r.CallbackURI == "" && r.Feed == nil {
		return required("callbackUri")
	}
	return user("answeredBy", r.AnsweredBy)
}

// Answer takes an incoming call for an application. CallConnected follows when
// media flows, or AnswerFailed. call.ErrNoCall if it rings no more.
func (s *Service) Answer(ctx context.Context, r AnswerRequest) (*call.Connection, error) {
	if err := first(r.validate(), s.echoed(ctx, r.OperationContext, "callbackUri", r.CallbackURI)); err != nil {
		return nil, err
	}
	inv, err := s.invitation(r.IncomingCallContext)
	if err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	seat := call.Seat{
		Telling: r.telling(r.CallbackURI), OperationContext: r.OperationContext, Port: r.Port, Feed: r.Feed,
	}
	if r.AnsweredBy != nil {
		seat.AnsweredBy = identity.ID(r.AnsweredBy.ID)
	}
	if err := s.subscribe(ctx, &seat, r.MediaOptions); err != nil {
		return nil, err
	}
	cn, err := inv.Answer(ctx, seat)
	if err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	return cn, nil
}

// invitation finds what an incomingCallContext stands for.
func (s *Service) invitation(context string) (*call.Invitation, error) {
	id, err := s.cfg.Contexts.Open(context)
	if err != nil {
		return nil, err
	}
	return s.cfg.Calls.Invitation(id)
}
