package journal

import (
	"errors"
	"fmt"
	"testing"

	"github.com/botd-dev/botd/call"
)

func TestAPageCostsWhatItReturns(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	const records, page = 300, 10
	h.write(t, s.call, s.begins(), s.opens())
	for range records - 2 {
		h.Append(s.call, []call.Record{s.says("botd.test")}, nil)
	}
	h.write(t, s.call)
	seen, read := uint64(0), h.arrivals()
	for {
		got, err := h.ReadCall(t.Context(), s.call, seen, page)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 {
			break
		}
		for _, r := range got {
			if seen++; r.CallSequence != seen {
				t.Fatalf("record %d came as number %d", r.CallSequence, seen)
			}
		}
	}
	// A page reads again the record where the last one ended, and each ends
	// with the word that it is complete.
	most := uint64(records + 3*(records/page+1))
	if cost := h.arrivals() - read; seen != records || cost > most {
		t.Errorf("%d records in pages of %d cost %d messages, more than %d", seen, page, cost, most)
	}
}

// arrivals is how many messages have come from the store.
func (h *house) arrivals() uint64 { return h.cfg.Conn.Stats().InMsgs }

func TestFollowingReadsTheLogOnceAndThenWhatIsNew(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	h.write(t, s.call, s.begins(), s.opens())
	next := uint64(0)
	var before uint64
	for r, err := range h.FollowCall(t.Context(), s.call, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if next++; r.CallSequence != next {
			t.Fatalf("record %d came as number %d", r.CallSequence, next)
		}
		switch {
		case next < 2:
			continue
		case next == 2:
			before = h.arrivals()
		case next == 52:
			if cost := h.arrivals() - before; cost > 2*50 { // an answer to each write, and the end of the first reading
				t.Errorf("following 50 records cost %d messages", cost)
			}
			return
		}
		h.write(t, s.call, s.says("botd.test"))
	}
}

func TestAFollowerThatIsSlowMissesNothing(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	h.write(t, s.call, s.begins(), s.opens())
	next := uint64(0)
	for r, err := range h.Follow(t.Context(), s.connection, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if next++; r.Sequence != next {
			t.Fatalf("record %d came as number %d", r.Sequence, next)
		}
		if next == 1 {
			for range 3 * mostNews {
				h.write(t, s.call, s.says("botd.test"))
			}
			h.write(t, s.call, s.hangsUp())
		}
	}
	if next != 3*mostNews+2 {
		t.Errorf("the last is number %d", next)
	}
}

func TestAnUnknownCallIsNotFollowed(t *testing.T) {
	h := openNew(t, nil)
	for _, err := range h.FollowCall(t.Context(), "nobody", 0) {
		if !errors.Is(err, ErrUnknown) {
			t.Error(err)
		}
	}
}

func TestOnlySoManyBookmarksAreKept(t *testing.T) {
	var b bookmarks
	for n := range uint64(3 * mostBookmarks) {
		b.put(fmt.Sprint(n), bookmark{n, n})
		if got, ok := b.get(fmt.Sprint(n)); !ok || got.position != n {
			t.Fatalf("bookmark %d is %v", n, got)
		}
	}
	if len(b.all) != mostBookmarks {
		t.Errorf("%d are kept", len(b.all))
	}
}
