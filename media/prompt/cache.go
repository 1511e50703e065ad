package prompt

import (
	"sync"
	"time"
)

// cacheFor is how long a file is kept under its id (playSourceCacheId), and what
// was said under its text.
const cacheFor = time.Hour

// cache keeps things for a while, the oldest going first when there is no room.
type cache[T any] struct {
	most int64 // bytes

	mu    sync.Mutex
	files map[string]cached[T]
	size  int64
}

type cached[T any] struct {
	data T
	size int64
	at   time.Time
}

// get gives what was kept under id. It must not be changed.
func (c *cache[T]) get(id string) (data T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.files[id]
	if ok && time.Since(f.at) >= cacheFor {
		c.drop(id)
		return data, false
	}
	return f.data, ok
}

// put keeps something of so many bytes under id, if it has one and there is room
// at all. The id counts too: it may be a long text.
func (c *cache[T]) put(id string, data T, size int64) {
	size += int64(len(id))
	if id == "" || size > c.most {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(id)
	for c.size+size > c.most {
		c.drop(c.oldest())
	}
	if c.files == nil {
		c.files = map[string]cached[T]{}
	}
	c.files[id] = cached[T]{data, size, time.Now()}
	c.size += size
}

func (c *cache[T]) drop(id string) {
	c.size -= c.files[id].size
	delete(c.files, id)
}

func (c *cache[T]) oldest() string {
	var id string
	var at time.Time
	for i, f := range c.files {
		if at.IsZero() || f.at.Before(at) {
			id, at = i, f.at
		}
	}
	return id
}
