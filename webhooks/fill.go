package webhooks

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call/journal"
)

// fills is how many queues read the log at once. The store serves one reader
// after another, and its writers wait with them: after a restart thousands of
// queues may want to read.
const fills = 4

// fill reads the next page of a queue that lies behind, or makes it wait until
// others have.
func (t *Teller) fill(q *queue) {
	if t.filling >= fills {
		q.waitIn(&t.unfilled)
		return
	}
	t.filling++
	q.busy = true
	read, behind, wants := q.read, q.behind, *q
	t.attempts.Go(func() {
		page, through, err := t.read(t.life, wants, read, behind)
		t.do(func() {
			q.busy = false
			defer t.filled()
			if err != nil {
				t.cfg.Log.Warn("the log cannot be read", zap.Int("shard", q.shard), zap.Error(err))
				t.snooze(q, retry)
				return
			}
			now := time.Now()
			for i := range page {
				page[i].at = t.came(q, page[i].record.Time, now)
			}
			q.page(page, through)
			t.bodies += len(page)
			t.shelve(q)
			t.mark(q)
			t.pump(q)
		})
	})
}

// shelve decides what becomes of a page that was read although it cannot be told
// yet: what is too old is weeded out, and if too much is listed it goes back.
func (t *Teller) shelve(q *queue) {
	switch {
	case t.stale(q):
		t.uproot(q)
	case q.waiting && t.bodies > bodies:
		t.bodies -= q.listing(q.unlist)
	}
}

// filled lets the next one read.
func (t *Teller) filled() {
	t.filling--
	for t.filling < fills && len(t.unfilled) > 0 {
		q := t.unfilled[0]
		t.unfilled = t.unfilled[1:]
		q.waiting = false
		t.pump(q)
	}
}

// read brings what a queue wants of the log after a position, and says how far
// it has read.
func (t *Teller) read(ctx context.Context, q queue, after, last uint64) ([]owed, uint64, error) {
	if q.kind == resource {
		e, err := t.cfg.Journal.At(ctx, q.shard, last)
		if errors.Is(err, journal.ErrUnknown) {
			return nil, last, nil
		}
		return []owed{{position: last, record: &e.Record}}, last, err
	}
	entries, err := t.cfg.Journal.Lines(ctx, q.call, q.connection, after, last, listed)
	if err != nil {
		return nil, 0, err
	}
	var page []owed
	through := last
	for _, e := range entries {
		if q.wants(e.Record) {
			page = append(page, owed{position: e.Position, record: &e.Record})
		}
	}
	if len(entries) == listed {
		through = entries[listed-1].Position
	}
	return page, through, nil
}
