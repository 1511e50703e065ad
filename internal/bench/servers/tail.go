package servers

import (
	"strings"
	"sync"
)

// kept is how much of what a server says is kept, in bytes.
const kept = 4 << 10

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	said []byte
}

// Write fits io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said = append(t.said, b...)
	if more := len(t.said) - kept; more > 0 {
		t.said = append(t.said[:0], t.said[more:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.said))
}
