package prompt

import (
	"sync"
	"time"
)

// cacheFor is how long a file is kept under its id (playSourceCacheId).
const cacheFor = time.Hour

// cache keeps files for a while, the oldest going first when there is no room.
type cache struct {
	most int64 // bytes

	mu    sync.Mutex
	files map[string]cached
	size  int64
}

type cached struct {
	data []byte
	at   time.Time
}

// get gives the file that was kept under id. It must not be changed.
func (c *cache) get(id string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.files[id]
	if ok && time.Since(f.at) >= cacheFor {
		c.drop(id)
		return nil, false
	}
	return f.data, ok
}

// put keeps a file under id, if it has one and there is room at all.
func (c *cache) put(id string, data []byte) {
	if id == "" || int64(len(data)) > c.most {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(id)
	for c.size+int64(len(data)) > c.most {
		c.drop(c.oldest())
	}
	if c.files == nil {
		c.files = map[string]cached{}
	}
	c.files[id] = cached{data, time.Now()}
	c.size += int64(len(data))
}

func (c *cache) drop(id string) {
	c.size -= int64(len(c.files[id].data))
	delete(c.files, id)
}

func (c *cache) oldest() string {
	var id string
	var at time.Time
	for i, f := range c.files {
		if at.IsZero() || f.at.Before(at) {
			id, at = i, f.at
		}
	}
	return id
}
