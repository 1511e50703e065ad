package call_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// talking is a call of the application to somebody who has answered.
func (h *house) talking(to identity.ID) (*phone, *call.Connection) {
	h.Helper()
	cn, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{to}})
	if err != nil {
		h.Fatalf("create: %v", err)
	}
	synctest.Wait()
	return h.accept(), cn
}

func TestSomebodyMovedKeepsTheLegAndHearsTheOtherCall(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, lobby := h.answered()
		agent, talk := h.talking(bob)
		before := caller.p
		h.want(talk.Move(h.Context(), call.Move{From: lobby.ID(), Who: []identity.ID{alice}}), nil)
		h.pass(time.Second)
		h.want(caller.ended().Message, "not ended")
		h.want([]bool{caller.p != before, caller.p.Call() == agent.p.Call()}, []bool{true, true})
		h.want([]bool{h.hears(caller, agent), h.hears(agent, caller)}, []bool{true, true})
		h.want(h.book.told(talk, true), []string{"CallConnected", "ParticipantsUpdated", "MoveParticipantSucceeded", "ParticipantsUpdated"})
		h.want(h.book.told(lobby, true), []string{"CallConnected", "ParticipantsUpdated", "CallDisconnected"})
		h.want(talk.View().Participants, []call.Listed{{Identifier: app}, {Identifier: bob}, {Identifier: alice}})

		before.Gone(call.ReasonMediaLost) // the leg said so while it was on its way
		h.pass(time.Second)
		h.want(caller.ended(), call.ReasonMediaLost)
		h.want(talk.View().State, call.Connected)
	})
}

func TestSomebodyMovedIsToldWhoSpeaksThere(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, lobby := h.answered()
		h.say(caller)
		h.want(caller.dominant(), "ALICE")
		_, talk := h.talking(bob)
		h.want(talk.Move(h.Context(), call.Move{From: lobby.ID(), Who: []identity.ID{alice}}), nil)
		h.pass(time.Second)
		h.want(caller.speakers.Call, talk.View().ServerCallID)
		h.want(caller.speakers.Dominant != nil, true)
		h.want(caller.dominant(), "") // nobody has spoken yet
		h.say(caller)
		h.want(caller.dominant(), "ALICE")
	})
}

func TestWhoCannotMoveStaysAndIsHeardAsBefore(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, lobby := h.answered()
		_, talk := h.talking(bob)
		_, err := talk.Add(h.Context(), call.Addition{To: carol})
		h.want(err, nil)
		synctest.Wait()
		third := h.accept()
		h.want(talk.Move(h.Context(), call.Move{From: lobby.ID(), Who: []identity.ID{carol, alice, alice}}), nil)
		h.pass(time.Second)
		h.want(h.book.count(talk, "MoveParticipantSucceeded"), 1)
		h.want(h.book.count(talk, "MoveParticipantFailed"), 2)
		h.want(h.hears(third, caller), true)
	})
}

func TestSomebodyMovedToACallThatIsFullStays(t *testing.T) {
	inHouse(t, func(h *house) {
		h.open(func(cfg *call.Config) { cfg.MaxParticipants = 2 })
		caller, from := h.answered()
		_, to := h.talking(bob)
		h.add(to, call.Addition{To: carol})
		h.accept()
		watch := h.watching(caller)
		h.want(to.Move(h.Context(), call.Move{From: from.ID(), Who: []identity.ID{alice}}), nil)
		h.pass(time.Second)
		h.want(h.result("MoveParticipantFailed"), []int{429, 8530})
		h.want([]call.State{caller.state(), from.View().State, watch.View().State}, []call.State{call.Present, call.Connected, call.Connected})
	})
}

func TestWhoWasMutedByOthersStaysSoInTheCallTheyAreMovedTo(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, from := h.answered()
		agent, to := h.talking(bob)
		h.want(from.Mute(h.Context(), []identity.ID{alice}, call.Reference{}), nil)
		h.want(to.Move(h.Context(), call.Move{From: from.ID(), Who: []identity.ID{alice}}), nil)
		h.pass(time.Second)
		h.want(to.View().Participants[2], call.Listed{Identifier: alice, Muted: true})
		h.want(h.hears(agent, caller), false)
		h.want(to.Unmute(h.Context(), []identity.ID{alice}, call.Reference{}), nil)
		h.want(h.hears(agent, caller), true)
	})
}

func TestMovesBothWaysAtOnceEndWell(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, one := h.answered()
		agent, two := h.talking(bob)
		go func() { _ = two.Move(h.Context(), call.Move{From: one.ID(), Who: []identity.ID{alice}}) }()
		go func() { _ = one.Move(h.Context(), call.Move{From: two.ID(), Who: []identity.ID{bob}}) }()
		h.pass(time.Second)
		for _, leg := range []*phone{caller, agent} {
			if leg.ended().Message == "not ended" && leg.state() != call.Present {
				h.Errorf("a leg is nowhere: %s", leg.state())
			}
		}
		moved := h.book.count(one, "MoveParticipantSucceeded") + h.book.count(two, "MoveParticipantSucceeded")
		failed := h.book.count(one, "MoveParticipantFailed") + h.book.count(two, "MoveParticipantFailed")
		if moved+failed > 2 || moved == 0 {
			h.Errorf("%d moved, %d failed", moved, failed)
		}
	})
}

func TestAMoveFromNowhereOrHereIsRefused(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		if err := cn.Move(h.Context(), call.Move{From: "nowhere", Who: []identity.ID{bob}}); !errors.Is(err, call.ErrNoCall) {
			h.Errorf("from nowhere: %v", err)
		}
		if err := cn.Move(h.Context(), call.Move{From: cn.ID(), Who: []identity.ID{alice}}); !errors.Is(err, call.ErrConflict) {
			h.Errorf("from here: %v", err)
		}
	})
}
