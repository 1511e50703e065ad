package journal

import (
	"context"
	"errors"

	"github.com/botd-dev/botd/call"
)

// passage is a part of a shard that is read by itself: the records of one
// connection or of one call, which are numbered.
type passage struct {
	key     string // what watchers and bookmarks know it by
	subject string
	from    uint64 // nothing of it stands before
	number  func(Entry) uint64
	// over says that nothing follows an entry.
	over func(Entry) bool
}

func (s *shard) ofConnection(id, subject string) passage {
	return passage{
		key: ofConnect + id, subject: subject,
		number: func(e Entry) uint64 { return e.Sequence },
		over:   func(e Entry) bool { return e.Closing },
	}
}

func (s *shard) ofCall(id string) passage {
	return passage{
		key: ofCallName + id, subject: s.prefix + "*." + token(id), from: s.index.began(id),
		number: func(e Entry) uint64 { return e.CallSequence },
		over:   func(Entry) bool { return false },
	}
}

// page reads up to limit records of a passage that are numbered higher than
// after, and says whether the log has the passage at all. It leaves a bookmark,
// so that the next page costs no more than what it returns.
func (s *shard) page(ctx context.Context, p passage, after uint64, limit int) ([]call.Record, bool, error) {
	known := false
	var records []call.Record
	err := s.each(ctx, query{from: s.begin(p, after), subject: p.subject, limit: limit + 1}, func(e Entry) error {
		known = true
		n := p.number(e)
		if n > after && limit == 0 {
			return errEnough
		}
		s.bookmarks.put(p.key, bookmark{n, e.Position})
		if n <= after {
			return nil
		}
		if records = append(records, e.Record); len(records) == limit {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, false, err
	}
	return records, known, nil
}

// begin is where to look for what is numbered higher than after: at the record
// that was read last, or where the passage begins.
func (s *shard) begin(p passage, after uint64) uint64 {
	if b, ok := s.bookmarks.get(p.key); ok && b.number <= after {
		return b.position
	}
	return max(p.from, 1)
}
