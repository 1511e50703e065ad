package journal

import (
	"slices"
	"sync"
)

// taps are readers in this process that are handed what is committed.
type taps struct {
	mu  sync.RWMutex
	fns []*func([]Entry)
}

// advance moves the head of the shard. It returns what hands the entries to
// those who tapped the log before that.
func (t *taps) advance(s *shard, entries []Entry) (tell func()) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	s.head.Store(entries[len(entries)-1].Position)
	fns := t.fns // never changed in place
	return func() {
		for _, fn := range fns {
			(*fn)(entries)
		}
	}
}

// Tap has fn called with the records of every shard once they are durable, in
// order within a shard, after those who appended them have been told. fn must not
// block, nor keep the slice. The positions returned are the newest of each
// shard that fn will not see; stop ends it, but for what is being told then.
func (j *Journal) Tap(fn func([]Entry)) (heads []uint64, stop func()) {
	j.taps.mu.Lock()
	defer j.taps.mu.Unlock()
	for _, s := range j.shards {
		heads = append(heads, s.head.Load())
	}
	mine := &fn
	j.taps.fns = append(slices.Clone(j.taps.fns), mine)
	return heads, func() { j.taps.remove(mine) }
}

func (t *taps) remove(mine *func([]Entry)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fns = slices.DeleteFunc(slices.Clone(t.fns), func(fn *func([]Entry)) bool { return fn == mine })
}
