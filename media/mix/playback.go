package mix

import (
	"io"
	"slices"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/media"
)

// playback fits media.Playback.
type playback struct {
	bridge *Bridge         // whose lock guards what is heard and the marks; nil if it never began
	to     map[string]bool // nil is everybody
	by     string          // for whom it is played; empty if nobody said
	ahead  *ahead
	done   chan struct{}
	err    error // set before done is closed

	volume
	stop   atomic.Bool
	frames atomic.Int64

	sound *media.Frame  // of this tick; nil if there is none
	lasts time.Duration // how much of it is sound
	ended bool

	heard     map[string]*heard
	listening []*heard // those who are there now
	marks     []mark   // those not yet reached, in order
	mixed     time.Duration
}

// heard is how much of a playback somebody was sent.
type heard struct {
	by *member
	of time.Duration
}

// mark is a place in a playback and who wants to know when it is passed.
type mark struct {
	name   string
	at     time.Duration
	passed func(string)
}

func newPlayback(b *Bridge, a *ahead, to []string) *playback {
	p := &playback{bridge: b, done: make(chan struct{}), ahead: a, heard: map[string]*heard{}}
	if len(to) > 0 {
		p.to = make(map[string]bool, len(to))
		for _, id := range to {
			p.to[id] = true
		}
	}
	return p
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

// Stop fits media.Playback: the coming tick fades the sound out within 10 ms
// and closes Done.
func (p *playback) Stop() { p.stop.Store(true) }

// Played fits media.Playback.
func (p *playback) Played() int { return int(p.frames.Load()) }

// Heard fits media.Playback.
func (p *playback) Heard(id string) time.Duration {
	if p.bridge == nil {
		return 0
	}
	p.bridge.mu.Lock()
	defer p.bridge.mu.Unlock()
	if h, ok := p.heard[id]; ok {
		return h.of
	}
	return 0
}

// Mark fits media.Playback.
func (p *playback) Mark(name string, at time.Duration, passed func(name string)) {
	if p.bridge == nil {
		return
	}
	p.bridge.mu.Lock()
	defer p.bridge.mu.Unlock()
	if p.ended {
		return
	}
	i := slices.IndexFunc(p.marks, func(m mark) bool { return m.at > at })
	if i < 0 {
		i = len(p.marks)
	}
	p.marks = slices.Insert(p.marks, i, mark{name, at, passed})
}

// listen finds out who hears the playback now.
func (p *playback) listen(members []*member) {
	p.listening = p.listening[:0]
	for _, m := range members {
		if m.tap != nil || p.to != nil && !p.to[m.id] {
			continue
		}
		h := p.heard[m.id]
		if h == nil {
			h = &heard{}
			p.heard[m.id] = h
		}
		h.by = m
		p.listening = append(p.listening, h)
	}
}

// advance takes the sound of this tick. It reports whether the playback had to
// wait for its source.
func (p *playback) advance() (starved bool) {
	p.giveBack()
	stopped, began := p.stop.Load(), p.frames.Load() > 0
	if stopped && (!began || p.resting(began)) {
		p.ended = true
		return false
	}
	if p.resting(began) {
		return false
	}
	f, state := p.next()
	switch {
	case state == exhausted:
		p.ended, p.err = true, p.ahead.failure()
		return false
	case stopped:
		p.ended = true
	}
	if f == nil {
		return !stopped && began
	}
	p.sound = f
	p.shape(stopped, !began)
	return false
}

// next is the coming frame: what a pause cut off, or what comes after it.
func (p *playback) next() (*media.Frame, state) {
	if p.kept {
		p.kept = false
		return p.spare, flowing
	}
	return p.ahead.next()
}

func (p *playback) giveBack() {
	if p.sound != nil && p.sound != p.spare {
		p.ahead.back(p.sound)
	}
	p.sound = nil
}

// shape makes the frame as loud as it is to be, and says how much of it counts.
func (p *playback) shape(stopped, first bool) {
	if p.apply(p.sound, first) {
		p.lasts = 0 // it comes again
		return
	}
	p.lasts = media.FrameDuration
	if stopped {
		p.lasts = stopFade * time.Second / media.Rate
		fade(p.sound.Samples, stopFade)
	}
	p.frames.Add(1)
}

// count notes what was heard in this tick, when everybody has been served, and
// which marks were passed.
func (p *playback) count() {
	if p.sound == nil {
		return
	}
	for _, h := range p.listening {
		if h.by.sending {
			h.of += p.lasts
		}
	}
	p.mixed += p.lasts
	for len(p.marks) > 0 && p.marks[0].at <= p.mixed {
		m := p.marks[0]
		p.marks = p.marks[1:]
		p.bridge.news = append(p.bridge.news, func() { m.passed(m.name) })
	}
}

// finish tells that nothing more of it is mixed, and lets go of the source.
func (p *playback) finish() {
	p.ended, p.marks, p.listening = true, nil, nil
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
