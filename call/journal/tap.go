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

// tell moves the head of the shard and hands the entries on, in one step for
// those who tap.
func (t *taps) tell(s *shard, entries []Entry) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	s.head.Store(entries[len(entries)-1].Position)
	for _, fn := range t.fns {
		(*fn)(entries)
	}
}

// Tap has fn called with the records of every shard once they are durable, in
// order within a shard, before those who appended them are told. fn must not
// block, nor keep the slice. The positions returned are the newest of each
// shard that fn will not see; stop ends it.
func (j *Journal) Tap(fn func([]Entry)) (heads []uint64, stop func()) {
	j.taps.mu.Lock()
	defer j.taps.mu.Unlock()
	for _, s := range j.shards {
		heads = append(heads, s.head.Load())
	}
	mine := &fn
	j.taps.fns = append(j.taps.fns, mine)
	return heads, func() { j.taps.remove(mine) }
}

func (t *taps) remove(mine *func([]Entry)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fns = slices.DeleteFunc(t.fns, func(fn *func([]Entry)) bool { return fn == mine })
}
