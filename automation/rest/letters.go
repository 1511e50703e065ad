package rest

import (
	"context"
	"errors"

	"github.com/botd-dev/botd/webhooks"
)

// Letters are the events that could not be told, and the subscriptions that
// wait to be confirmed by hand. *webhooks.Teller fits it.
type Letters interface {
	DeadLetterPage(ctx context.Context, after string, limit int) (page []webhooks.DeadLetter, next string, err error)
	Conditions(ctx context.Context) ([]webhooks.Condition, error)
	Redeliver(ctx context.Context, id string) error
	Confirm(ctx context.Context, code string) error
}

// ConfirmPath is where the owner of an endpoint confirms a subscription by
// hand; the code follows it.
const ConfirmPath = "/eventSubscriptions/confirm/"

type deadLetterList struct {
	Value    []webhooks.DeadLetter `json:"value"`
	NextLink string                `json:"nextLink,omitempty"`
}

type conditionList struct {
	Value []webhooks.Condition `json:"value"`
}

func (s *Server) letterRoutes() []route {
	f, letters, conditions, l := beyond, "/webhooks/deadLetters", "/webhooks/endpoints", s.cfg.Letters
	if l == nil {
		return []route{
			{method: get, path: letters, name: "listDeadLetters", family: f, action: unsupported()},
			{method: post, path: letters + "/{id}:redeliver", name: "redeliver", family: f, action: unsupported()},
			{method: get, path: conditions, name: "listWebhookEndpoints", family: f, action: unsupported()},
		}
	}
	return []route{
		{method: get, path: letters, name: "listDeadLetters", family: f, action: read(s.deadLetters)},
		{method: post, path: letters + "/{id}:redeliver", name: "redeliver", family: f, action: named("id", 204, l.Redeliver)},
		{method: get, path: conditions, name: "listWebhookEndpoints", family: f, action: read(s.conditions)},
		{method: get, path: ConfirmPath + "{code}", name: "confirmEventSubscription", family: f, open: true, action: named("code", 200, l.Confirm)},
	}
}

// deadLetters lists a page of the letters; "after" is what nextLink says.
func (s *Server) deadLetters(ctx context.Context, q *request) (deadLetterList, error) {
	limit, err := q.limit()
	if err != nil {
		return deadLetterList{}, err
	}
	letters, next, err := s.cfg.Letters.DeadLetterPage(ctx, q.query.Get("after"), limit)
	if errors.Is(err, webhooks.ErrCursor) {
		return deadLetterList{}, errAfter
	}
	list := deadLetterList{Value: append([]webhooks.DeadLetter{}, letters...)}
	if next != "" {
		list.NextLink = s.next(q, next)
	}
	return list, err
}

// conditions lists how telling goes at each endpoint that is owed something.
func (s *Server) conditions(ctx context.Context, _ *request) (conditionList, error) {
	all, err := s.cfg.Letters.Conditions(ctx)
	return conditionList{append([]webhooks.Condition{}, all...)}, err
}
