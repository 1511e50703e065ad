package gateway

import (
	"errors"
	"sync/atomic"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/internal/strict"
)

// Stats are what a gateway counts.
type Stats struct {
	// Processes is how many there are now: connected, or expected back.
	Processes int
	// Dropped is how many frames of sound were dropped since it was made, because
	// a process was slow to take them or quick to send them.
	Dropped int64
	// Refused is how many sockets were refused, or cut because of what came.
	Refused int64
}

// counters are Stats as they are counted.
type counters struct{ dropped, refused atomic.Int64 }

// drop counts a frame.
func (c *counters) drop() { c.dropped.Add(1) }

// refuse counts a socket that has ended in an error, if the process is to blame.
func (c *counters) refuse(err error) {
	if errors.Is(err, bot.ErrInvalid) || errors.Is(err, bot.ErrConflict) || errors.As(err, new(*strict.Violation)) {
		c.refused.Add(1)
	}
}

// Stats tells what there is, and what has been since the gateway was made.
func (g *Gateway) Stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Stats{Processes: len(g.processes), Dropped: g.dropped.Load(), Refused: g.refused.Load()}
}
