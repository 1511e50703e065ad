package webhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

func TestTenThousandDeadLettersAreListedPageByPage(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w *wires) {
		const many, page = 10_000, 500
		d := w.openNew(t)
		var writing errgroup.Group
		writing.SetLimit(64)
		start := time.Now()
		for n := range many {
			l := letter{DeadLetter{
				ID: fmt.Sprintf("%032x", n), State: letterDead, Since: start.Add(time.Duration(n/7) * time.Second),
				Shard: n % 16, Position: uint64(n), Destination: "http://nobody/",
			}, nil}
			writing.Go(func() error { return l.put(context.Background(), d.letters, time.Hour) })
		}
		if err := writing.Wait(); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		var last DeadLetter
		pages, cursor := 0, ""
		for {
			letters, next, err := d.DeadLetterPage(t.Context(), cursor, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range letters {
				if seen[l.ID] || l.Since.Before(last.Since) {
					t.Fatalf("%s comes twice, or too late", l.ID)
				}
				seen[l.ID], last = true, l
			}
			pages++
			if next == "" {
				break
			}
			cursor = next
			// The one the cursor was made of is struck off meanwhile.
			if err := d.letters.Delete(t.Context(), last.ID); err != nil {
				t.Fatal(err)
			}
		}
		if len(seen) != many || pages != many/page {
			t.Errorf("%d letters on %d pages", len(seen), pages)
		}
		if _, _, err := d.DeadLetterPage(t.Context(), "1.x.2.y", page); !errors.Is(err, ErrCursor) {
			t.Errorf("a broken cursor: %v", err)
		}
	})
}

func FuzzAPlaceIsReadAsItWasWritten(f *testing.F) {
	f.Add("1.2.3.abc")
	f.Add("-1.-2.0.")
	f.Add("...")
	f.Fuzz(func(t *testing.T, cursor string) {
		p, err := parsePlace(cursor)
		if err != nil || cursor == "" {
			return
		}
		again, err := parsePlace(p.String())
		if err != nil || again.compare(p) != 0 {
			data, _ := json.Marshal(cursor)
			t.Errorf("%s is read as %v and again as %v, %v", data, p, again, err)
		}
	})
}
