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

// subscribe takes the name from the path, whatever the body says.
func (s *Server) subscribe(ctx context.Context, q *request, r webhooks.Subscription) (webhooks.Subscription, error) {
	r.Name = q.params["name"]
	return s.cfg.Subscriptions.Subscribe(ctx, r)
}

func (s *Server) subscription(_ context.Context, q *request) (webhooks.Subscription, error) {
	return s.cfg.Subscriptions.Subscription(q.params["name"])
}
