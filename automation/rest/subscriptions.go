package rest

import (
	"context"
	"errors"
	"net/http"
)

// Subscription asks for resource events.
type Subscription struct {
	// Endpoint is where they are told.
	Endpoint string `json:"endpoint"`
	// Schema is "eventgrid" (the default) or "cloudevents".
	Schema string `json:"schema,omitempty"`
	// EventTypes are those wanted; none is all.
	EventTypes []string           `json:"eventTypes,omitempty"`
	Filter     SubscriptionFilter `json:"filter,omitzero"`
}

// SubscriptionFilter lists raw ids; one that ends in "*" stands for all that
// begin so.
type SubscriptionFilter struct {
	To   []string `json:"to,omitempty"`
	From []string `json:"from,omitempty"`
}

// ErrNoSubscription means that no subscription has that name.
var ErrNoSubscription = errors.New("no such event subscription")

// Subscriptions keeps event subscriptions by name.
type Subscriptions interface {
	// Put checks, shakes hands and keeps. An *automation.Invalid names a field
	// that cannot be.
	Put(ctx context.Context, name string, s Subscription) error
	// Get returns ErrNoSubscription if there is none.
	Get(ctx context.Context, name string) (Subscription, error)
	// Delete returns ErrNoSubscription if there is none.
	Delete(ctx context.Context, name string) error
}

// namedSubscription is a subscription as it is shown.
type namedSubscription struct {
	Name string `json:"name"`
	Subscription
}

func (s *Server) subscribe(ctx context.Context, q *request, r Subscription) (namedSubscription, error) {
	name := q.params["name"]
	return namedSubscription{name, r}, s.cfg.Subscriptions.Put(ctx, name, r)
}

func (s *Server) subscription(ctx context.Context, q *request) (namedSubscription, error) {
	name := q.params["name"]
	found, err := s.cfg.Subscriptions.Get(ctx, name)
	return namedSubscription{name, found}, err
}

func (s *Server) unsubscribe() action {
	return action{nil, nil, http.StatusNoContent, func(ctx context.Context, q *request) (answer, error) {
		return ok(http.StatusNoContent, nil), s.cfg.Subscriptions.Delete(ctx, q.params["name"])
	}}
}
