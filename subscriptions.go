package botd

import (
	"context"
	"errors"
	"fmt"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/automation/rest"
	"github.com/botd-dev/botd/internal/egress"
	"github.com/botd-dev/botd/webhooks"
)

// subscriptions lets REST make and remove the event subscriptions that
// webhooks keeps. It fits rest.Subscriptions.
type subscriptions struct {
	webhooks *webhooks.Teller
	guard    *egress.Guard
}

// Put checks, shakes hands and keeps.
func (s subscriptions) Put(ctx context.Context, name string, asked rest.Subscription) error {
	if err := s.guard.CheckURL(ctx, asked.Endpoint); err != nil {
		return &automation.Invalid{Field: "endpoint", Why: err.Error()}
	}
	_, err := s.webhooks.Subscribe(ctx, webhooks.Subscription{
		Name: name, Endpoint: asked.Endpoint, Schema: asked.Schema, EventTypes: asked.EventTypes,
		Filter: webhooks.Filter{From: asked.Filter.From, To: asked.Filter.To}, Ack: asked.Ack,
	})
	switch {
	case errors.Is(err, webhooks.ErrHandshake):
		return &automation.Invalid{Field: "endpoint", Why: err.Error()}
	case errors.Is(err, webhooks.ErrSubscription):
		return &automation.Invalid{Field: "subscription", Why: err.Error()}
	case err != nil:
		return fmt.Errorf("subscription %s: %w", name, err)
	}
	return nil
}

// Get reads one; rest.ErrNoSubscription.
func (s subscriptions) Get(_ context.Context, name string) (rest.Subscription, error) {
	found, err := s.webhooks.Subscription(name)
	if err != nil {
		return rest.Subscription{}, notFound(err)
	}
	return rest.Subscription{
		Endpoint: found.Endpoint, Schema: found.Schema, EventTypes: found.EventTypes,
		Filter: rest.SubscriptionFilter{From: found.Filter.From, To: found.Filter.To},
		Ack:    found.Ack, State: found.State,
	}, nil
}

// Delete removes one; rest.ErrNoSubscription.
func (s subscriptions) Delete(ctx context.Context, name string) error {
	return notFound(s.webhooks.Unsubscribe(ctx, name))
}

func notFound(err error) error {
	if errors.Is(err, webhooks.ErrUnknown) {
		return fmt.Errorf("%w: %w", rest.ErrNoSubscription, err)
	}
	return err
}
