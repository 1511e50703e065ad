package localca

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// files is a certificate that somebody else renews: read again when a file is
// newer. A pair that does not fit together (half a renewal) is not taken; the
// old one goes on.
type files struct {
	cert, key string
	now       func() time.Time

	mu      sync.Mutex
	current *tls.Certificate
	changed time.Time // of the newer file, when it was read
	looked  time.Time
}

func (f *files) certificate() (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if f.current != nil && now.Sub(f.looked) < lookEvery {
		return f.current, nil
	}
	f.looked = now
	if err := f.reload(); err != nil && f.current == nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return f.current, nil
}

func (f *files) reload() error {
	changed, err := newer(f.cert, f.key)
	if err != nil {
		return err
	}
	if f.current != nil && changed.Equal(f.changed) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.current, f.changed = &pair, changed
	return nil
}

// newer is when the later of two files was changed.
func newer(a, b string) (time.Time, error) {
	sa, errA := os.Stat(a)
	sb, errB := os.Stat(b)
	if err := errors.Join(errA, errB); err != nil {
		return time.Time{}, err
	}
	if sa.ModTime().After(sb.ModTime()) {
		return sa.ModTime(), nil
	}
	return sb.ModTime(), nil
}
