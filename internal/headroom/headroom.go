// Package headroom is how near the process is to its memory limit
// (GOMEMLIMIT, debug.SetMemoryLimit).
package headroom

import (
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"
)

// Memory watches the memory of the process. It is safe for use by several
// goroutines.
type Memory struct {
	part    float64
	read    func() usage
	collect func()

	mu    sync.Mutex
	asked time.Time // when garbage was last asked to be collected
}

// usage is what the runtime has taken of its limit.
type usage struct{ used, limit uint64 }

// every is how often garbage is collected because somebody wants to know.
const every = time.Second

// New makes a Memory that is full when it has come to so many percent of the
// limit; 0 never is.
func New(percent int) *Memory {
	return &Memory{part: float64(percent) / 100, read: read, collect: func() { go runtime.GC() }}
}

// Full says that memory has come near its limit. Some of it may be garbage, so
// a collection is begun: if there is room after all, that is known when it ends.
func (m *Memory) Full() bool {
	if m.part == 0 {
		return false
	}
	u := m.read()
	if u.limit >= math.MaxInt64 || float64(u.used) < m.part*float64(u.limit) {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := time.Now(); now.Sub(m.asked) >= every {
		m.asked = now
		m.collect()
	}
	return true
}

// read asks the runtime what counts towards the limit (runtime/debug,
// SetMemoryLimit), without what is free to be used again.
func read() usage {
	const (
		limit = iota
		total
		released
		free
	)
	samples := []metrics.Sample{
		limit:    {Name: "/gc/gomemlimit:bytes"},
		total:    {Name: "/memory/classes/total:bytes"},
		released: {Name: "/memory/classes/heap/released:bytes"},
		free:     {Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(samples)
	value := func(i int) uint64 { return samples[i].Value.Uint64() }
	return usage{used: value(total) - value(released) - value(free), limit: value(limit)}
}
