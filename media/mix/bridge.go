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
	// ErrEach is a tap of each speaker that asks for something else as well.
	ErrEach = errors.New("mix: a tap of each speaker has no port, no packets and no other rate")
	// ErrPlays is a tap without plays that is not of the mix as PCM.
	ErrPlays = errors.New("mix: a tap without plays is of the mix, and has no packets")
	// ErrRate is a rate that taps do not have.
	ErrRate = errors.New("mix: a tap has 8000, 16000, 24000 or 48000 Hz")
)

// Options set one bridge. The functions are called by one of the clock's
// workers after a tick, outside every lock; they may call the bridge but not
// block.
type Options struct {
	// Speakers is how many ports are heard at once; zero is the clock's.
	Speakers int
	// Stages are what the sound of a port goes through before it is mixed. Nil
	// is nothing; a port that has a stage is never passed on undecoded. Unlike
	// the others it is called in Join, and may not call the bridge.
	Stages func(id string) []media.Stage
	// Speaking is told who speaks, the loudest first and at most eight, whenever
	// that has changed, at most every 300 ms. Nobody is muted among them. The list
	// is the callee's.
	Speaking func(ids []string)
	// MutedSpeaking is told of a muted port that speaks all the same, once each
	// time it begins to.
	MutedSpeaking func(id string)
}

// Bridge is the sound of one conversation. It has no goroutine: its clock ticks
// it while there is a port or a playback on it.
//
// Any goroutine may call its methods, except a port or a source from within its
// own; a call waits for the tick that is running at most, and what it asked for
// has happened when it returns: after Leave, the port is not called any more.
type Bridge struct {
	clock *Clock
	opts  Options
	place place // among those the clock ticks; the clock's lock guards it

	mu      sync.Mutex
	closed  bool
	ticked  bool // the clock ticks it
	changed bool // members or plays did, since the last tick
	members []*member
	plays   []*playback
	taps    []*tap
	limits  limits
	muted   map[string]bool // by id, whether it has joined or not

	audiences []*audience
	ears      []*ears // of the audiences
	now       int64   // ticks
	began     int64   // the clock's tick of its first one
	elapsed   int64   // the clock's ticks since then
	dominant
	scratch
}

// NewBridge makes a bridge that this clock ticks.
func (c *Clock) NewBridge(opts Options) *Bridge {
	if opts.Speakers <= 0 {
		opts.Speakers = c.cfg.Speakers
	}
	return &Bridge{clock: c, opts: opts, limits: newLimits(), muted: map[string]bool{}}
}

// Join makes a port hear and be heard under the given id. A port that was there
// under this id is let go of. What Mute and Hear have said of the id holds.
func (b *Bridge) Join(id string, p media.Port) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || !b.run() {
		return
	}
	m := b.newMember(id, p)
	if i := b.find(id); i >= 0 {
		m.audience = b.members[i].audience
		b.forget(b.members[i])
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
		b.forget(b.members[i])
		b.members = slices.Delete(b.members, i, i+1)
		b.changed = true
	}
}

// Mute stops mixing what the port says, fading it in the coming tick; it goes
// on hearing. It may come before Join and holds until Unmute or Leave.
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
//
// A media.Owned source is left out of taps that leave its owner and plays out.
func (b *Bridge) Play(src media.Source, to ...string) media.Playback {
	src, by := owner(src)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || !b.run() {
		return refused(src, ErrClosed)
	}
	p := newPlayback(b, readAhead(src, &b.clock.ahead), to)
	p.by = by
	b.plays = append(b.plays, p)
	b.changed = true
	return p
}

// Close ends every playback and every tap and lets go of every port. Nothing
// can be done with the bridge afterwards.
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
	for _, t := range b.taps {
		t.ring.close()
	}
	b.rest()
	b.members, b.plays, b.taps = nil, nil, nil
	b.limits, b.muted = newLimits(), nil
}

func (b *Bridge) find(id string) int {
	return slices.IndexFunc(b.members, func(m *member) bool { return m.id == id && m.tap == nil })
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
	for _, a := range b.audiences {
		b.disband(a)
	}
	for _, m := range b.members {
		b.release(m)
	}
	b.audiences, b.ears, b.scratch = nil, nil, scratch{}
}
