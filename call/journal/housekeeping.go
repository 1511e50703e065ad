package journal

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"go.uber.org/zap"
)

const (
	// look is how often the disk is looked at, tidy how often the log is.
	look = time.Second
	tidy = time.Minute
	// day is the piece in which old records go.
	day = 24 * time.Hour
	// doubt is how far ahead the clock may be without a record going too early.
	doubt = time.Hour
)

// Keep has owed asked, before anything is removed, for the oldest position of a
// shard that somebody still needs; zero if nothing is needed.
func (j *Journal) Keep(owed func(shard int) uint64) { j.keep.Store(&owed) }

// Full reports whether so little room is left, in the log or on its disk, that
// no new call should begin. Calls that are running go on being written.
func (j *Journal) Full() bool { return j.full.Load() }

// housekeeping keeps the log in its limits until ctx ends. It removes nothing
// at once: who is owed something first has to start, and to say so with Keep.
func (j *Journal) housekeeping(ctx context.Context) {
	ticks := time.NewTicker(look)
	defer ticks.Stop()
	size, _ := j.size(ctx)
	for n := 1; ; n++ {
		j.measure(size + j.grown.Load())
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
		if n%int(tidy/look) == 0 {
			size = j.tidy(ctx)
		}
	}
}

// measure decides whether the log is full.
func (j *Journal) measure(size uint64) {
	free, err := j.free()
	if err != nil {
		j.cfg.Log.Warn("the disk cannot be measured", zap.Error(err))
		return
	}
	full := j.cfg.short(free, size)
	if j.full.Swap(full) != full {
		j.cfg.Log.Warn("room for the log", zap.Bool("full", full), zap.Float64("free", free), zap.Uint64("bytes", size))
	}
	if j.cfg.Metrics.Size != nil {
		j.cfg.Metrics.Size(size, free)
	}
}

// short reports whether that little room is too little.
func (c Config) short(free float64, size uint64) bool {
	return free <= c.Reserve || size >= uint64(c.MaxBytes) //nolint:gosec // positive
}

// free is the part of the disk that is free, from 0 to 1: of its bytes or of its
// files (inodes), whichever is less. A disk that counts no files has none.
func (j *Journal) free() (float64, error) {
	if j.cfg.Dir == "" {
		return 1, nil
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(j.cfg.Dir, &fs); err != nil {
		return 0, fmt.Errorf("room on the disk: %w", err)
	}
	return min(part(fs.Bavail, fs.Blocks), part(fs.Ffree, fs.Files)), nil
}

func part(of, all uint64) float64 {
	if all == 0 {
		return 1
	}
	return float64(of) / float64(all)
}

// tidy removes what is older than the retention and, if the log is still too
// large, day after day from its beginning; of a day in which something is owed,
// the rest. It returns the bytes that are left.
func (j *Journal) tidy(ctx context.Context) uint64 {
	kept := j.cfg.Now().Add(-j.cfg.Retention - doubt).Truncate(day)
	j.cut(ctx, kept)
	size, oldest := j.size(ctx)
	if oldest.IsZero() {
		return size
	}
	limit := uint64(j.cfg.MaxBytes) / 10 * 9 //nolint:gosec // positive
	today := j.cfg.Now().Truncate(day)
	if oldest.Before(kept) { // what is left of that time is owed: no need to go through its days
		oldest = kept
	}
	for end := oldest.Truncate(day).Add(day); size > limit && !end.After(today); end = end.Add(day) {
		j.cut(ctx, end)
		size, _ = j.size(ctx)
	}
	return size
}

// size is how many bytes the log has, and when its oldest record was written.
// What is written from now on is counted as growth.
func (j *Journal) size(ctx context.Context) (uint64, time.Time) {
	j.grown.Store(0)
	var size uint64
	var oldest time.Time
	for _, s := range j.shards {
		info, err := j.js.Stream(ctx, s.store.name)
		if err != nil {
			j.grumble("the log cannot be measured", err)
			continue
		}
		st := info.CachedInfo().State
		size += st.Bytes
		if st.Msgs > 0 && (oldest.IsZero() || st.FirstTime.Before(oldest)) {
			oldest = st.FirstTime
		}
	}
	return size, oldest
}

// cut removes the records written before a moment, but none that belongs to an
// open connection, or follows one that does, or is owed to somebody.
func (j *Journal) cut(ctx context.Context, before time.Time) {
	for _, s := range j.shards {
		if err := s.cut(ctx, before); err != nil {
			j.grumble("the log cannot be shortened", err)
		}
	}
}

func (j *Journal) grumble(what string, err error) {
	if !errors.Is(err, context.Canceled) {
		j.cfg.Log.Warn(what, zap.Error(err))
	}
}

func (s *shard) cut(ctx context.Context, before time.Time) error {
	end := s.head.Load() + 1
	if _, err := s.store.fetch(ctx, query{since: before, limit: 1}, func(m stored) error {
		end = min(end, m.sequence)
		return nil
	}); err != nil {
		return err
	}
	if first := s.index.oldest(); first > 0 {
		end = min(end, first)
	}
	if owed := s.journal.keep.Load(); owed != nil {
		if first := (*owed)(s.number); first > 0 {
			end = min(end, first)
		}
	}
	now, err := s.store.state(ctx, "")
	if err != nil || end <= now.FirstSeq {
		return err
	}
	return s.store.purge(ctx, end)
}
