package journal

import "sync"

// mostNews is how many entries wait for a watcher. One that is slower reads
// them from the log.
const mostNews = 64

// watchers wait for news of a connection, of a call or of anything. Nobody is
// here who is not waiting at this moment.
type watchers struct {
	mu      sync.Mutex
	waiting map[string]map[*watcher]struct{}
}

// watcher is one who waits. What concerns it is handed to it; who waits for
// anything is only woken.
type watcher struct {
	all  *watchers
	key  string
	news chan struct{} // holds one token while there is news

	entries []Entry // guarded by all.mu, as missed
	missed  bool    // there was more than entries
}

// The names of what can be waited for.
const (
	anything   = "*"
	ofConnect  = "c/"
	ofCallName = "k/"
)

// add registers somebody, who leaves in the end.
func (w *watchers) add(key string) *watcher {
	w.mu.Lock()
	defer w.mu.Unlock()
	one := &watcher{all: w, key: key, news: make(chan struct{}, 1)}
	if w.waiting == nil {
		w.waiting = make(map[string]map[*watcher]struct{})
	}
	if w.waiting[key] == nil {
		w.waiting[key] = make(map[*watcher]struct{})
	}
	w.waiting[key][one] = struct{}{}
	return one
}

func (o *watcher) leave() {
	o.all.mu.Lock()
	defer o.all.mu.Unlock()
	delete(o.all.waiting[o.key], o)
	if len(o.all.waiting[o.key]) == 0 {
		delete(o.all.waiting, o.key)
	}
}

// take gives what has come since it was last called, or says that it is to be
// read from the log.
func (o *watcher) take() (entries []Entry, missed bool) {
	o.all.mu.Lock()
	defer o.all.mu.Unlock()
	entries, missed = o.entries, o.missed
	o.entries, o.missed = nil, false
	return entries, missed
}

// tell hands the entries to those whom they concern.
func (w *watchers) tell(entries []Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		return
	}
	for _, e := range entries {
		w.hand(ofConnect+e.Connection, e)
		w.hand(ofCallName+e.Call, e)
	}
	for one := range w.waiting[anything] {
		one.wake()
	}
}

func (w *watchers) hand(key string, e Entry) {
	for one := range w.waiting[key] {
		if len(one.entries) == mostNews {
			one.entries, one.missed = nil, true
		}
		if !one.missed {
			one.entries = append(one.entries, e)
		}
		one.wake()
	}
}

func (o *watcher) wake() {
	select {
	case o.news <- struct{}{}:
	default:
	}
}
