package call_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

func TestAnApplicationConnectsToARunningCall(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := &phone{}
		_, err := h.Join(h.Context(), call.Joining{Leg: leg, Group: "standup", From: alice})
		h.want(err, nil)
		synctest.Wait()
		for _, l := range []call.Locator{{GroupID: "standup"}, {ServerCallID: leg.p.Call()}} {
			cn, err := h.Connect(h.Context(), call.Connect{Seat: call.Seat{As: app}, Locator: l})
			h.want(err, nil)
			synctest.Wait()
			h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated"})
			h.want(cn.View().ServerCallID, leg.p.Call())
			h.want(cn.Leave(h.Context()), nil)
		}
		h.want(leg.ended().Message, "not ended")
	})
}

func TestConnectingToNoCallFailsByEvent(t *testing.T) {
	inHouse(t, func(h *house) {
		expired := call.Reason{Code: 403, Subcode: 5829, Message: "The room is not open."}
		for _, in := range []call.Connect{
			{Locator: call.Locator{GroupID: "nobody"}}, {Locator: call.Locator{RoomID: "1"}, Refused: &expired},
		} {
			cn, err := h.Connect(h.Context(), in)
			h.want(err, nil)
			h.want(cn.View().State, call.Connecting)
			h.pass(time.Second)
			h.want(h.book.told(cn, true), []string{"ConnectFailed"})
		}
		h.want(h.result("ConnectFailed"), []int{403, 5829})
		for _, r := range h.book.records {
			if r.Connection == "" {
				h.Errorf("a call that is none says %s", r.Type)
			}
		}
	})
}

func TestAnApplicationThatCameLaterLeavesACallOfTwoAsItIs(t *testing.T) {
	inHouse(t, func(h *house) {
		caller := h.offer(alice, bob)
		callee := h.accept()
		cn, err := h.Connect(h.Context(), call.Connect{Seat: call.Seat{As: app}, Locator: call.Locator{ServerCallID: caller.p.Call()}})
		h.want(err, nil)
		synctest.Wait()
		h.want(cn.Leave(h.Context()), nil)
		synctest.Wait()
		h.want([]bool{h.hears(caller, callee), h.hears(callee, caller)}, []bool{true, true})
		callee.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(caller.ended(), call.ReasonLocal)
	})
}

func TestTheLastToLeaveIsToldThatNobodyIsRungAnyMore(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := &phone{}
		_, err := h.Join(h.Context(), call.Joining{Leg: leg, Group: "standup", From: alice})
		h.want(err, nil)
		synctest.Wait()
		cn := h.watching(leg)
		h.want(leg.p.Invite(h.Context(), bob), nil)
		leg.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(cn.Leave(h.Context()), nil)
		synctest.Wait()
		h.want(h.bell.latest().Reason(), call.ReasonCallerGone)
		told := h.book.told(cn, false)
		h.want(told[len(told)-3:], []string{"botd.participant.state", "botd.participant.state", "CallDisconnected"})
		h.want(h.Counts(), call.Counts{})
	})
}

func TestAnApplicationThatComesToAnotherAloneIsGivenAWhile(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := &phone{}
		_, err := h.Join(h.Context(), call.Joining{Leg: leg, Group: "standup", From: alice})
		h.want(err, nil)
		synctest.Wait()
		first := h.watching(leg)
		leg.p.Gone(call.ReasonLocal)
		synctest.Wait()
		second := h.watching(leg)
		h.want(first.Leave(h.Context()), nil)
		synctest.Wait()
		h.want(second.View().State, call.Connecting)
		_, err = h.Join(h.Context(), call.Joining{Leg: &phone{}, Group: "standup", From: bob})
		h.want(err, nil)
		synctest.Wait()
		h.want(h.book.told(second, true), []string{"CallConnected", "ParticipantsUpdated"})
	})
}

