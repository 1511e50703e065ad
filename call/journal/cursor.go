package journal

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrCursor means that a cursor was not made by this log.
var ErrCursor = errors.New("not a cursor of this log")

// cursor is how far somebody has read, shard by shard.
type cursor []uint64

// parseCursor reads what cursor.String wrote; the empty one is the beginning.
func parseCursor(text string, shards int) (cursor, error) {
	c := make(cursor, shards)
	if text == "" {
		return c, nil
	}
	parts := strings.Split(text, ".")
	if len(parts) != shards {
		return nil, fmt.Errorf("%w: %d parts for %d shards", ErrCursor, len(parts), shards)
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 36, 64)
		if err != nil {
			return nil, fmt.Errorf("%w: part %d", ErrCursor, i+1)
		}
		c[i] = n
	}
	return c, nil
}

// String writes the cursor in characters that need no escaping in a URL.
func (c cursor) String() string {
	var b strings.Builder
	for i, n := range c {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strconv.FormatUint(n, 36))
	}
	return b.String()
}
