package journal

import "sync"

// mostBookmarks is how many a shard keeps.
const mostBookmarks = 512

// bookmark says where a record of a passage stands.
type bookmark struct{ number, position uint64 }

// bookmarks remember how far passages were read last. They are facts about the
// log and never become wrong; without one a reader begins at the beginning.
type bookmarks struct {
	mu  sync.Mutex
	all map[string]bookmark
}

func (b *bookmarks) get(key string) (bookmark, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m, ok := b.all[key]
	return m, ok
}

// put replaces the bookmark of a passage. Where there are too many, any other
// one goes.
func (b *bookmarks) put(key string, m bookmark) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil {
		b.all = make(map[string]bookmark)
	}
	b.all[key] = m
	for other := range b.all {
		if len(b.all) <= mostBookmarks {
			return
		}
		if other != key {
			delete(b.all, other)
		}
	}
}
