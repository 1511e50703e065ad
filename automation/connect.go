package automation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Rooms says which rooms may be entered. *room.Book fits it.
type Rooms interface {
	// Valid returns an error with a Reason method for a room that is not there,
	// or not valid now.
	Valid(id string) error
}

// CallLocator names a call that runs already (rest.md section 6.4).
type CallLocator struct {
	// Kind is "serverCallLocator", "groupCallLocator" or "roomCallLocator".
	Kind         string `json:"kind"`
	ServerCallID string `json:"serverCallId,omitempty"`
	GroupCallID  string `json:"groupCallId,omitempty"`
	RoomID       string `json:"roomId,omitempty"`
}

// locator checks it and turns it into what package call looks for.
func (l *CallLocator) locator(field string) (call.Locator, error) {
	if l == nil {
		return call.Locator{}, required(field)
	}
	var found call.Locator
	var name, value string
	switch l.Kind {
	case "serverCallLocator":
		name, value, found = "serverCallId", l.ServerCallID, call.Locator{ServerCallID: l.ServerCallID}
	case "groupCallLocator":
		name, value, found = "groupCallId", l.GroupCallID, call.Locator{GroupID: l.GroupCallID}
	case "roomCallLocator":
		name, value, found = "roomId", l.RoomID, call.Locator{RoomID: l.RoomID}
	case "":
		return found, required(field + ".kind")
	default:
		return found, invalid(field+".kind", "it is none of serverCallLocator, groupCallLocator, roomCallLocator")
	}
	if value == "" {
		return found, required(field + "." + name)
	}
	return found, callName(field+"."+name, value)
}

// maxCallName is how many characters the name of a call may have.
const maxCallName = 64

// callName checks what a call is found by: a group's id is any 1 to 64 letters,
// digits, "-" and "_", and so are all the others.
func callName(field, name string) error {
	odd := func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	if len(name) > maxCallName || strings.ContainsFunc(name, odd) {
		return invalid(field, "it is not 1 to 64 letters, digits, '-' and '_'")
	}
	return nil
}

// ConnectRequest comes to a call that runs already.
type ConnectRequest struct {
	CallLocator      *CallLocator `json:"callLocator"`
	CallbackURI      string       `json:"callbackUri"`
	OperationContext string       `json:"operationContext,omitempty"`
	MediaOptions
	Subscriber
	Direct
	// As is under whom the application is listed; empty leaves it to the server.
	As identity.ID `json:"-"`
}

// Connect gives an application a connection to a running call, be it one that
// people started or that of a room. CallConnected follows, or ConnectFailed.
func (s *Service) Connect(ctx context.Context, r ConnectRequest) (*call.Connection, error) {
	locator, err := r.CallLocator.locator("callLocator")
	if err == nil && r.CallbackURI == "" && r.Feed == nil {
		err = required("callbackUri")
	}
	if err = first(err, s.echoed(ctx, r.OperationContext, "callbackUri", r.CallbackURI)); err != nil {
		return nil, err
	}
	as := s.cfg.Application
	if r.As != "" {
		as = r.As
	}
	seat := call.Seat{
		As: as, Telling: r.telling(r.CallbackURI), OperationContext: r.OperationContext,
		Port: r.Port, Feed: r.Feed,
	}
	if err := s.subscribe(ctx, &seat, r.MediaOptions); err != nil {
		return nil, err
	}
	cn, err := s.cfg.Calls.Connect(ctx, call.Connect{Seat: seat, Locator: locator, Refused: s.closed(locator.RoomID)})
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return cn, nil
}

// closed says why a room may not be entered; nil if it may, or there is none.
func (s *Service) closed(room string) *call.Reason {
	if room == "" {
		return nil
	}
	if s.cfg.Rooms == nil {
		return &call.ReasonNoSuchCall
	}
	err := s.cfg.Rooms.Valid(room)
	if err == nil {
		return nil
	}
	why := call.ReasonNoSuchCall
	if refusal := (interface{ Reason() call.Reason })(nil); errors.As(err, &refusal) {
		why = refusal.Reason()
	}
	return &why
}
