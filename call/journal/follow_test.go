package journal

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestFollowingWaitsForMoreAndEndsWithTheConnection(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	h.write(t, s.call, s.opens())
	seen := make(chan call.Record)
	go func() {
		defer close(seen)
		for r, err := range h.Follow(t.Context(), s.connection, 0) {
			if err != nil {
				t.Error(err)
				return
			}
			seen <- r
		}
	}()
	if r := <-seen; r.Sequence != 1 {
		t.Errorf("first %d", r.Sequence)
	}
	h.write(t, s.call, s.says("botd.test"))
	if r := <-seen; r.Sequence != 2 {
		t.Errorf("then %d", r.Sequence)
	}
	h.write(t, s.call, s.hangsUp())
	if r := <-seen; !r.Closing {
		t.Errorf("then %d", r.Sequence)
	}
	if r, more := <-seen; more {
		t.Errorf("and then %d", r.Sequence)
	}
}

func TestFollowingACallOrAllEndsWithItsContext(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	h.write(t, s.call, s.opens(), s.says("botd.test"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range h.FollowCall(ctx, s.call, 0) {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			break
		}
		if n++; n == 2 {
			cancel()
		}
	}
	if n != 2 {
		t.Errorf("followed %d of a call", n)
	}
	all := 0
	cursor := ""
	for line, err := range h.FollowAll(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		cursor = line.Cursor
		if all++; all == 2 {
			break
		}
	}
	got, _, err := h.ReadAll(t.Context(), cursor, 10)
	if err != nil || len(got) != 0 {
		t.Errorf("%d left after the last cursor, %v", len(got), err)
	}
}

func TestATapMissesNothingAfterItsHeads(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	h.write(t, s.call, s.opens())
	var mu sync.Mutex
	var tapped []Entry
	heads, stop := h.Tap(func(es []Entry) {
		mu.Lock()
		defer mu.Unlock()
		tapped = append(tapped, es...)
	})
	h.write(t, s.call, s.says("botd.test"), s.says("botd.test"))
	stop()
	h.write(t, s.call, s.hangsUp())
	mu.Lock()
	defer mu.Unlock()
	if len(tapped) != 2 || tapped[0].Position != heads[tapped[0].Shard]+1 || tapped[1].Sequence != 3 {
		t.Errorf("tapped %d", len(tapped))
	}
	got, err := h.At(t.Context(), tapped[1].Shard, tapped[1].Position)
	if err != nil || got.ID != tapped[1].ID {
		t.Errorf("read %v, %v", got.ID, err)
	}
}

func TestFollowingEndsWhereTheClosingRecordIsKnownAlready(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	h.write(t, s.call, s.opens(), s.hangsUp())
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for r, err := range h.Follow(ctx, s.connection, 2) {
		t.Errorf("got %v, %v", r.Type, err)
	}
}

func TestWhoAppendsIsToldBeforeWhoTapsOrFollows(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	h.write(t, s.call, s.opens())
	var known atomic.Uint64 // what can be read of the call
	known.Store(1)
	_, stop := h.Tap(func(entries []Entry) {
		for _, e := range entries {
			if e.Sequence > known.Load() {
				t.Errorf("tapped %d with %d known", e.Sequence, known.Load())
			}
		}
	})
	defer stop()
	const many = 200
	go func() {
		for range many {
			r := s.says("botd.test")
			h.Append(s.call, []call.Record{r}, func(error) { known.Store(r.Sequence) })
		}
	}()
	for r, err := range h.Follow(t.Context(), s.connection, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Sequence > known.Load() {
			t.Errorf("followed to %d with %d known", r.Sequence, known.Load())
		}
		if r.Sequence == many+1 {
			return
		}
	}
}
