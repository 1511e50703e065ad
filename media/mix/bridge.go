package mix

import (
	"errors"
	"slices"
	"sync"

	"github.com/botd-dev/botd/media"
)

var (
	// ErrClosed is why a playback fails that is begun on a closed bridge.
	ErrClosed = errors.New("mix: bridge is closed")
	// ErrFrame is a frame that is not 20 ms at 48 kHz.
	ErrFrame = errors.New("mix: not a frame of the bridge")
)

// Options set one bridge.
type Options struct {
	// Speakers is how many ports are heard at once; zero is the clock's.
	Speakers int
}

// Bridge is the sound of one conversation. It has no goroutine: its clock ticks
// it while there is a port or a playback on it.
//
// Any goroutine may call its methods, except a port or a source from within its
// own; a call waits for the tick that is running at most, and what it asked for
// has happened when it returns: after Leave, the port is not called any more.
type Bridge struct {
	clock    *Clock
	speakers int
	place    int // among those the clock ticks; the clock's lock guards it

	mu      sync.Mutex
	closed  bool
	ticked  bool // the clock ticks it
	changed bool // members or plays did, since the last tick
	members []*member
	plays   []*playback
	limits  limits
	muted   map[string]bool // by id, whether it has joined or not

	audiences []*audience
	ears      []*ears // of the audiences
	now       int64   // ticks
	scratch
}

// scratch is what a tick works with.
type scratch struct {
	frames []*media.Frame // of voices and of faded voices
	used   int            // of frames, those of this tick
	played []int32        // what is played to all
	common int            // how many sources that is
	mine   *media.Frame   // what somebody who is heard hears
	own    []int16        // and what they hear less, while it fades
	count  Stats
}

func newScratch() scratch {
	return scratch{
		played: make([]int32, media.FrameSize),
		mine:   media.NewFrame(media.Rate),
		own:    make([]int16, media.FrameSize),
	}
}

// frame is one that nobody else has in this tick.
func (s *scratch) frame() *media.Frame {
	if s.used == len(s.frames) {
		s.frames = append(s.frames, media.NewFrame(media.Rate))
	}
	s.used++
	return s.frames[s.used-1]
}

// faded is f after fade, and f as it was; nil for nil.
func (s *scratch) faded(f *media.Frame, fade func([]int16)) *media.Frame {
	if f == nil {
		return nil
	}
	other := s.frame()
	copy(other.Samples, f.Samples)
	fade(other.Samples)
	return other
}

// NewBridge makes a bridge that this clock ticks.
func (c *Clock) NewBridge(opts Options) *Bridge {
	b := &Bridge{
		clock: c, speakers: opts.Speakers,
		limits: newLimits(), muted: map[string]bool{},
	}
	if b.speakers <= 0 {
		b.speakers = c.cfg.Speakers
	}
	return b
}

// Join makes a port hear and be heard under the given id. A port that was there
// under this id is let go of. What Mute and Hear have said of the id holds.
func (b *Bridge) Join(id string, p media.Port) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || !b.run() {
		return
	}
	m := &member{id: id, port: p, muted: b.muted[id]}
	if i := b.find(id); i >= 0 {
		m.audience = b.members[i].audience
		b.members[i] = m
	} else {
		b.members = append(b.members, m)
	}
	b.changed = true
}

// Leave takes the port out and forgets what Mute and Hear have said of the id.
func (b *Bridge) Leave(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.muted, id)
	b.limits.forget(id)
	if i := b.find(id); i >= 0 {
		b.members = slices.Delete(b.members, i, i+1)
		b.changed = true
	}
}

// Mute stops mixing what the port says; it goes on hearing. It may come before
// Join and holds until Unmute or Leave.
func (b *Bridge) Mute(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.muted[id] = true
	if i := b.find(id); i >= 0 {
		b.members[i].muted = true
	}
}

// Unmute undoes Mute.
func (b *Bridge) Unmute(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.muted, id)
	if i := b.find(id); i >= 0 && b.members[i].muted {
		b.members[i].muted = false
		b.members[i].speaks = true // what it says begins in the middle: fade it in
	}
}

// Hear limits what the port hears of the other ports to those named in from; an
// empty list is nobody, nil undoes the limit. What is played is not limited. A
// change fades over 20 ms.
//
// It may come before Join and holds until Leave, for ids that join later too:
// a name that is not known is one that may still come.
func (b *Bridge) Hear(id string, from []string) {
	with, without := lists(id, from)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	if from == nil {
		b.limits.forget(id)
	} else {
		b.limits.set(id, with, without)
	}
	b.changed = true
}

// Play mixes src into what the ports named in to hear, now or when they join;
// into what everybody hears if there are none. It ends with the source, Stop,
// or the bridge.
//
// The source is read ahead by up to 100 ms on a goroutine of its own, so it may
// wait. If it is an io.Closer it is closed when the playback has ended.
func (b *Bridge) Play(src media.Source, to ...string) media.Playback {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || !b.run() {
		return refused(src, ErrClosed)
	}
	p := &playback{done: make(chan struct{}), ahead: readAhead(src, &b.clock.ahead)}
	if len(to) > 0 {
		p.to = make(map[string]bool, len(to))
		for _, id := range to {
			p.to[id] = true
		}
	}
	b.plays = append(b.plays, p)
	b.changed = true
	return p
}

// Close ends every playback and lets go of every port. Nothing can be done with
// the bridge afterwards.
func (b *Bridge) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.closed = true
	for _, p := range b.plays {
		p.finish()
	}
	b.members, b.plays = nil, nil
	b.limits, b.muted = newLimits(), nil
	b.rest()
}

func (b *Bridge) find(id string) int {
	return slices.IndexFunc(b.members, func(m *member) bool { return m.id == id })
}

// run has the clock tick the bridge, and reports false if it is closed.
func (b *Bridge) run() bool {
	if b.ticked {
		return true
	}
	if !b.clock.start(b) {
		return false
	}
	b.ticked = true
	b.scratch = newScratch()
	return true
}

// rest undoes run and frees what only a tick needs, encoders first of all.
func (b *Bridge) rest() {
	if !b.ticked {
		return
	}
	b.ticked = false
	b.clock.stop(b)
	for _, e := range b.ears {
		e.shut()
	}
	b.audiences, b.ears, b.scratch = nil, nil, scratch{}
}
