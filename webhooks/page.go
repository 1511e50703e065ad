package webhooks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrCursor means that something is not where a page of dead letters ended.
var ErrCursor = errors.New("not a cursor of dead letters")

// DeadLetterPage lists at most limit dead letters after a cursor, the oldest
// first; an empty cursor is before all. next is the cursor of what follows,
// empty if nothing does. It stays good when letters are struck off meanwhile.
func (t *Teller) DeadLetterPage(ctx context.Context, after string, limit int) (page []DeadLetter, next string, err error) {
	from, err := parsePlace(after)
	if err != nil {
		return nil, "", err
	}
	letters, err := t.DeadLetters(ctx)
	if err != nil {
		return nil, "", err
	}
	begin, found := 0, false
	if after != "" {
		begin, found = slices.BinarySearchFunc(letters, from, func(l DeadLetter, p place) int { return l.place().compare(p) })
	}
	if found {
		begin++
	}
	page = letters[begin:]
	if limit = max(limit, 1); len(page) > limit {
		page = page[:limit]
		next = page[limit-1].place().String()
	}
	return page, next, nil
}

// place is where a letter stands in the list.
type place struct {
	since    int64
	shard    int
	position uint64
	id       string
}

func (l DeadLetter) place() place { return place{l.Since.UnixNano(), l.Shard, l.Position, l.ID} }

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.since, q.since), cmp.Compare(p.shard, q.shard), cmp.Compare(p.position, q.position), cmp.Compare(p.id, q.id))
}

// String is the place as a cursor.
func (p place) String() string { return fmt.Sprintf("%d.%d.%d.%s", p.since, p.shard, p.position, p.id) }

func parsePlace(cursor string) (place, error) {
	if cursor == "" {
		return place{}, nil
	}
	parts := strings.Split(cursor, ".")
	if len(parts) != 4 {
		return place{}, ErrCursor
	}
	since, err1 := strconv.ParseInt(parts[0], 10, 64)
	shard, err2 := strconv.Atoi(parts[1])
	position, err3 := strconv.ParseUint(parts[2], 10, 64)
	if err := errors.Join(err1, err2, err3); err != nil {
		return place{}, fmt.Errorf("%w: %w", ErrCursor, err)
	}
	return place{since, shard, position, parts[3]}, nil
}