func TestWhoIsHeldNeitherHearsNorIsHeard(t *testing.T) {
	inHouse(t, func(h *house) {
		first, second, cn := h.conference()
		h.want(cn.Hold(h.Context(), call.Hold{Who: bob}), nil)
		h.want(second.p.Hold(h.Context()), nil)
		h.pass(time.Second)
		h.want([]bool{h.hears(first, second), h.hears(second, first)}, []bool{false, false})
		h.want(cn.View().Participants[2], call.Listed{Identifier: bob, Held: true})
		h.want(cn.Unhold(h.Context(), call.Hold{Who: bob}), nil)
		synctest.Wait()
		h.want(h.hears(first, second), false) // it holds the call itself
		h.want(second.p.Resume(h.Context()), nil)
		synctest.Wait()
		h.want([]bool{h.hears(first, second), h.hears(second, first)}, []bool{true, true})
		h.want(h.book.count(cn, "HoldFailed"), 0)
	})
}

func TestHoldMusicThatCannotBeOpenedIsAnEvent(t *testing.T) {
	inHouse(t, func(h *house) {
		first, second, cn := h.conference()
		h.want(cn.Hold(h.Context(), call.Hold{
			Who:     bob,
			Music:   func(context.Context) (media.Source, error) { return nil, errors.New("no such file") },
			Explain: func(error) call.Result { return call.Result{Code: 400, Subcode: 8536} },
		}), nil)
		synctest.Wait()
		h.want(h.book.count(cn, "HoldFailed"), 1)
		h.want(h.hears(first, second), true)
	})
}

func TestUnmuteUndoesTheMuteOfOthersOnly(t *testing.T) {
	inHouse(t, func(h *house) {
		first, second, cn := h.conference()
		second.p.SelfMute()
		synctest.Wait()
		h.want(cn.MuteAll(h.Context(), nil, call.Reference{}), nil)
		h.want(cn.Unmute(h.Context(), []identity.ID{alice, bob}, call.Reference{}), nil)
		synctest.Wait()
		h.want([]bool{h.hears(first, second), h.hears(second, first)}, []bool{false, true})
		h.want(cn.MuteAll(h.Context(), []identity.ID{bob}, call.Reference{}), nil)
		second.p.SelfUnmute()
		synctest.Wait()
		h.want([]bool{h.hears(first, second), h.hears(second, first)}, []bool{true, false})
	})
}

func TestWhoHearsWhomFollowsTheRouting(t *testing.T) {
	type row struct {
		routing call.Routing
		// heard is listener>speaker for alice, bob and carol, in that order.
		ab, ac, ba, bc, ca, cb bool
	}
	for name, r := range map[string]row{
		"all":     {call.Routing{Preset: call.HearAll}, true, true, true, true, true, true},
		"coach":   {call.Routing{Preset: call.HearCoach, Coach: carol, Coached: []identity.ID{bob}}, true, false, true, true, true, true},
		"private": {call.Routing{Preset: call.HearPrivate, Participants: []identity.ID{alice, bob}}, true, false, true, false, false, false},
		"interpreter": {
			call.Routing{Preset: call.HearInterpreter, Interpreter: carol, Speaker: alice, Listeners: []identity.ID{bob}},
			true, false, false, true, true, true,
		},
		"pairs": {call.Routing{Preset: call.HearPairs, Pairs: []call.Pair{{Listener: alice, Speaker: carol}}}, false, true, false, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				a, b, cn := h.conference()
				h.want(cn.Route(h.Context(), r.routing, call.Reference{}), nil)
				_, err := cn.Add(h.Context(), call.Addition{To: carol})
				h.want(err, nil)
				synctest.Wait()
				c := h.accept() // the routing holds for those who come later
				h.want([]bool{h.hears(a, b), h.hears(a, c), h.hears(b, a), h.hears(b, c), h.hears(c, a), h.hears(c, b)},
					[]bool{r.ab, r.ac, r.ba, r.bc, r.ca, r.cb})
				h.want(cn.Route(h.Context(), call.Routing{}, call.Reference{}), nil)
				synctest.Wait()
				h.want([]bool{h.hears(a, b), h.hears(c, a)}, []bool{true, true})
			})
		})
	}
}

