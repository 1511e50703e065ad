package rest

import (
	"context"
	"errors"
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
	// Ack "required" makes the endpoint's silence a failure.
	Ack string `json:"ack,omitempty"`
	// State is "Active" or "AwaitingManualAction"; ignored in requests.
	State string `json:"state,omitempty"`
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

func (s *Server) subscriptionRoutes() []route {
	f, one := beyond, "/eventSubscriptions/{name}"
	if s.cfg.Subscriptions == nil {
		return []route{
			{method: put, path: one, name: "putEventSubscription", family: f, action: unsupported()},
			{method: get, path: one, name: "getEventSubscription", family: f, action: unsupported()},
			{method: remove, path: one, name: "deleteEventSubscription", family: f, action: unsupported()},
		}
	}
	return []route{
		{method: put, path: one, name: "putEventSubscription", family: f, action: asked(200, s.subscribe)},
		{method: get, path: one, name: "getEventSubscription", family: f, action: read(s.subscription)},
		{method: remove, path: one, name: "deleteEventSubscription", family: f, action: named("name", 204, s.cfg.Subscriptions.Delete)},
	}
}

func (s *Server) subscribe(ctx context.Context, q *request, r Subscription) (namedSubscription, error) {
	if err := s.cfg.Subscriptions.Put(ctx, q.params["name"], r); err != nil {
		return namedSubscription{}, err
	}
	return s.subscription(ctx, q)
}

func (s *Server) subscription(ctx context.Context, q *request) (namedSubscription, error) {
	name := q.params["name"]
	found, err := s.cfg.Subscriptions.Get(ctx, name)
	return namedSubscription{name, found}, err
}
