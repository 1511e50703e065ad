package rest

import (
	"context"

	"github.com/botd-dev/botd/webhooks"
)

// Subscriptions keeps event subscriptions by name. *webhooks.Teller fits it.
type Subscriptions interface {
	// Subscribe checks, shakes hands and keeps; webhooks.ErrSubscription and
	// webhooks.ErrHandshake say what cannot be.
	Subscribe(ctx context.Context, s webhooks.Subscription) (webhooks.Subscription, error)
	// Subscription returns webhooks.ErrUnknown if there is none.
	Subscription(name string) (webhooks.Subscription, error)
	// Unsubscribe returns webhooks.ErrUnknown if there is none.
	Unsubscribe(ctx context.Context, name string) error
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
		{method: remove, path: one, name: "deleteEventSubscription", family: f, action: named("name", 204, s.cfg.Subscriptions.Unsubscribe)},
	}
}

// subscriptionRequest is a subscription without what is not the application's to
// say: its name is in the path.
type subscriptionRequest struct {
	Endpoint   string          `json:"endpoint"`
	Schema     string          `json:"schema,omitempty"`
	EventTypes []string        `json:"eventTypes,omitempty"`
	Filter     webhooks.Filter `json:"filter,omitzero"`
	Ack        string          `json:"ack,omitempty"`
}

func (s *Server) subscribe(ctx context.Context, q *request, r subscriptionRequest) (webhooks.Subscription, error) {
	return s.cfg.Subscriptions.Subscribe(ctx, webhooks.Subscription{
		Name: q.params["name"], Endpoint: r.Endpoint, Schema: r.Schema, EventTypes: r.EventTypes, Filter: r.Filter, Ack: r.Ack,
	})
}

func (s *Server) subscription(_ context.Context, q *request) (webhooks.Subscription, error) {
	return s.cfg.Subscriptions.Subscription(q.params["name"])
}
