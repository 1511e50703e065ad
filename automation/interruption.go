package automation

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/turn"
)

// errInterrupted is the end of a play that a listener has stopped.
var errInterrupted = errors.New("interrupted by a listener")

// mostGuards is how many listeners of one play are listened to.
const mostGuards = 16

// guardPrompt listens to those who hear a play, and does with it what its policy
// says when they speak or press a key. stopped is called when that has stopped it.
// done ends it, and waits.
func guardPrompt(ctx context.Context, s *call.Stage, p turn.Policy, plays media.Playback, to []identity.ID, stopped func()) (done func()) {
	if p == turn.Uninterruptible {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	g := &guards{floor: turn.NewPrompt(p, plays), stopped: stopped}
	hears := func(a call.Audible) bool { return len(to) == 0 || slices.Contains(to, a.Identity) }
	people, _ := s.Attendance()
	people = slices.DeleteFunc(people, func(a call.Audible) bool { return !hears(a) })
	var tasks sync.WaitGroup
	taps := map[string]media.Tap{}
	for _, who := range people[:min(len(people), mostGuards)] {
		tap, err := s.Tap(who.ParticipantID, media.TapOptions{Rate: hearingRate, Ring: hearingRing})
		if err != nil {
			continue // the bridge is closing, and the play with it
		}
		taps[who.ParticipantID] = tap
		tasks.Go(func() { g.listen(ctx, tap) })
		context.AfterFunc(ctx, tap.Close)
	}
	tasks.Go(func() { part(ctx, s, taps) })
	keys, enough := s.Keys()
	tasks.Go(func() { g.press(ctx, keys, hears) })
	return func() {
		cancel()
		enough()
		tasks.Wait()
	}
}

// guards are those who listen to the listeners of one play.
type guards struct {
	mu      sync.Mutex
	floor   *turn.Prompt
	stopped func()
}

// part ends the taps of those who leave, which would only fall silent.
func part(ctx context.Context, s *call.Stage, taps map[string]media.Tap) {
	for {
		people, changed := s.Attendance()
		for id, tap := range taps {
			if !slices.ContainsFunc(people, func(a call.Audible) bool { return a.ParticipantID == id }) {
				tap.Close()
				delete(taps, id)
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// listen follows one of them. Who leaves in the middle of a word has finished.
func (g *guards) listen(ctx context.Context, tap media.Tap) {
	d, to := turn.NewDetector(turn.Config{}), media.Tapped{Frame: media.Frame{Rate: hearingRate}}
	for tap.Read(&to) == nil {
		if s := d.Frame(&to.Frame); s != turn.Nothing {
			g.do(func(p *turn.Prompt) bool { return p.Signal(s) })
		}
	}
	if d.Speaking() && ctx.Err() == nil {
		g.do(func(p *turn.Prompt) bool { return p.Signal(turn.Ended) })
	}
}

func (g *guards) press(ctx context.Context, keys <-chan call.Key, hears func(call.Audible) bool) {
	for {
		select {
		case k := <-keys:
			if hears(k.By) {
				g.do((*turn.Prompt).Key)
			}
		case <-ctx.Done():
			return
		}
	}
}

func (g *guards) do(f func(*turn.Prompt) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f(g.floor) {
		g.stopped()
	}
}
