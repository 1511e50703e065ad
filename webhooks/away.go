package webhooks

import (
	"context"
	"sync"
	"time"
)

// lookParts is how many looks at most there are while an application becomes
// too late: it is noticed by that part of the time later than it could be.
const lookParts = 16

// absences is what is to be said of applications that stay away.
type absences struct {
	say func(connectionID string, away bool)

	mu   sync.Mutex
	news []absence
	wake chan struct{}
}

type absence struct {
	connection string
	away       bool
}

func newAbsences(say func(string, bool)) *absences {
	return &absences{say: say, wake: make(chan struct{}, 1)}
}

// note has something said soon.
func (a *absences) note(connection string, away bool) {
	a.mu.Lock()
	a.news = append(a.news, absence{connection, away})
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// run says one thing after another until ctx ends.
func (a *absences) run(ctx context.Context) {
	for ctx.Err() == nil {
		a.mu.Lock()
		news := a.news
		a.news = nil
		a.mu.Unlock()
		for _, n := range news {
			a.say(n.connection, n.away)
		}
		if len(news) > 0 {
			continue
		}
		select {
		case <-a.wake:
		case <-ctx.Done():
		}
	}
}

// expect plans a look at what is owed when the event that has just come would
// be too old, unless a look is planned: what came before is looked at then.
func (t *Teller) expect(q *queue) {
	if t.cfg.Away == nil || t.cfg.AwayAfter == 0 || t.looking || !q.ofConnection() {
		return
	}
	t.looking = true
	t.clock.in(t.cfg.AwayAfter, t.look)
}

// look finds the connections whose applications have stayed away for too long,
// and plans the next look while anything is owed.
func (t *Teller) look() {
	t.looking = false
	now := time.Now()
	var next time.Time
	for _, q := range t.queues {
		if !q.ofConnection() || q.away || q.closing || !q.pending() {
			continue
		}
		since, known := q.oldest()
		if !known {
			since = now
		}
		if now.Sub(since) >= t.cfg.AwayAfter {
			q.away = true
			t.absences.note(q.connection, true)
			continue
		}
		if next.IsZero() || since.Before(next) {
			next = since
		}
	}
	if !next.IsZero() {
		t.looking = true
		soonest := now.Add(t.cfg.AwayAfter / lookParts)
		t.clock.at(latest(next.Add(t.cfg.AwayAfter), soonest), t.look)
	}
}

// watchOver notices, after a change of what is owed, that an application is back or
// that nobody waits for it, and plans a look otherwise.
func (t *Teller) watchOver(q *queue) {
	if q.away && t.isBack(q) {
		q.away = false
		t.absences.note(q.connection, false)
	}
	if q.pending() && !q.away && !q.closing {
		t.expect(q)
	}
}

func (t *Teller) isBack(q *queue) bool {
	if q.closing || !q.pending() {
		return true
	}
	since, known := q.oldest()
	return known && time.Since(since) < t.cfg.AwayAfter
}

// ofConnection reports whether the queue is of a connection's own callback.
func (q *queue) ofConnection() bool { return q.kind == callback && q.main && q.connection != "" }

// oldest is when the oldest event that is owed came; false if it has yet to be
// read.
func (q *queue) oldest() (time.Time, bool) {
	switch {
	case len(q.again) > 0:
		return q.relapsed, true
	case len(q.owed) > 0:
		return q.owed[0].at, true
	}
	return time.Time{}, false
}

// came is when an event came that is read from the log only now. The wall clock
// says when, but it may have jumped: not before the queue was owed anything.
func (t *Teller) came(q *queue, at, now time.Time) time.Time {
	age := min(max(t.cfg.Now().Sub(at), 0), now.Sub(q.since))
	return now.Add(-age)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
