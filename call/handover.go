package call

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/botd-dev/botd/media"
)

// handover is a participant on its way from one call to another. It runs in
// three turns, each in the loop of its own call, and no loop waits for the
// other: it is reserved and taken off its bridge, it becomes a participant of
// the other call with the same leg, it is let go. Until the second turn
// everything can be undone; whether it took place is decided once, by outcome.
type handover struct {
	who     *Participant
	outcome atomic.Int32
	there   chan struct{} // closed when it is in the other call

	// What goes with it, as it was when it was reserved.
	name string
	leg  Leg
	port media.Port
	standing
}

// standing is what somebody takes along into another call.
type standing struct{ selfMuted, forceMuted, selfHeld, lost bool }

func (p *Participant) standing() standing {
	return standing{p.selfMuted, p.forceMuted, p.selfHeld, p.lost != nil}
}

// catchUp takes in what was still said to whom the participant was before.
func (p *Participant) catchUp(was, is standing) {
	if was.selfMuted != is.selfMuted || was.forceMuted != is.forceMuted {
		p.setMuted(is.selfMuted, is.forceMuted)
	}
	if was.selfHeld != is.selfHeld && p.present() {
		p.selfHeld = is.selfHeld
		p.reheld()
	}
	switch {
	case is.lost && !was.lost:
		p.miss()
	case was.lost && !is.lost:
		p.found()
	}
}

// What became of a handover.
const (
	handing int32 = iota
	handed        // it is in the other call
	undone        // it stays, or has gone
)

// passage is one handover and what goes with it.
type passage struct {
	from, to *Call
	// find finds who goes, in the loop of from.
	find func() (*Participant, error)
	// ready says whether to may still take them, in its loop.
	ready func() error
	// arrived and released run in the turns that do it, in the loop of to and of
	// from. Either may be nil.
	arrived, released func(*Participant)
	// who names the passage for Turns.
	who string
	// two says that to stays a 1:1 call, if they are two then.
	two bool
}

// run hands over and returns why not. It runs on a goroutine of its own.
func (ps passage) run() error {
	ctx := context.Background() // half a handover is none
	var h *handover
	err := ps.from.doAs(ctx, ps.who, func() error {
		p, err := ps.find()
		if err == nil {
			h, err = p.reserve()
		}
		return err
	})
	if h == nil {
		return err
	}
	if err == nil {
		err = ps.to.doAs(ctx, ps.who, func() error { return ps.attach(h) })
	}
	if h.outcome.Load() != handed {
		ps.from.postAs(ps.who, h.undo)
		return err
	}
	ps.from.postAs(ps.who, func() {
		if ps.released != nil {
			ps.released(h.who)
		}
		h.release()
	})
	return nil
}

// release lets go of the participant, with what was still said to it here.
func (h *handover) release() {
	p := h.who
	if is := p.standing(); is != h.standing && p.state != Gone {
		go h.forward(func(heir *Participant) { heir.catchUp(h.standing, is) })
	}
	p.leave(ReasonMoved)
}

// reserve keeps the participant for a handover. Its sound stops here before it
// begins there.
func (p *Participant) reserve() (*handover, error) {
	switch {
	case p.handover != nil:
		return nil, fmt.Errorf("%s is being moved: %w", p.identity, ErrConflict)
	case p.seat != nil || p.leg == nil || !p.present():
		return nil, fmt.Errorf("%s cannot be moved while %s: %w", p.identity, p.state, ErrNoParticipant)
	}
	p.hush()
	p.handover = &handover{
		who: p, there: make(chan struct{}), name: p.name, leg: p.leg, port: p.port, standing: p.standing(),
	}
	return p.handover, nil
}

// undo lets the participant stay.
func (h *handover) undo() {
	p := h.who
	h.outcome.CompareAndSwap(handing, undone)
	if p.handover != h || p.state == Gone {
		return
	}
	p.handover = nil
	if p.present() {
		p.sound()
	}
	p.call.stale = true
}

// settled is asked when the participant goes: true means that it has become
// another one, with its leg; false that it will not any more.
func (h *handover) settled() bool {
	return h != nil && !h.outcome.CompareAndSwap(handing, undone) && h.outcome.Load() == handed
}

// taken says that the participant is another one now, or becomes it just now.
func (h *handover) taken() bool { return h != nil && h.outcome.Load() == handed }

// elsewhere says that the participant goes on in another call already.
func (p *Participant) elsewhere() bool { return p.handover.taken() }

// forward reports to whom the participant has become, once that is there.
func (h *handover) forward(f func(*Participant)) {
	<-h.there
	if heir := h.who.heir.Load(); heir != nil {
		heir.report(f)
	}
}

// attach makes the participant one of the other call.
func (ps passage) attach(h *handover) error {
	c, old := ps.to, h.who
	if ps.ready != nil {
		if err := ps.ready(); err != nil {
			return err
		}
	}
	switch full := c.hasPlaces(1); {
	case c.over:
		return ErrEnded
	case c.member(old.identity) != nil:
		return fmt.Errorf("%s is in the call already: %w", old.identity, ErrConflict)
	case full != nil:
		return full
	case !h.outcome.CompareAndSwap(handing, handed):
		return fmt.Errorf("%s has left: %w", old.identity, ErrNoParticipant)
	}
	defer close(h.there)
	c.group = c.group || !ps.two
	p := c.become(h)
	if ps.arrived != nil {
		ps.arrived(p)
	}
	c.group = c.group || c.parties() > 2
	return nil
}

// parties counts those who have a call with each other; who came to it to watch
// over it is none.
func (c *Call) parties() int {
	n := 0
	for _, p := range c.members {
		if p.present() && !p.isVisitor() {
			n++
		}
	}
	return n
}

// become makes a participant of one of another call.
func (c *Call) become(h *handover) *Participant {
	p := c.newParticipant(h.who.identity, h.name)
	p.role = c.roleOf(p.identity) // whoever brought it here stands above roles; it does not
	p.leg, p.port, p.answered = h.leg, h.port, true
	p.selfMuted, p.forceMuted, p.selfHeld = h.selfMuted, h.forceMuted, h.selfHeld
	p.voiced = math.MaxUint64 // what its leg was told is of the other call
	h.who.heir.Store(p)
	p.leg.Attach(p)
	p.arrive()
	if h.lost {
		p.miss()
	}
	return p
}
