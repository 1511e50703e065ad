package rest

import (
	"context"
	"fmt"
	"sync"

	"github.com/botd-dev/botd/webhooks"
)

// shelf keeps subscriptions without asking their endpoints.
type shelf struct{ sync.Map }

func (s *shelf) Subscribe(_ context.Context, sub webhooks.Subscription) (webhooks.Subscription, error) {
	if sub.Endpoint == "" {
		return sub, fmt.Errorf("%w: endpoint", webhooks.ErrSubscription)
	}
	s.Store(sub.Name, sub)
	return sub, nil
}

func (s *shelf) Subscription(name string) (webhooks.Subscription, error) {
	sub, ok := s.Load(name)
	if !ok {
		return webhooks.Subscription{}, webhooks.ErrUnknown
	}
	return sub.(webhooks.Subscription), nil
}

func (s *shelf) Unsubscribe(_ context.Context, name string) error { s.Delete(name); return nil }

func (s *shelf) Confirm(_ context.Context, code string) error {
	if code != "right" {
		return webhooks.ErrUnknown
	}
	return nil
}
func (s *shelf) Conditions(context.Context) ([]webhooks.Condition, error) { return nil, nil }

func (s *shelf) DeadLetterPage(_ context.Context, after string, limit int) ([]webhooks.DeadLetter, string, error) {
	if after == "broken" {
		return nil, "", webhooks.ErrCursor
	}
	return make([]webhooks.DeadLetter, limit), "further", nil
}

func (s *shelf) Redeliver(context.Context, string) error { return webhooks.ErrUnknown }

// memory keeps users.
type memory struct{ sync.Map }

func (m *memory) Get(_ context.Context, key string) ([]byte, bool, error) {
	v, ok := m.Load(key)
	if !ok {
		return nil, false, nil
	}
	return v.([]byte), true, nil
}

func (m *memory) Put(_ context.Context, key string, value []byte) error {
	m.Store(key, value)
	return nil
}
func (m *memory) Delete(_ context.Context, key string) error { m.Map.Delete(key); return nil }

func (m *memory) All(context.Context) (map[string][]byte, error) {
	all := map[string][]byte{}
	m.Range(func(key, value any) bool {
		all[key.(string)] = value.([]byte)
		return true
	})
	return all, nil
}
