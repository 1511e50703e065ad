package webhooks

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
)

const (
	// sweepEvery is how often queues that are not tried are looked at for events
	// that are too old.
	sweepEvery = time.Minute
	// sweptAtOnce is how many events become dead letters at once. Letters are
	// written before cursors are, and the cursors of all wait for them.
	sweptAtOnce = 64
)

// hopeless reports whether an event is never tried again.
func (t *Teller) hopeless(q *queue, r result) (string, bool) {
	if r.record == nil {
		return "", false
	}
	if q.kind == callback {
		return r.failure.reason, t.expired(r.record.Time)
	}
	attempts, life := resourceAttempts, lifeOf(*r.record)
	if r.record.Type == incomingCall {
		attempts = incomingAttempts
	}
	age := t.cfg.Now().Sub(r.record.Time)
	never := slices.Contains([]int{400, 401, 403, 413}, r.failure.status) // events.md section 11
	over := never || q.failures >= attempts || age+resourceAfter(q.failures) > life
	return r.failure.reason, over
}

// expired reports whether what was written then is too old to be told.
func (t *Teller) expired(written time.Time) bool {
	return t.cfg.Now().Sub(written) > t.cfg.Expiry
}

// sweep looks for what is too old, wherever it waits: an endpoint that is gone
// for good is tried now and then, and that for one queue at a time.
func (t *Teller) sweep() {
	for _, q := range t.queues {
		if t.stale(q) {
			t.uproot(q)
		}
	}
	t.clock.in(sweepEvery, t.sweep)
}

// uproot has a queue weeded soon.
func (t *Teller) uproot(q *queue) {
	t.weeds = append(t.weeds, q)
	if !t.weeding {
		t.weeding = true
		t.clock.in(0, t.weed)
	}
}

// stale reports whether a queue is owed something that is too old, or that may
// be: then it must be read.
func (t *Teller) stale(q *queue) bool {
	switch {
	case q.kind != callback || q.busy || q.resting || !q.pending():
		return false
	case len(q.again) > 0:
		return t.expired(q.failed)
	case len(q.owed) > 0:
		return t.expired(q.owed[0].written())
	}
	return t.expired(q.unread)
}

// weed turns what is too old into dead letters, some at a time, until nothing is
// left of it.
func (t *Teller) weed() {
	for room := sweptAtOnce; len(t.weeds) > 0 && room > 0 && t.filling < fills; {
		q := t.weeds[0]
		switch {
		case t.queues[q.key] != q || !t.stale(q):
			t.weeds = t.weeds[1:]
		case len(q.again) > 0:
			t.recall(q)
		case len(q.owed) == 0:
			t.fill(q)
		default:
			o := q.owed[0]
			t.write(q, o.position, o.record, letterDead, tooOld)
			t.settle(q, o.position)
			t.mark(q)
			room--
		}
	}
	if t.weeding = len(t.weeds) > 0; t.weeding {
		t.clock.in(soon, t.weed)
	}
}

// tooOld is why an event is given up that was not even tried any more.
const tooOld = "too old"

// recall reads the oldest of the events that failed late, and gives it up if it
// is too old.
func (t *Teller) recall(q *queue) {
	t.filling++
	q.busy = true
	shard, position := q.shard, q.again[0]
	t.attempts.Go(func() {
		record, err := t.recorded(t.life, shard, position)
		t.do(func() {
			q.busy = false
			defer t.filled()
			switch {
			case err != nil:
				t.cfg.Log.Warn("the log cannot be read", zap.Int("shard", shard), zap.Error(err))
				t.snooze(q, retry)
				return
			case record == nil:
				t.settle(q, position)
			case t.expired(record.Time):
				t.write(q, position, record, letterDead, tooOld)
				t.settle(q, position)
			default:
				q.failed = record.Time
			}
			t.shelve(q)
			t.mark(q)
			t.pump(q)
		})
	})
}

// recorded is what stands at a position of the log; nil if nothing does any
// more.
func (t *Teller) recorded(ctx context.Context, shard int, position uint64) (*call.Record, error) {
	e, err := t.cfg.Journal.At(ctx, shard, position)
	if errors.Is(err, journal.ErrUnknown) {
		return nil, nil //nolint:nilnil // it has been removed: that is no failure
	}
	if err != nil {
		return nil, err
	}
	return &e.Record, nil
}
