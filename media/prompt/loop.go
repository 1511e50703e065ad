package prompt

import (
	"errors"
	"io"
	"sync"

	"github.com/botd-dev/botd/media"
)

// Loop plays what open gives again and again, until it fails or is closed. What
// has no sound at all fails with ErrEmpty.
//
// Prompt.Open gives what was fetched before: nothing waits where one round ends
// and the next begins. Opener.Open may have to fetch each time.
func Loop(open func() (media.Source, error)) media.Source {
	return &loop{open: open, heard: true}
}

// loop fits media.Source and io.Closer. Close may be called while Read runs.
type loop struct {
	open  func() (media.Source, error)
	heard bool // this time round

	mu     sync.Mutex
	now    media.Source // nil between two rounds
	closed bool
}

// Read fits media.Source.
func (l *loop) Read(f *media.Frame) error {
	for {
		now, err := l.round()
		if err != nil {
			return err
		}
		if err = now.Read(f); err == nil {
			l.heard = true
			return nil
		}
		if !errors.Is(err, io.EOF) {
			return err
		}
		closeAll([]media.Source{now})
		l.set(nil)
	}
}

// round is what is being played, from its beginning if the last has ended.
func (l *loop) round() (media.Source, error) {
	l.mu.Lock()
	now, closed := l.now, l.closed
	l.mu.Unlock()
	if closed {
		return nil, io.EOF
	}
	if now != nil {
		return now, nil
	}
	if !l.heard {
		return nil, &Error{Err: ErrEmpty}
	}
	next, err := l.open()
	if err != nil {
		return nil, err
	}
	l.heard = false
	l.set(next)
	return next, nil
}

// set makes next what is being played, and closes it if that is over.
func (l *loop) set(next media.Source) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = next
	if l.closed && next != nil {
		closeAll([]media.Source{next})
	}
}

// Close fits io.Closer.
func (l *loop) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		closeAll([]media.Source{l.now}) // nil is no Closer
	}
	return nil
}
