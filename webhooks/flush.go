package webhooks

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"
)

const (
	// soon is how long a cursor may be ahead of what is durable, together with
	// others: at most the events told in that time are told again after a crash.
	soon = 20 * time.Millisecond
	// many is the number of cursors that are written at once without waiting.
	many = 16
	// looseMost is how many events may have been told, but not durably so, before
	// another is told: these would be told again after a crash.
	looseMost = 32
	// parkAfter is how long something may be owed before it has a line of its
	// own in the ledger, so that the floor of its shard can rise past it.
	parkAfter = time.Second
	// raiseEvery is how often floors rise.
	raiseEvery = time.Second
)

// mark has the cursor of a queue written soon.
func (t *Teller) mark(q *queue) {
	if !q.pending() {
		q.parked = false
	}
	t.watchOver(q)
	q.dirty = true
	t.dirty[q] = struct{}{}
	t.move()
	t.hurry()
}

// hurry has what has changed written at once if it is much, else soon.
func (t *Teller) hurry() {
	if len(t.dirty) >= many || t.loose >= many {
		t.flush()
		return
	}
	t.arm()
}

// unleash lets those go that waited until what was told is durable.
func (t *Teller) unleash() {
	for t.loose < looseMost && len(t.unsaid) > 0 {
		q := t.unsaid[0]
		t.unsaid = t.unsaid[1:]
		q.waiting = false
		t.pump(q)
	}
}

func (t *Teller) arm() {
	if t.armed {
		return
	}
	t.armed = true
	t.clock.in(soon, func() {
		t.armed = false
		t.flush()
	})
}

// move has the floors looked at once within a while.
func (t *Teller) move() {
	if t.moved {
		return
	}
	t.moved = true
	t.clock.in(raiseEvery, func() {
		t.moved = false
		if t.raise() {
			t.move()
		}
		t.flush()
	})
}

// raise finds out up to where everything is told or has a line in the ledger.
// It reports whether it should be asked again without news.
func (t *Teller) raise() bool {
	now := time.Now()
	floors := slices.Clone(t.fed)
	needed := make([]uint64, len(t.fed))
	for shard, fed := range t.fed {
		needed[shard] = fed + 1
	}
	again := false
	for _, q := range t.queues {
		first := q.first()
		if first == 0 {
			t.dismiss(q)
			continue
		}
		needed[q.shard] = min(needed[q.shard], first)
		if !q.parked && now.Sub(q.since) >= parkAfter {
			q.parked, q.dirty = true, true
			t.dirty[q] = struct{}{}
		}
		if !q.parked {
			again = true
			floors[q.shard] = min(floors[q.shard], first-1)
		}
	}
	for shard := range needed {
		t.needed[shard].Store(needed[shard])
		t.floors[shard] = max(t.floors[shard], floors[shard])
	}
	t.counts.owed.Set(float64(len(t.queues)))
	return again
}

// dismiss drops a queue that has no reason to exist. After a restart it has
// one until the records it settled before have been read again: without it
// they would be told again.
func (t *Teller) dismiss(q *queue) {
	if q.idle() && !q.dirty && q.told <= t.fed[q.shard] {
		t.drop(q)
	}
}

// flush writes what has changed, in a goroutine, one at a time.
func (t *Teller) flush() {
	if t.flushing || t.life.Err() != nil {
		return
	}
	b, queues := t.batch()
	if b.empty() {
		return
	}
	t.flushing = true
	told := t.loose
	t.attempts.Go(func() {
		ctx, cancel := t.outlive()
		defer cancel()
		err := t.ledger.write(ctx, b)
		t.do(func() {
			if err == nil {
				t.loose -= told
			}
			t.flushed(b, queues, err)
			t.unleash()
		})
	})
}

// lastWrite is how long a write that is under way may go on when telling ends: cut
// off, it would be done again, and nobody would know whether it was done.
const lastWrite = time.Second

// outlive is the life of the teller and a little longer.
func (t *Teller) outlive() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.life))
	stop := context.AfterFunc(t.life, func() {
		late := time.AfterFunc(lastWrite, cancel)
		context.AfterFunc(ctx, func() { late.Stop() })
	})
	return ctx, func() {
		stop()
		cancel()
	}
}

// batch takes what is to be written.
func (t *Teller) batch() (batch, []*queue) {
	b := batch{letters: t.letter, floors: t.ledger.news(t.floors)}
	queues := make([]*queue, 0, len(t.dirty))
	for q := range t.dirty {
		b.cursors = append(b.cursors, q.cursor())
		queues = append(queues, q)
		q.dirty = false
	}
	clear(t.dirty)
	t.letter = nil
	return b, queues
}

// flushed lets go of what is settled, or takes back what could not be written.
func (t *Teller) flushed(b batch, queues []*queue, err error) {
	t.flushing = false
	if err != nil {
		t.cfg.Log.Warn("what was told cannot be written down", zap.Error(err))
		t.letter = append(b.letters, t.letter...)
		for _, q := range queues {
			q.dirty = true
			t.dirty[q] = struct{}{}
		}
		t.arm()
		return
	}
	for _, q := range queues {
		if t.queues[q.key] == q {
			t.dismiss(q)
		}
	}
	if len(t.dirty) > 0 || len(t.letter) > 0 || t.ledger.news(t.floors) != nil {
		t.hurry()
	}
}

// flushNow writes what has changed and waits.
func (t *Teller) flushNow(ctx context.Context) error {
	b, _ := t.batch()
	if b.empty() {
		return nil
	}
	return t.ledger.write(ctx, b)
}
