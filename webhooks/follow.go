package webhooks

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/botd-dev/botd/call"
)

// turn has what is owed to a subscription go where it asks to be told now, and
// at once: what the old endpoint did is not held against the new one.
func (t *Teller) turn(ctx context.Context, name string) error {
	err := t.ask(ctx, func() { t.wake(name) })
	if errors.Is(err, ErrClosed) {
		return nil // the next process follows by itself
	}
	return err
}

// wake ends the rests of a subscription's queues.
func (t *Teller) wake(name string) {
	var queues []*queue
	for _, q := range t.queues {
		if q.kind == resource && q.subscription == name {
			queues = append(queues, q)
		}
	}
	for _, q := range queues {
		if q.resting && !q.busy {
			q.resting, q.naps, q.failures = false, q.naps+1, 0
			t.pump(q)
		}
	}
}

// follow points a queue at the endpoint of its subscription. It reports false,
// and what becomes of the event is settled, if nothing may be told there now:
// the subscription is gone, or waits to be confirmed.
func (t *Teller) follow(q *queue) bool {
	s, ok := t.subscribe.get(q.subscription)
	if !ok {
		t.forget(q)
		return false
	}
	if s.State != StateActive {
		t.await(q)
		return false
	}
	q.ack = s.Ack == ackRequired
	if s.Endpoint == q.uri {
		return true
	}
	to, err := parseTarget(s.Endpoint)
	if err != nil { // it was checked when it was made
		t.forget(q)
		return false
	}
	old := q.endpoint
	q.uri, q.target = s.Endpoint, to
	q.endpoint = t.endpoint(to.origin())
	q.endpoint.queues++
	old.queues--
	t.leave(old)
	t.mark(q)
	return true
}

// forget settles what is owed to a subscription that has been deleted.
func (t *Teller) forget(q *queue) {
	for _, o := range slices.Clone(q.owed) {
		t.settle(q, o.position)
	}
	for _, position := range slices.Clone(q.again) {
		t.settle(q, position)
	}
	q.read, q.behind = 0, 0
	t.mark(q)
}

// await lets a queue rest until its subscription may have been confirmed, or
// gives up what is too old by then.
func (t *Teller) await(q *queue) {
	wait := resourceAfter(1)
	if len(q.owed) > 0 && t.cfg.Now().Sub(q.owed[0].record.Time)+wait > lifeOf(*q.owed[0].record) {
		o := q.owed[0]
		t.write(q, o.position, o.record, letterDead, "the subscription was not confirmed in time")
		t.settle(q, o.position)
		t.mark(q)
		return
	}
	t.snooze(q, wait)
}

// lifeOf is how long a resource event is tried.
func lifeOf(r call.Record) time.Duration {
	if r.Type == incomingCall {
		return incomingLife
	}
	return resourceLife
}
