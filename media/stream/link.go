package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"
)

// How a Link tries.
const (
	// openTries is how often it tries at first, openPause after each.
	openTries = 3
	openPause = 500 * time.Millisecond
	// shortPause is between the first two tries after a loss; it doubles up to
	// longPause.
	shortPause = 250 * time.Millisecond
	longPause  = 5 * time.Second
	// lossTimeout is how long it tries after a loss.
	lossTimeout = 30 * time.Second
	// soundAfter is how long a socket has to last for the next loss to count as a
	// new one.
	soundAfter = 10 * time.Second
)

// Link is an application's socket that is kept open. It tries three times, half
// a second apart, to open it. When it is lost it is opened again: after 250 ms,
// then after twice as long each time, at most 5 s, for 30 s in all. What is
// queued meanwhile is sent then.
//
// A refusal (4xx but 429), a normal close and one for policy (1008) are final.
type Link struct {
	Dialer *Dialer
	Target Target
	// Greeting is what is said first on every socket.
	Greeting func() [][]byte
	// Queue is what is sent.
	Queue *Queue
	// Receive gets every message of the application's, one after another. own says
	// that the socket speaks Protocol. The message may be kept.
	Receive func(own, binary bool, message []byte)
	// Opened is told of every socket that is open; again says that one was lost
	// before it.
	Opened func(again bool)
}

// Run opens the socket and keeps it open until ctx ends, which is no error. Its
// errors are those of this package: why it could not be opened, ErrLost, or
// ErrHungUp.
func (l *Link) Run(ctx context.Context) error {
	conn, err := l.open(ctx)
	if ctx.Err() != nil {
		l.drop(conn)
		return nil //nolint:nilerr // it was to end
	}
	if err != nil {
		return err
	}
	l.Opened(false)
	var lost time.Time
	var pause time.Duration
	for {
		began := time.Now()
		if err = l.socket(conn).run(ctx); err == nil || final(err) {
			return err
		}
		l.Dialer.Stats.Lost.Add(1)
		if lost.IsZero() || time.Since(began) > soundAfter {
			lost, pause = time.Now(), shortPause
		}
		if conn, err = l.reopen(ctx, lost, &pause, err); conn == nil || err != nil {
			return err
		}
		l.Opened(true)
	}
}

// drop lets go of a socket that came too late.
func (*Link) drop(conn *websocket.Conn) {
	if conn != nil {
		_ = conn.CloseNow()
	}
}

// open opens the first socket.
func (l *Link) open(ctx context.Context) (conn *websocket.Conn, err error) {
	for try := range openTries {
		if try > 0 && !wait(ctx, openPause) {
			return nil, err
		}
		if conn, err = l.Dialer.dial(ctx, l.Target); err == nil || final(err) {
			return conn, err
		}
	}
	return nil, err
}

// reopen opens the next one. If ctx ends there is neither a socket nor an error.
func (l *Link) reopen(ctx context.Context, lost time.Time, pause *time.Duration, why error) (*websocket.Conn, error) {
	for time.Since(lost)+*pause < lossTimeout {
		if !wait(ctx, *pause) {
			return nil, nil //nolint:nilnil // as said above
		}
		*pause = min(2**pause, longPause)
		conn, err := l.Dialer.dial(ctx, l.Target)
		switch {
		case ctx.Err() != nil:
			l.drop(conn)
			return nil, nil //nolint:nilnil,nilerr // as said above
		case err == nil:
			return conn, nil
		case final(err):
			return nil, err
		}
		why = err
	}
	if errors.Is(why, ErrLost) {
		return nil, why
	}
	return nil, fmt.Errorf("%w: %w", ErrLost, why)
}

// wait lets d pass; it reports false if ctx ends before.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
