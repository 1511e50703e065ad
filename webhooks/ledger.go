package webhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/botd-dev/botd/call/journal"
)

const (
	// compactEvery is the number of lines after which the ledger is written
	// anew.
	compactEvery = 2048
	// lineCursors is how many cursors stand in one line.
	lineCursors = 256
	// lettersAtOnce is how many letters are on their way to the disk.
	lettersAtOnce = 32
)

// ledger is the durable side of the queues: changes in small batches, and now
// and then everything. The state it has in memory is what it would read.
type ledger struct {
	log     *journal.Ledger
	letters *journal.Bucket
	cfg     Config
	cursors map[key]cursor
	floors  []uint64
	lines   int
}

// batch is what is written at once. The letters go first: an event must be
// listed before its cursor moves past it.
type batch struct {
	letters []letter
	cursors []cursor
	floors  []uint64
}

func (b batch) empty() bool { return len(b.letters) == 0 && len(b.cursors) == 0 && b.floors == nil }

// openLedger reads what is owed.
func openLedger(ctx context.Context, cfg Config, letters *journal.Bucket) (*ledger, error) {
	log, err := cfg.Journal.Ledger(ctx, "webhooks")
	if err != nil {
		return nil, err
	}
	l := &ledger{log: log, letters: letters, cfg: cfg, cursors: make(map[key]cursor), floors: make([]uint64, cfg.Journal.Shards())}
	err = log.Load(ctx, func(data []byte) error {
		changes, err := parseLine(data, len(l.floors))
		if err != nil {
			return err
		}
		l.lines++
		l.apply(changes)
		return nil
	})
	if err != nil {
		log.Close()
		return nil, fmt.Errorf("read what is owed: %w", err)
	}
	return l, nil
}

// apply changes the state in memory as a line says.
func (l *ledger) apply(changes line) {
	for _, c := range changes.Cursors {
		l.cursors[key{c.Owner, c.Dest}] = c
	}
	if changes.Floors == nil {
		return
	}
	l.floors = changes.Floors
	for k, c := range l.cursors {
		if !c.live(l.floors[c.Shard]) {
			delete(l.cursors, k)
		}
	}
}

// news returns the floors if they are not those that have been written. It is
// called between writes.
func (l *ledger) news(floors []uint64) []uint64 {
	if slices.Equal(floors, l.floors) {
		return nil
	}
	return slices.Clone(floors)
}

// write makes a batch durable, and tries until ctx ends.
func (l *ledger) write(ctx context.Context, b batch) error {
	if err := l.list(ctx, b.letters); err != nil {
		return err
	}
	if len(b.cursors) == 0 && b.floors == nil {
		return nil
	}
	lines := split(b.cursors, b.floors)
	if _, err := l.append(ctx, lines); err != nil {
		return err
	}
	for _, changes := range lines {
		l.apply(changes)
	}
	if l.lines < compactEvery {
		return nil
	}
	return l.compact(ctx)
}

// list makes letters durable, some at once: a restart may bring thousands.
func (l *ledger) list(ctx context.Context, letters []letter) error {
	writing, ctx := errgroup.WithContext(ctx)
	writing.SetLimit(lettersAtOnce)
	for _, letter := range letters {
		writing.Go(func() error { return letter.put(ctx, l.letters, l.cfg.Letters) })
	}
	return writing.Wait()
}

// compact writes down everything and forgets the changes that led to it.
func (l *ledger) compact(ctx context.Context) error {
	first, err := l.append(ctx, split(slices.Collect(maps.Values(l.cursors)), l.floors))
	if err != nil {
		return err
	}
	l.lines = 0
	return l.log.Shorten(ctx, first)
}

func (l *ledger) append(ctx context.Context, lines []line) (uint64, error) {
	data := make([][]byte, len(lines))
	for i := range lines {
		b, err := json.Marshal(lines[i])
		if err != nil {
			return 0, fmt.Errorf("ledger: %w", err)
		}
		data[i] = b
	}
	l.lines += len(lines)
	return l.log.Append(ctx, data...)
}

// split makes lines of cursors; the last one has the floors, so that they never
// rise before what stands below them is written.
func split(cursors []cursor, floors []uint64) []line {
	var lines []line
	for part := range slices.Chunk(cursors, lineCursors) {
		lines = append(lines, line{Cursors: part})
	}
	if len(lines) == 0 {
		lines = append(lines, line{})
	}
	lines[len(lines)-1].Floors = floors
	return lines
}
