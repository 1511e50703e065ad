package rest

import (
	"context"

	"github.com/botd-dev/botd/webhooks"
)

// Subscriptions keeps event subscriptions, and what could not be told.
// *webhooks.Teller fits it.
type Subscriptions interface {
	Subscribe(ctx context.Context, s webhooks.Subscription) (webhooks.Subscription, error)
	Subscription(name string) (webhooks.Subscription, error)
	Subscriptions() []webhooks.Subscription
	Unsubscribe(ctx context.Context, name string) error
	Confirm(ctx context.Context, code string) error
	DeadLetters(ctx context.Context) ([]webhooks.DeadLetter, error)
	Redeliver(ctx context.Context, id string) error
}

// ConfirmPath is where an endpoint's owner confirms a subscription by hand; the
// code follows it.
const ConfirmPath = "/eventSubscriptions/confirm/"

type (
	subscriptionList struct {
		Value []webhooks.Subscription `json:"value"`
	}
	deadLetterList struct {
		Value []webhooks.DeadLetter `json:"value"`
	}
)

func (s *Server) subscriptionRoutes() []route {
	f, all, one := beyond, "/eventSubscriptions", "/eventSubscriptions/{name}"
	return []route{
		{method: get, path: all, name: "listEventSubscriptions", family: f, action: read(s.subscriptions)},
		{method: put, path: one, name: "putEventSubscription", family: f, action: asked(200, s.subscribe)},
		{method: get, path: one, name: "getEventSubscription", family: f, action: read(s.subscription)},
		{method: remove, path: one, name: "deleteEventSubscription", family: f, action: named("name", 204, s.unsubscribe)},
		{method: get, path: ConfirmPath + "{code}", name: "confirmEventSubscription", family: f, open: true, action: named("code", 200, s.confirm)},
		{method: get, path: "/webhooks/deadLetters", name: "listDeadLetters", family: f, action: read(s.deadLetters)},
		{method: post, path: "/webhooks/deadLetters/{id}:redeliver", name: "redeliver", family: f, action: named("id", 204, s.redeliver)},
	}
}

// named is an operation on something that the path names, with no bodies.
func named(param string, status int, do func(context.Context, string) error) action {
	return action{nil, nil, status, func(ctx context.Context, q *request) (answer, error) {
		return ok(status, nil), do(ctx, q.params[param])
	}}
}

func (s *Server) subscribe(ctx context.Context, q *request, r webhooks.Subscription) (webhooks.Subscription, error) {
	r.Name = q.params["name"]
	return s.cfg.Subscriptions.Subscribe(ctx, r)
}

func (s *Server) subscription(_ context.Context, q *request) (webhooks.Subscription, error) {
	return s.cfg.Subscriptions.Subscription(q.params["name"])
}

func (s *Server) subscriptions(context.Context, *request) (subscriptionList, error) {
	return subscriptionList{append([]webhooks.Subscription{}, s.cfg.Subscriptions.Subscriptions()...)}, nil
}

func (s *Server) unsubscribe(ctx context.Context, name string) error {
	return s.cfg.Subscriptions.Unsubscribe(ctx, name)
}

func (s *Server) confirm(ctx context.Context, code string) error {
	return s.cfg.Subscriptions.Confirm(ctx, code)
}

func (s *Server) deadLetters(ctx context.Context, _ *request) (deadLetterList, error) {
	letters, err := s.cfg.Subscriptions.DeadLetters(ctx)
	return deadLetterList{append([]webhooks.DeadLetter{}, letters...)}, err
}

func (s *Server) redeliver(ctx context.Context, id string) error {
	return s.cfg.Subscriptions.Redeliver(ctx, id)
}
