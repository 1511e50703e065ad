package mix

import (
	"io"
	"sync/atomic"

	"github.com/botd-dev/botd/media"
)

// playback fits media.Playback.
type playback struct {
	to    map[string]bool // nil is everybody
	ahead *ahead
	done  chan struct{}
	err   error // set before done is closed

	stop   atomic.Bool
	frames atomic.Int64

	sound *media.Frame // of this tick; nil if there is none
	ended bool
}

// Done fits media.Playback.
func (p *playback) Done() <-chan struct{} { return p.done }

// Err fits media.Playback.
func (p *playback) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// Stop fits media.Playback: the coming tick fades the sound out within 5 ms
// and closes Done.
func (p *playback) Stop() { p.stop.Store(true) }

// Played fits media.Playback.
func (p *playback) Played() int { return int(p.frames.Load()) }

// advance takes the sound of this tick. It reports whether the playback had to
// wait for its source.
func (p *playback) advance() (starved bool) {
	if p.sound != nil {
		p.ahead.back(p.sound)
		p.sound = nil
	}
	stopped := p.stop.Load()
	if stopped && p.frames.Load() == 0 {
		p.ended = true
		return false
	}
	f, state := p.ahead.next()
	switch {
	case state == exhausted:
		p.ended, p.err = true, p.ahead.failure()
		return false
	case stopped:
		p.ended = true
	}
	if f == nil {
		return !stopped && p.frames.Load() > 0
	}
	if stopped {
		fadeOut(f.Samples)
	}
	p.sound = f
	p.frames.Add(1)
	return false
}

// finish tells that nothing more of it is mixed, and lets go of the source.
func (p *playback) finish() {
	p.ahead.close()
	close(p.done)
}

// refused is a playback that never began.
func refused(src media.Source, err error) media.Playback {
	p := &playback{done: make(chan struct{}), err: err}
	close(p.done)
	if c, ok := src.(io.Closer); ok {
		_ = c.Close() // nothing of it was wanted
	}
	return p
}