func TestAnsweredMediaThatNeverComesEndsTheWait(t *testing.T) {
	inHouse(t, func(h *house) {
		h.offer(alice, bob)
		leg := &phone{silent: true}
		_, err := h.bell.latest().Accept(h.Context(), call.Acceptance{Leg: leg})
		h.want(err, nil)
		h.pass(86 * time.Second)
		h.want(leg.ended(), call.ReasonMediaFailed)
		h.want(h.Counts().Calls, 0)
	})
}

func TestAnOperationThatDoesNotEndDoesNotKeepItsConnection(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		stuck := make(chan struct{})
		h.want(cn.Start(h.Context(), call.Operation{
			Name: "stuck", Failed: call.CallTransferFailed{}, Canceled: call.CallTransferFailed{},
			Run: func(context.Context, *call.Stage) call.Event { <-stuck; return nil },
		}), nil)
		h.want(cn.Leave(h.Context()), nil)
		h.pass(11 * time.Second)
		h.want(h.book.told(cn, true)[2:], []string{"CallTransferFailed", "CallDisconnected"})
		close(stuck)
		synctest.Wait()
	})
}

func TestTheCallAsItIsCanBeRead(t *testing.T) {
	inHouse(t, func(h *house) {
		_, _, cn := h.conference()
		v, err := h.CallOf(cn.View().ServerCallID)
		h.want(err, nil)
		h.want([]int{len(v.Members), len(v.Connections), len(v.Invitations), len(h.Calls())}, []int{3, 1, 0, 1})
		h.want(v.Connections[0].State, call.Connected)
		if v.Sequence == 0 || v.Sequence > uint64(len(h.book.records)) {
			h.Errorf("sequence %d", v.Sequence)
		}
	})
}

func TestPeopleWhoComeAndGoAreToldOfTheCall(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, _ := h.answered()
		leg.p.Gone(call.ReasonLocal)
		synctest.Wait()
		var kinds []string
		for _, r := range h.book.records {
			if r.Connection == "" && r.Subject != "" {
				kinds = append(kinds, short(r))
			}
		}
		h.want(kinds, []string{"CallStarted", "IncomingCall", "CallParticipantAdded", "CallParticipantRemoved", "CallEnded"})
	})
}

func TestMusicThatComesAfterItsApplicationHasGoneHoldsNobody(t *testing.T) {
	inHouse(t, func(h *house) {
		first, second, cn := h.conference()
		h.want(cn.Hold(h.Context(), call.Hold{Who: bob, Music: func(context.Context) (media.Source, error) {
			time.Sleep(time.Minute) // it does not know when to stop
			return nil, nil         //nolint:nilnil // silence
		}}), nil)
		h.want(cn.Leave(h.Context()), nil)
		h.pass(2 * time.Minute)
		h.want([]bool{h.hears(first, second), h.hears(second, first)}, []bool{true, true})
	})
}

func TestHoldMusicPlaysUntilTheLastDeviceIsNotHeldAnyMore(t *testing.T) {
	inHouse(t, func(h *house) {
		h.enter(alice, call.Presenter, false)
		one, two := h.enter(bob, call.Attendee, false), h.enter(bob, call.Attendee, false)
		cn := h.controlled()
		h.want(cn.Hold(h.Context(), call.Hold{Who: bob, Music: func(context.Context) (media.Source, error) {
			return media.SourceFunc(func(*media.Frame) error { return nil }), nil
		}}), nil)
		synctest.Wait()
		music := h.bridges[0].tapes[0]
		h.want(music.to, []string{one.p.ID(), two.p.ID()})
		h.want(one.p.Leave(h.Context()), nil)
		h.want(music.stopped.Load(), false)
		h.want(cn.Unhold(h.Context(), call.Hold{Who: bob}), nil)
		h.want(music.stopped.Load(), true)
	})
}
