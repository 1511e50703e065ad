package automation

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// CreateRequest places a call (rest.md section 6.2).
type CreateRequest struct {
	Targets     []identity.ID `json:"targets"`
	CallbackURI string        `json:"callbackUri"`
	Source      *User         `json:"source,omitempty"`
	// TeamsAppSource, instead of Source, calls in the name of an application of
	// Teams.
	TeamsAppSource    *TeamsApp    `json:"teamsAppSource,omitempty"`
	SourceCallerID    *PhoneNumber `json:"sourceCallerIdNumber,omitempty"`
	SourceDisplayName string       `json:"sourceDisplayName,omitempty"`
	OperationContext  string       `json:"operationContext,omitempty"`
	MediaOptions
	Subscriber
	Direct
	// As is under whom the application is listed if there is no Source; empty
	// leaves it to the server.
	As identity.ID `json:"-"`
}

func (r CreateRequest) validate() error {
	if err := everyone("targets", r.Targets); err != nil {
		return err
	}
	for i, to := range r.Targets {
		if to.Kind() == identity.KindPhoneNumber && r.SourceCallerID == nil {
			return fmt.Errorf("targets[%d] is a phone number: %w", i, required("sourceCallerIdNumber"))
		}
	}
	if r.CallbackURI == "" && r.Feed == nil {
		return required("callbackUri")
	}
	return first(
		user("source", r.Source),
		app("teamsAppSource", r.TeamsAppSource),
		number("sourceCallerIdNumber", r.SourceCallerID),
		name("sourceDisplayName", r.SourceDisplayName),
	)
}

// Create places a call to one target, or a group call to several. CallConnected
// follows when the first of them answers, or CreateCallFailed.
func (s *Service) Create(ctx context.Context, r CreateRequest) (*call.Connection, error) {
	if err := first(r.validate(), s.echoed(ctx, r.OperationContext, "callbackUri", r.CallbackURI)); err != nil {
		return nil, err
	}
	c := call.Creation{Seat: s.seat(r), To: r.Targets, Name: r.SourceDisplayName, CallerID: valueOf(r.SourceCallerID)}
	if err := s.subscribe(ctx, &c.Seat, r.MediaOptions); err != nil {
		return nil, err
	}
	cn, err := s.cfg.Calls.Create(ctx, c)
	if errors.Is(err, call.ErrTooMany) {
		return nil, invalid("targets", err.Error())
	}
	if err != nil {
		return nil, fmt.Errorf("create: %w", err)
	}
	return cn, nil
}

func (s *Service) seat(r CreateRequest) call.Seat {
	as := cmp.Or(r.As, s.cfg.Application)
	switch {
	case r.TeamsAppSource != nil:
		as, _ = r.TeamsAppSource.id() // it has been checked
	case r.Source != nil && r.Source.ID != "":
		as = identity.ID(r.Source.ID)
	}
	return call.Seat{
		As: as, Telling: r.telling(r.CallbackURI), OperationContext: r.OperationContext,
		Port: r.Port, Feed: r.Feed,
	}
}
