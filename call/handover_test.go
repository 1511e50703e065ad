package call_test

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// brake is a clock that holds up whoever reads it at a chosen reading, and with
// it the loop of a call.
type brake struct {
	mu    sync.Mutex
	after int // readings until it holds; 0 is never
	held  chan struct{}
}

func (b *brake) arm(after int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.after, b.held = after, make(chan struct{})
}

func (b *brake) now() time.Time {
	b.mu.Lock()
	b.after--
	stop, held := b.after == 0, b.held
	b.mu.Unlock()
	if stop {
		<-held
	}
	return time.Now()
}

// braked is a house whose clock can be held.
func braked(t *testing.T, f func(h *house, b *brake)) {
	inHouse(t, func(h *house) {
		b := &brake{}
		h.open(func(cfg *call.Config) { cfg.Now = b.now })
		f(h, b)
	})
}

// halfMoved moves alice from the application's one call to another, which stops
// in the midst of taking her in, runs f, and lets it go on.
func halfMoved(h *house, b *brake, readings int, f func(from *call.Connection, before *call.Participant)) (*phone, *call.Connection) {
	caller, from := h.answered()
	_, to := h.talking(bob)
	before := caller.p
	h.pass(time.Second)
	b.arm(readings)
	go func() { _ = to.Move(h.Context(), call.Move{From: from.ID(), Who: []identity.ID{alice}}) }()
	synctest.Wait()
	f(from, before)
	synctest.Wait()
	close(b.held)
	h.pass(time.Second)
	return caller, to
}

// The readings of the clock at which a call stops that takes somebody in.
const (
	beforeItIsCertain = 1 // when it writes down that it was asked to
	whenItIsCertain   = 2 // when it writes down that they come
)

func TestWhoHangsUpWhileBeingMovedIsGone(t *testing.T) {
	for _, say := range []func(h *house, p *call.Participant){
		func(_ *house, p *call.Participant) { p.Gone(call.ReasonLocal) },
		func(h *house, p *call.Participant) { go func() { _ = p.Leave(h.Context()) }() },
	} {
		braked(t, func(h *house, b *brake) {
			caller, to := halfMoved(h, b, whenItIsCertain, func(_ *call.Connection, before *call.Participant) { say(h, before) })
			h.want(caller.ended(), call.ReasonLocal)
			h.want(to.View().Participants, []call.Listed{{Identifier: app}, {Identifier: bob}})
		})
	}
}

func TestWhoHasJustBeenMovedIsNotRemoved(t *testing.T) {
	for certain, want := range map[int]string{whenItIsCertain: "RemoveParticipantFailed", beforeItIsCertain: "RemoveParticipantSucceeded"} {
		braked(t, func(h *house, b *brake) {
			caller, to := halfMoved(h, b, certain, func(from *call.Connection, _ *call.Participant) {
				h.want(from.Remove(h.Context(), alice, call.Reference{Context: "r"}), nil)
			})
			h.want(strings.Contains(string(h.book.last(want).Data), `"operationContext":"r"`), true)
			if want == "RemoveParticipantSucceeded" {
				h.want(caller.ended(), call.ReasonRemoved)
				h.want(h.result("MoveParticipantFailed"), []int{404, 8558})
				return
			}
			h.want(h.result(want), []int{404, 8558})
			h.want(caller.p.Call(), to.View().ServerCallID)
		})
	}
}

func TestWhatIsSaidWhileBeingMovedHoldsThere(t *testing.T) {
	braked(t, func(h *house, b *brake) {
		caller, to := halfMoved(h, b, beforeItIsCertain, func(_ *call.Connection, before *call.Participant) {
			before.Lost()
			before.SelfMute()
		})
		h.want(caller.p.Call(), to.View().ServerCallID)
		h.want(to.View().Participants[2], call.Listed{Identifier: alice, Muted: true})
		h.pass(3 * time.Minute)
		h.want(caller.ended(), call.ReasonMediaLost)
	})
}

func TestWhoHoldsACallIsNotHeardInTheOneItIsMovedTo(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, from := h.answered()
		agent, to := h.talking(bob)
		h.want(caller.p.Hold(h.Context()), nil)
		h.want(to.Move(h.Context(), call.Move{From: from.ID(), Who: []identity.ID{alice}}), nil)
		h.pass(time.Second)
		h.want(to.View().Participants[2], call.Listed{Identifier: alice, Held: true})
		h.want([]bool{h.hears(agent, caller), h.hears(caller, agent)}, []bool{false, false})
		h.want(caller.p.Resume(h.Context()), nil)
		h.want([]bool{h.hears(agent, caller), h.hears(caller, agent)}, []bool{true, true})
	})
}

func TestWhoHoldsACallWhileBeingMovedHoldsTheOther(t *testing.T) {
	braked(t, func(h *house, b *brake) {
		_, to := halfMoved(h, b, beforeItIsCertain, func(_ *call.Connection, before *call.Participant) {
			h.want(before.Hold(h.Context()), nil)
		})
		h.want(to.View().Participants[2], call.Listed{Identifier: alice, Held: true})
	})
}
