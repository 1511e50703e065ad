package journal

import "sync"

// watchers wait for news of a connection, of a call or of anything. Nobody is
// here who is not waiting at this moment.
type watchers struct {
	mu      sync.Mutex
	waiting map[string]map[chan struct{}]struct{}
}

// The names of what can be waited for.
const (
	anything   = "*"
	ofConnect  = "c/"
	ofCallName = "k/"
)

// add registers somebody; the channel holds one token while there is news.
func (w *watchers) add(key string) (news chan struct{}, leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	news = make(chan struct{}, 1)
	if w.waiting == nil {
		w.waiting = make(map[string]map[chan struct{}]struct{})
	}
	if w.waiting[key] == nil {
		w.waiting[key] = make(map[chan struct{}]struct{})
	}
	w.waiting[key][news] = struct{}{}
	return news, func() { w.remove(key, news) }
}

func (w *watchers) remove(key string, news chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.waiting[key], news)
	if len(w.waiting[key]) == 0 {
		delete(w.waiting, key)
	}
}

// tell wakes those whom the entries concern.
func (w *watchers) tell(entries []Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		return
	}
	for _, e := range entries {
		w.wake(ofConnect + e.Connection)
		w.wake(ofCallName + e.Call)
	}
	w.wake(anything)
}

func (w *watchers) wake(key string) {
	for news := range w.waiting[key] {
		select {
		case news <- struct{}{}:
		default:
		}
	}
}
