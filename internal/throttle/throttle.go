// Package throttle is how often somebody may do something, and how many
// connections they may have. It knows nobody: a key is whatever its caller sets
// people apart by.
package throttle

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how often: Count times in every Per, all of them at once if they
// like. The zero Rate allows everything.
type Rate struct {
	Count int
	Per   time.Duration
}

// Part is the Rate with its count divided by n, but never nothing of something.
func (r Rate) Part(n int) Rate {
	if r.Count == 0 {
		return r
	}
	return Rate{max(1, r.Count/n), r.Per}
}

// ErrExceeded means that it was too often.
var ErrExceeded = errors.New("too often")

// Exceeded is an ErrExceeded that knows when to try again.
type Exceeded struct{ Wait time.Duration }

// Error fits error.
func (e *Exceeded) Error() string {
	return fmt.Sprintf("%v: again in %s", ErrExceeded, e.Wait.Round(time.Millisecond))
}

// Unwrap makes it an ErrExceeded.
func (e *Exceeded) Unwrap() error { return ErrExceeded }

// RetryAfter is how long to wait.
func (e *Exceeded) RetryAfter() time.Duration { return e.Wait }

// The table of budgets is bounded, for keys come from outside.
const (
	mostKeys  = 1 << 16
	firstTidy = 1 << 10
	// pause is how often a full table is gone through, which takes a while.
	pause = time.Second
)

// Limiter keeps a budget for every key. It is safe for use by several
// goroutines. A nil Limiter allows everything.
type Limiter struct {
	rate    Rate
	refused atomic.Uint64

	mu      sync.Mutex
	budgets map[string]*rate.Limiter
	tidy    int       // how many keys there are when those at rest are next forgotten
	tidied  time.Time // when that was last done
	others  *rate.Limiter
}

// New makes a Limiter.
func New(r Rate) *Limiter {
	if r.Count == 0 {
		return nil
	}
	l := &Limiter{rate: r, budgets: map[string]*rate.Limiter{}, tidy: firstTidy}
	l.others = l.budget()
	return l
}

func (l *Limiter) budget() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(float64(l.rate.Count)/l.rate.Per.Seconds()), l.rate.Count)
}

// Take takes one from the budget of key, or returns an *Exceeded.
func (l *Limiter) Take(key string) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	one := l.of(key, now).ReserveN(now, 1)
	wait := one.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	one.CancelAt(now)
	l.refused.Add(1)
	return &Exceeded{wait}
}

// Refused is how often Take has refused.
func (l *Limiter) Refused() uint64 {
	if l == nil {
		return 0
	}
	return l.refused.Load()
}

// of is the budget of a key. While the table is full of keys that have used
// theirs, newcomers share one.
func (l *Limiter) of(key string, now time.Time) *rate.Limiter {
	if b := l.budgets[key]; b != nil {
		return b
	}
	if len(l.budgets) >= l.tidy && now.Sub(l.tidied) >= pause {
		l.forget(now)
	}
	if len(l.budgets) >= mostKeys {
		return l.others
	}
	b := l.budget()
	l.budgets[key] = b
	return b
}

// forget drops the budgets that are whole: new ones would be the same.
func (l *Limiter) forget(now time.Time) {
	for key, b := range l.budgets {
		if b.TokensAt(now) >= float64(l.rate.Count) {
			delete(l.budgets, key)
		}
	}
	l.tidied = now
	l.tidy = min(max(firstTidy, 2*len(l.budgets)), mostKeys)
}

// Peer is what sets the other ends of connections apart: their address, or the
// /64 that one who speaks IPv6 has all of (RFC 6177).
func Peer(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if addr = addr.Unmap().WithZone(""); addr.Is4() {
		return addr.String()
	}
	return netip.PrefixFrom(addr, 64).Masked().String()
}
