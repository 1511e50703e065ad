package webhooks

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
	"github.com/botd-dev/botd/identity"
)

// subscriptions are those there are, in memory and on the disk.
type subscriptions struct {
	bucket *journal.Bucket

	mu    sync.RWMutex
	known map[string]Subscription
	// codes wait to be confirmed by hand.
	codes map[string]pending
}

// pending is a subscription that waits for its code.
type pending struct {
	name, endpoint, schema string
	until                  time.Time
}

func openSubscriptions(ctx context.Context, cfg Config) (*subscriptions, error) {
	b, err := cfg.Journal.Bucket(ctx, "subscriptions")
	if err != nil {
		return nil, err
	}
	all, err := b.All(ctx)
	if err != nil {
		return nil, err
	}
	s := &subscriptions{bucket: b, known: make(map[string]Subscription), codes: make(map[string]pending)}
	for name, data := range all {
		var sub Subscription
		if err := json.Unmarshal(data, &sub); err != nil {
			return nil, fmt.Errorf("subscription %s: %w", name, err)
		}
		s.known[name] = sub
	}
	return s, nil
}

func (s *subscriptions) get(name string) (Subscription, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sub, ok := s.known[name]
	return sub, ok
}

func (s *subscriptions) list() []Subscription {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]Subscription, 0, len(s.known))
	for _, sub := range s.known {
		all = append(all, sub)
	}
	slices.SortFunc(all, func(a, b Subscription) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

func (s *subscriptions) matching(kind string, from, to identity.ID) []Subscription {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var wanted []Subscription
	for _, sub := range s.known {
		if sub.matches(kind, from, to) {
			wanted = append(wanted, sub)
		}
	}
	return wanted
}

// put makes a subscription durable, then known.
func (s *subscriptions) put(ctx context.Context, sub Subscription) error {
	data, err := json.Marshal(sub)
	if err != nil {
		return fmt.Errorf("subscription %s: %w", sub.Name, err)
	}
	if err := s.bucket.Put(ctx, sub.Name, data); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[sub.Name] = sub
	return nil
}

// wait remembers the code that confirms a subscription, and no other endpoint
// under its name.
func (s *subscriptions) wait(code string, sub Subscription, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = pending{sub.Name, sub.Endpoint, sub.Schema, until}
}

// claim takes a code; it can be used once, and not too late.
func (s *subscriptions) claim(code string, now time.Time) (Subscription, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.codes[code]
	delete(s.codes, code)
	for c, old := range s.codes {
		if now.After(old.until) {
			delete(s.codes, c)
		}
	}
	sub, known := s.known[p.name]
	same := known && sub.Endpoint == p.endpoint && sub.Schema == p.schema
	return sub, ok && same && !now.After(p.until)
}

// Subscription returns a subscription by its name.
func (t *Teller) Subscription(name string) (Subscription, error) {
	s, ok := t.subscribe.get(name)
	if !ok {
		return Subscription{}, fmt.Errorf("subscription %s: %w", name, ErrUnknown)
	}
	return s, nil
}

// Subscriptions lists all subscriptions by name.
func (t *Teller) Subscriptions() []Subscription { return t.subscribe.list() }

// Subscribe makes or changes a subscription. A new endpoint is asked first; if
// it does not answer the question but somebody may still confirm it by hand, the
// subscription is returned in that state. ErrHandshake if it refuses. What is
// still owed goes to the new endpoint.
func (t *Teller) Subscribe(ctx context.Context, s Subscription) (Subscription, error) {
	if err := s.Validate(); err != nil {
		return Subscription{}, err
	}
	s.Schema, s.Configured = s.schema(), false
	if err := t.cfg.CheckURL(ctx, s.Endpoint); err != nil {
		return Subscription{}, &Invalid{"endpoint", err}
	}
	old, ok := t.subscribe.get(s.Name)
	if ok && old.State == StateActive && old.Endpoint == s.Endpoint && old.Schema == s.Schema {
		s.State = StateActive
		return s, t.subscribe.put(ctx, s)
	}
	code := t.newCode()
	state, err := t.handshake(ctx, s, code)
	if err != nil {
		return Subscription{}, err
	}
	s.State = state
	if err := t.subscribe.put(ctx, s); err != nil {
		return Subscription{}, err
	}
	if state == StatePending {
		t.subscribe.wait(code, s, t.cfg.Now().Add(confirmWithin))
		return s, nil
	}
	return s, t.turn(ctx, s.Name)
}

// Configure makes the subscriptions that the operator wrote into the
// configuration, and ends those that have stood there and do not any more. Run
// must be running.
func (t *Teller) Configure(ctx context.Context, all []Subscription) error {
	listed := make(map[string]bool)
	for _, s := range all {
		listed[s.Name] = true
		if err := t.Adopt(ctx, s); err != nil {
			return fmt.Errorf("subscription %s: %w", s.Name, err)
		}
	}
	for _, s := range t.Subscriptions() {
		if s.Configured && !listed[s.Name] {
			if err := t.Unsubscribe(ctx, s.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// Adopt makes a configured subscription, without asking its endpoint. Run must
// be running.
func (t *Teller) Adopt(ctx context.Context, s Subscription) error {
	if err := s.Validate(); err != nil {
		return err
	}
	s.Schema, s.State, s.Configured = s.schema(), StateActive, true
	if err := t.subscribe.put(ctx, s); err != nil {
		return err
	}
	return t.turn(ctx, s.Name)
}

// Confirm activates the subscription that waits for the code.
func (t *Teller) Confirm(ctx context.Context, code string) error {
	s, ok := t.subscribe.claim(code, t.cfg.Now())
	if !ok {
		return fmt.Errorf("confirm a subscription: %w", ErrUnknown)
	}
	s.State = StateActive
	if err := t.subscribe.put(ctx, s); err != nil {
		return err
	}
	return t.turn(ctx, s.Name)
}

// Unsubscribe ends a subscription. What is still owed to it is not told.
func (t *Teller) Unsubscribe(ctx context.Context, name string) error {
	if _, err := t.Subscription(name); err != nil {
		return err
	}
	if err := t.subscribe.bucket.Delete(ctx, name); err != nil {
		return err
	}
	t.subscribe.mu.Lock()
	defer t.subscribe.mu.Unlock()
	delete(t.subscribe.known, name)
	return nil
}

// parties are who calls whom, if the event says so.
func parties(r call.Record) (from, to identity.ID) {
	var data struct {
		From identity.ID `json:"from"`
		To   identity.ID `json:"to"`
	}
	if json.Unmarshal(r.Data, &data) != nil {
		return "", ""
	}
	return data.From, data.To
}
