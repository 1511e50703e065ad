package rest

import (
	"context"

	"github.com/botd-dev/botd/webhooks"
)

// Letters are the events that could not be told, and the subscriptions that
// wait to be confirmed by hand. *webhooks.Teller fits it.
type Letters interface {
	DeadLetters(ctx context.Context) ([]webhooks.DeadLetter, error)
	Redeliver(ctx context.Context, id string) error
	Confirm(ctx context.Context, code string) error
}

// ConfirmPath is where the owner of an endpoint confirms a subscription by
// hand; the code follows it.
const ConfirmPath = "/eventSubscriptions/confirm/"

type deadLetterList struct {
	Value []webhooks.DeadLetter `json:"value"`
}

func (s *Server) letterRoutes() []route {
	f, letters, l := beyond, "/webhooks/deadLetters", s.cfg.Letters
	if l == nil {
		return []route{
			{method: get, path: letters, name: "listDeadLetters", family: f, action: unsupported()},
			{method: post, path: letters + "/{id}:redeliver", name: "redeliver", family: f, action: unsupported()},
		}
	}
	return []route{
		{method: get, path: letters, name: "listDeadLetters", family: f, action: read(s.deadLetters)},
		{method: post, path: letters + "/{id}:redeliver", name: "redeliver", family: f, action: named("id", 204, l.Redeliver)},
		{method: get, path: ConfirmPath + "{code}", name: "confirmEventSubscription", family: f, open: true, action: named("code", 200, l.Confirm)},
	}
}

func (s *Server) deadLetters(ctx context.Context, _ *request) (deadLetterList, error) {
	letters, err := s.cfg.Letters.DeadLetters(ctx)
	return deadLetterList{append([]webhooks.DeadLetter{}, letters...)}, err
}
