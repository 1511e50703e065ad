package call_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

func TestABlindTransferOfACallOfTwoTakesTheApplicationsPlace(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: bob, Reference: call.Reference{Context: "t"}}), nil)
		synctest.Wait()
		h.want(cn.View().State, call.Transferring)
		if err := cn.Transfer(h.Context(), call.Transfer{Target: carol}); !errors.Is(err, call.ErrTransferRunning) {
			h.Errorf("twice: %v", err)
		}
		h.want(h.bell.latest().From(), alice)
		agent := h.accept()
		h.pass(time.Second)
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "CallTransferAccepted", "CallDisconnected"})
		h.want([]bool{h.hears(caller, agent), h.hears(agent, caller)}, []bool{true, true})
		agent.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(caller.ended(), call.ReasonLocal)
	})
}

func TestATransferThatIsDeclinedLeavesEverybodyWhereTheyAre(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: bob}), nil)
		synctest.Wait()
		h.bell.latest().Decline(call.ReasonDeclined)
		synctest.Wait()
		h.want(cn.View().State, call.Connected)
		h.want(h.book.count(cn, "CallTransferFailed"), 1)
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: carol}), nil)
		h.pass(61 * time.Second)
		h.want(h.book.count(cn, "CallTransferFailed"), 2)
		h.want(cn.View().State, call.Connected)
		h.want(cn.View().Participants, []call.Listed{{Identifier: alice}, {Identifier: app}})
		h.want(h.Counts().Invitations, 0)
	})
}

func TestATransfereeWhoHangsUpEndsTheTransferAndTheCall(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: bob}), nil)
		synctest.Wait()
		caller.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "CallTransferFailed", "CallDisconnected"})
	})
}

// conference is a call of the application with alice and bob.
func (h *house) conference() (alices, bobs *phone, cn *call.Connection) {
	h.Helper()
	alices, cn = h.answered()
	if _, err := cn.Add(h.Context(), call.Addition{To: bob}); err != nil {
		h.Fatal(err)
	}
	synctest.Wait()
	bobs = h.accept()
	h.pass(time.Second)
	return alices, bobs, cn
}

func TestInAGroupTheTransfereeLeavesForACallWithTheTarget(t *testing.T) {
	inHouse(t, func(h *house) {
		first, second, cn := h.conference()
		if err := cn.Transfer(h.Context(), call.Transfer{Target: carol}); !errors.Is(err, call.ErrTransferee) {
			h.Errorf("without a transferee: %v", err)
		}
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: carol, Transferee: bob}), nil)
		if err := cn.Transfer(h.Context(), call.Transfer{Target: carol, Transferee: bob}); !errors.Is(err, call.ErrTransferRunning) {
			h.Errorf("twice: %v", err)
		}
		h.pass(time.Second)
		h.want(h.bell.latest().From(), bob)
		h.want(h.hears(first, second), true)
		third := h.accept()
		h.pass(time.Second)
		h.want([]bool{h.hears(third, second), h.hears(second, third), h.hears(first, second)}, []bool{true, true, false})
		h.want(h.book.count(cn, "CallTransferAccepted"), 1)
		h.want(cn.View().State, call.Connected)
		h.want(cn.View().Participants, []call.Listed{{Identifier: alice}, {Identifier: app}})
		h.want(h.Counts().Calls, 2)
	})
}

func TestInAGroupATransferCanGoToAnApplication(t *testing.T) {
	inHouse(t, func(h *house) {
		_, second, cn := h.conference()
		h.bell.where["echo"] = true
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: "echo", Transferee: bob}), nil)
		h.pass(time.Second)
		echo, err := h.bell.latest().Answer(h.Context(), call.Seat{})
		h.want(err, nil)
		h.pass(time.Second)
		h.want(echo.View().State, call.Connected)
		h.want(h.book.count(cn, "CallTransferAccepted"), 1)
		h.want(second.p.Call(), echo.View().ServerCallID)
	})
}

func TestInAGroupATransferThatFailsEndsItsCall(t *testing.T) {
	inHouse(t, func(h *house) {
		first, second, cn := h.conference()
		for _, to := range []identity.ID{"8:acs:r_nobody", carol} {
			h.want(cn.Transfer(h.Context(), call.Transfer{Target: to, Transferee: bob}), nil)
			h.pass(70 * time.Second)
		}
		h.want(h.book.count(cn, "CallTransferFailed"), 2)
		h.want(h.hears(first, second), true)
		h.want(h.Counts().Calls, 1)
	})
}

