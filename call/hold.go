package call

import (
	"context"
	"fmt"
	"slices"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Hold asks that a participant neither hears nor is heard (rest.md section
// 7.4).
type Hold struct {
	// Who is held.
	Who identity.ID
	// Music makes what they hear meanwhile; nil is silence. It may take its time.
	Music func(context.Context) (media.Source, error)
	// Explain says what HoldFailed says when Music fails.
	Explain func(error) Result
	Reference
}

// holding is somebody held by an application.
type holding struct {
	by    *Connection
	music media.Playback // nil for silence
}

// Hold holds a participant. There is an event only if it fails: HoldFailed.
// ErrNoParticipant if they are not in the call. Who is held already hears other
// music.
func (cn *Connection) Hold(ctx context.Context, h Hold) error {
	return cn.take(ctx, "hold", h.Reference, func() error {
		who := cn.holdable(h.Who)
		switch {
		case len(who) == 0:
			return fmt.Errorf("hold %s: %w", h.Who, ErrNoParticipant)
		case h.Music == nil:
			cn.hold(who, nil)
		default:
			cn.fetch(h)
		}
		return nil
	})
}

// holdable is somebody in the call, on all of their devices.
func (cn *Connection) holdable(id identity.ID) []*Participant {
	return cn.call.devices(id, func(p *Participant) bool { return p.present() && p.seat != cn })
}

// fetch opens the music and then holds. The connection is not gone before.
func (cn *Connection) fetch(h Hold) {
	cn.busy++
	go func() {
		src, err := cn.music(h)
		if !cn.call.postAs("hold "+string(h.Who), func() { cn.fetched(h, src, err) }) {
			discard(src)
		}
	}()
}

// music opens the music behind a barrier.
func (cn *Connection) music(h Hold) (src media.Source, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("hold music: %v", r)
		}
	}()
	return h.Music(cn.life)
}

func (cn *Connection) fetched(h Hold, src media.Source, err error) {
	cn.busy--
	who := cn.holdable(h.Who)
	switch {
	case err != nil:
		cn.emitTo(HoldFailed{Outcome{h.Context, h.Explain(err)}}, h.TellTo)
	case len(who) == 0 || cn.left():
		discard(src)
		cn.emitTo(HoldFailed{Outcome{h.Context, Result{404, 8522, "The participant has left."}}}, h.TellTo)
	default:
		cn.hold(who, src)
	}
	cn.settle()
}

// Unhold ends Hold. ErrNoParticipant if they are not in the call. Who is not
// held stays as they are.
func (cn *Connection) Unhold(ctx context.Context, h Hold) error {
	return cn.take(ctx, "unhold", h.Reference, func() error {
		who, err := cn.call.those("unhold", []identity.ID{h.Who}, (*Participant).present)
		for _, p := range who {
			p.release()
		}
		return err
	})
}

// hold holds somebody for the application, with other music if they are held
// already.
func (cn *Connection) hold(who []*Participant, music media.Source) {
	h := &holding{by: cn}
	var ids []string
	for _, p := range who {
		p.endHold()
		p.held = h
		p.reheld()
		ids = append(ids, p.id)
	}
	if music != nil {
		h.music = cn.call.soundBridge().Play(music, ids...)
	}
}

// release ends hold.
func (p *Participant) release() {
	if p.held == nil {
		return
	}
	p.endHold()
	p.reheld()
}

// unhold forgets who held the participant, which goes.
func (p *Participant) unhold() {
	p.endHold()
	p.selfHeld = false
}

// endHold forgets the application's hold. The music ends with the last device
// that hears it.
func (p *Participant) endHold() {
	h := p.held
	p.held = nil
	hears := func(m *Participant) bool { return m.held == h }
	if h != nil && h.music != nil && !slices.ContainsFunc(p.call.members, hears) {
		h.music.Stop()
	}
}

// reheld draws the conclusions from who holds the participant.
func (p *Participant) reheld() {
	on := p.selfHeld || p.held != nil
	p.call.stale = true
	switch {
	case on && p.state == Present:
		_ = p.step("hold") // it is Present
	case !on && p.state == OnHold:
		_ = p.step("resume") // it is OnHold
	default:
		return
	}
	p.voice()
	p.call.rewire = true
}

// Hold is the participant holding the call itself: it neither hears nor is
// heard. ErrWrongState if it is not in the call yet.
func (p *Participant) Hold(ctx context.Context) error { return p.setHeld(ctx, "hold", true) }

// Resume ends Hold; what an application holds stays held.
func (p *Participant) Resume(ctx context.Context) error { return p.setHeld(ctx, "resume", false) }

func (p *Participant) setHeld(ctx context.Context, what string, on bool) error {
	return p.ask(ctx, func(p *Participant) error {
		if !p.present() {
			return fmt.Errorf("%s while %s: %w", what, p.state, ErrWrongState)
		}
		if p.selfHeld != on {
			p.selfHeld = on
			p.asked(what)
			p.reheld()
		}
		return nil
	})
}

// letGo ends what an application holds that leaves.
func (cn *Connection) letGo() {
	for _, p := range cn.call.members {
		if p.held != nil && p.held.by == cn {
			p.release()
		}
	}
}

// discard closes a source that nobody will hear.
func discard(src media.Source) {
	if c, ok := src.(interface{ Close() error }); ok {
		_ = c.Close() // nothing was read from it
	}
}
