package journal

import (
	"context"
	"errors"
	"iter"

	"github.com/botd-dev/botd/call"
)

// page is how many records of a shard are read at once when all are read.
const page = 64

// ReadAll returns up to limit records of all calls after a cursor, and the
// cursor after them; the empty one is the beginning. The records of one call
// come in their order, those of different calls about in that of their times.
func (j *Journal) ReadAll(ctx context.Context, after string, limit int) ([]call.Record, string, error) {
	c, err := parseCursor(after, len(j.shards))
	if err != nil {
		return nil, "", err
	}
	var records []call.Record
	err = j.merge(ctx, c, func(e Entry) bool {
		records = append(records, e.Record)
		return len(records) < limit
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, "", err
	}
	return records, c.String(), nil
}

// Line is a record with the cursor after it.
type Line struct {
	call.Record
	Cursor string
}

// FollowAll yields the records of all calls after a cursor, those to come
// included, until ctx ends.
func (j *Journal) FollowAll(ctx context.Context, after string) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		c, err := parseCursor(after, len(j.shards))
		if err != nil {
			yield(Line{}, err)
			return
		}
		watch := j.watchers.add(anything)
		defer watch.leave()
		for {
			err := j.merge(ctx, c, func(e Entry) bool { return yield(Line{e.Record, c.String()}, nil) })
			if errors.Is(err, errEnough) {
				return
			}
			if err != nil {
				yield(Line{}, err)
				return
			}
			select {
			case <-watch.news:
			case <-ctx.Done():
				yield(Line{}, ctx.Err())
				return
			}
		}
	}
}

// merge hands over the records after a cursor, which moves along, until there
// are no more, or errEnough when more says so.
func (j *Journal) merge(ctx context.Context, c cursor, more func(Entry) bool) error {
	m := merge{journal: j, cursor: c, waiting: make([][]Entry, len(j.shards)), dry: make([]bool, len(j.shards))}
	for {
		e, ok, err := m.next(ctx)
		if err != nil || !ok {
			return err
		}
		if !more(e) {
			return errEnough
		}
	}
}

// merge reads all shards as one, the earliest record first.
type merge struct {
	journal *Journal
	cursor  cursor
	waiting [][]Entry
	dry     []bool // shards that have been read to their end
}

// next takes the earliest record of those that come next in their shards, and
// moves the cursor past it.
func (m *merge) next(ctx context.Context) (Entry, bool, error) {
	best := -1
	for n := range m.waiting {
		if err := m.fill(ctx, n); err != nil {
			return Entry{}, false, err
		}
		if len(m.waiting[n]) > 0 && (best < 0 || m.waiting[n][0].Time.Before(m.waiting[best][0].Time)) {
			best = n
		}
	}
	if best < 0 {
		return Entry{}, false, nil
	}
	e := m.waiting[best][0]
	m.waiting[best] = m.waiting[best][1:]
	m.cursor[best] = e.Position
	return e, true, nil
}

func (m *merge) fill(ctx context.Context, n int) error {
	if len(m.waiting[n]) > 0 || m.dry[n] {
		return nil
	}
	entries, err := m.journal.Scan(ctx, n, m.cursor[n], page)
	if err != nil {
		return err
	}
	m.waiting[n], m.dry[n] = entries, len(entries) == 0
	return nil
}