func TestAConsultationEndsWithTheTwoTogether(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		agent, talk := h.talking(bob)
		h.want(cn.Transfer(h.Context(), call.Transfer{TargetCall: talk.ID()}), nil)
		h.pass(time.Second)
		h.want([]bool{h.hears(caller, agent), h.hears(agent, caller)}, []bool{true, true})
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "CallTransferAccepted", "CallDisconnected"})
		h.want(h.book.told(talk, true)[2:], []string{"CallDisconnected"})
		h.want(h.Counts().Calls, 1)
		caller.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(agent.ended(), call.ReasonLocal)
	})
}

func TestTheApplicationStaysWithWhoIsTransferredToACallThatTheOtherSideHasLeft(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		agent, talk := h.talking(bob)
		h.add(talk, call.Addition{To: carol})
		agent.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(cn.Transfer(h.Context(), call.Transfer{TargetCall: talk.ID()}), nil)
		h.pass(time.Second)
		h.want(talk.View().State, call.Connected)
		h.want(caller.ended().Message, "not ended")
		second := h.accept()
		h.want([]bool{h.hears(caller, second), h.hears(second, caller)}, []bool{true, true})
		h.want(h.book.count(talk, "AddParticipantSucceeded"), 1)
	})
}

// watching is another application's connection to the call of a participant.
func (h *house) watching(leg *phone) *call.Connection {
	h.Helper()
	cn, err := h.Connect(h.Context(), call.Connect{Seat: call.Seat{As: "8:acs:r_watch"}, Locator: call.Locator{ServerCallID: leg.p.Call()}})
	if err != nil {
		h.Fatal(err)
	}
	synctest.Wait()
	return cn
}

func TestAnApplicationThatOnlyWatchesTakesThePersonOutOfACallOfTwo(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		watch := h.watching(caller)
		h.want(watch.Transfer(h.Context(), call.Transfer{Target: bob}), nil)
		h.pass(time.Second)
		agent := h.accept()
		h.pass(time.Second)
		h.want(caller.p.Call(), agent.p.Call())
		h.want([]bool{h.hears(caller, agent), h.hears(agent, caller)}, []bool{true, true})
		h.want(h.book.told(watch, true), []string{"CallConnected", "ParticipantsUpdated", "CallTransferAccepted", "CallDisconnected"})
		h.want(h.book.count(cn, "CallDisconnected"), 1)
	})
}

func TestATransferToACallThatIsOnlyWatchedMakesItACallOfThree(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		agent, talk := h.talking(bob)
		watch := h.watching(agent)
		h.want(cn.Transfer(h.Context(), call.Transfer{TargetCall: watch.ID()}), nil)
		h.pass(time.Second)
		h.want(talk.View().Group, true)
		h.want(h.book.count(watch, "CallDisconnected"), 0)
		caller.p.Gone(call.ReasonLocal)
		h.pass(time.Second)
		h.want(agent.ended().Message, "not ended")
	})
}

func TestWhoIsInTheCallIsToldWhileATransferIsUnderWay(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		h.pass(time.Second)
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: bob}), nil)
		caller.p.SelfMute()
		h.pass(time.Second)
		h.want(cn.View().State, call.Transferring)
		var told call.ParticipantsUpdated
		h.want(json.Unmarshal(h.book.last("ParticipantsUpdated").Data, &told), nil)
		h.want(told.Participants, cn.View().Participants)
		h.accept()
		h.want(h.book.told(cn, true)[2:], []string{"ParticipantsUpdated", "CallTransferAccepted", "CallDisconnected"})
	})
}

func TestATransferIsTakenOnBeforeItEnds(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: bob}), nil)
		synctest.Wait()
		told := h.book.told(cn, false)
		h.want(slices.Index(told, "botd.operation.accepted") < slices.Index(told, "botd.transfer.state"), true)
	})
}

func TestAConsultationWithAnApplicationNamesItAsTheTarget(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		h.bell.where["echo"] = true
		talk, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{"echo"}})
		h.want(err, nil)
		synctest.Wait()
		echo, err := h.bell.latest().Answer(h.Context(), call.Seat{})
		h.want(err, nil)
		synctest.Wait()
		h.want(cn.Transfer(h.Context(), call.Transfer{TargetCall: talk.ID()}), nil)
		h.pass(time.Second)
		h.want(caller.p.Call(), echo.View().ServerCallID)
		data := string(h.book.last("CallTransferAccepted").Data)
		h.want(strings.Contains(data, `"transferTarget":{`) && strings.Contains(data, "echo"), true)
	})
}

func TestATransferForWhichThereIsNoRoomSaysSo(t *testing.T) {
	inHouse(t, func(h *house) {
		h.open(func(cfg *call.Config) { cfg.Capacity.Calls = 1 })
		_, _, cn := h.conference()
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: carol, Transferee: bob}), nil)
		h.pass(time.Second)
		h.want(h.book.count(cn, "CallTransferFailed"), 1)
		h.want(h.result("CallTransferFailed"), []int{429, 8530})
	})
}
