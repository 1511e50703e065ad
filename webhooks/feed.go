package webhooks

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
)

const (
	// ahead is how many records a shard may be ahead of its reader in memory;
	// beyond, they are read again from the log.
	ahead = 1024
	// scanned is how many records are read from the log at once.
	scanned = 256
	// retry is how long reading rests after a failure.
	retry = 500 * time.Millisecond
)

// feeder reads one shard of the log and tells the loop what is owed to whom.
type feeder struct {
	teller *Teller
	shard  int
	// next is the position after which to read.
	next  uint64
	live  uint64 // from here on records are news, not history
	seats seats
	stop  func()

	mu   sync.Mutex
	last uint64 // the newest position there is
	// ready are records that follow each other up to last; empty if there were
	// too many.
	ready []journal.Entry
	wake  chan struct{}
}

// tap takes what was committed. It is called by the writer and must not block.
func (f *feeder) tap(entries []journal.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = entries[len(entries)-1].Position
	if len(f.ready)+len(entries) > ahead {
		f.ready = nil
	} else {
		f.ready = append(f.ready, entries...)
	}
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// head is the newest position there is to read, here or on its way.
func (f *feeder) head() uint64 { return f.teller.cfg.Journal.Head(f.shard) }

// run reads until ctx ends.
func (f *feeder) run(ctx context.Context) {
	for ctx.Err() == nil {
		entries, err := f.more(ctx)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				f.teller.cfg.Log.Warn("the log cannot be read", zap.Int("shard", f.shard), zap.Error(err))
			}
			pause(ctx, retry)
		case len(entries) > 0:
			f.feed(ctx, entries)
		default:
			select {
			case <-f.wake:
			case <-ctx.Done():
			}
		}
	}
}

// more returns the records that come next: those in memory if they follow, else
// from the log; none if there are none.
func (f *feeder) more(ctx context.Context) ([]journal.Entry, error) {
	f.mu.Lock()
	ready, last := f.ready, f.last
	if len(ready) > 0 && ready[0].Position <= f.next+1 {
		f.ready = nil
		f.mu.Unlock()
		for len(ready) > 0 && ready[0].Position <= f.next {
			ready = ready[1:]
		}
		return ready, nil
	}
	f.mu.Unlock()
	if f.next >= last {
		return nil, nil
	}
	entries, err := f.teller.cfg.Journal.Scan(ctx, f.shard, f.next, scanned)
	if err == nil && len(entries) == 0 {
		f.next = last // what was there has been removed
	}
	return entries, err
}

// feed hands records to the loop, each with where its connection is told.
func (f *feeder) feed(ctx context.Context, entries []journal.Entry) {
	offers := make([]offer, 0, len(entries))
	for _, e := range entries {
		telling, err := f.telling(ctx, e.Record)
		for err != nil && ctx.Err() == nil {
			f.teller.cfg.Log.Warn("the log cannot be read", zap.Int("shard", f.shard), zap.Error(err))
			pause(ctx, retry)
			telling, err = f.telling(ctx, e.Record)
		}
		if err != nil {
			return
		}
		if e.Closing {
			f.seats.drop(e.Connection)
		}
		offers = append(offers, offer{e, telling, e.Position > f.live})
	}
	last := entries[len(entries)-1].Position
	if f.teller.do(func() { f.teller.take(f.shard, offers, last) }) {
		f.next = last
	}
}

// telling finds how the connection of a record is told.
func (f *feeder) telling(ctx context.Context, r call.Record) (call.Telling, error) {
	if r.Connection == "" {
		return call.Telling{}, nil
	}
	if r.Telling != nil {
		f.seats.put(r.Connection, *r.Telling)
		return *r.Telling, nil
	}
	if known, ok := f.seats.get(r.Connection); ok {
		return known, nil
	}
	var telling call.Telling
	first, err := f.teller.cfg.Journal.Opened(ctx, r.Call, r.Connection)
	if err != nil && !errors.Is(err, journal.ErrUnknown) {
		return telling, err
	}
	if first.Telling != nil {
		telling = *first.Telling
	}
	f.seats.put(r.Connection, telling)
	return telling, nil
}

// pause waits, or less if ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
