package webhooks

import (
	"context"
	"maps"
	"slices"

	"github.com/botd-dev/botd/call/journal"
)

// load brings back what was owed when the last process ended, and begins to
// listen to the log.
func (t *Teller) load(ctx context.Context) error {
	letters, err := t.cfg.Journal.Bucket(ctx, "letters")
	if err != nil {
		return err
	}
	t.letters = letters
	if t.subscribe, err = openSubscriptions(ctx, t.cfg); err != nil {
		return err
	}
	if t.ledger, err = openLedger(ctx, t.cfg, letters); err != nil {
		return err
	}
	t.floors = append([]uint64(nil), t.ledger.floors...)
	t.fed = append([]uint64(nil), t.ledger.floors...)
	for shard, floor := range t.floors {
		t.needed[shard].Store(floor + 1) // until it is known better
	}
	for _, c := range slices.Collect(maps.Values(t.ledger.cursors)) { // a flush may begin meanwhile
		t.restore(c)
	}
	t.listen()
	return nil
}

// restore makes the queue that a cursor stands for. What was in the air
// without an answer stays unconfirmed.
func (t *Teller) restore(c cursor) {
	q := c.queue(t.floors[c.Shard])
	if !t.add(q) {
		return
	}
	if first := q.first(); first > 0 {
		t.needed[q.shard].Store(min(t.needed[q.shard].Load(), first))
	}
	for _, position := range c.Silent {
		t.write(q, position, nil, letterUnconfirmed, "no answer before the server stopped")
	}
	if len(c.Silent) > 0 {
		t.mark(q)
	}
	if q.stopped && q.closing {
		t.clock.in(afterwards, func() { t.closed(q.owner) })
	}
	t.clock.in(0, func() { t.pump(q) })
}

// listen starts a feeder for each shard behind what it has read.
func (t *Teller) listen() {
	for shard := range t.floors {
		t.feeders = append(t.feeders, &feeder{teller: t, shard: shard, next: t.floors[shard], wake: make(chan struct{}, 1)})
	}
	heads, stop := t.cfg.Journal.Tap(func(entries []journal.Entry) { t.feeders[entries[0].Shard].tap(entries) })
	for shard, f := range t.feeders {
		f.mu.Lock()
		f.live = heads[shard]
		f.last = max(f.last, heads[shard])
		f.mu.Unlock()
		f.stop = stop
	}
}
