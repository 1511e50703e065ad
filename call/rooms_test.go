package call_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// controlled is an application's connection to the room's call.
func (h *house) controlled() *call.Connection {
	h.Helper()
	cn, err := h.Connect(h.Context(), call.Connect{Seat: call.Seat{As: app}, Locator: call.Locator{RoomID: room}})
	if err != nil {
		h.Fatal(err)
	}
	synctest.Wait()
	return cn
}

func TestWhatRunsForSomebodyEndsWhenTheyAreSentBackToTheLobby(t *testing.T) {
	inHouse(t, func(h *house) {
		h.enter(alice, call.Presenter, false)
		h.enter(bob, call.Attendee, false)
		cn := h.controlled()
		op, prompt := until("ask", time.Hour), until("tell", time.Hour)
		op.Listen, prompt.To = bob, []identity.ID{bob}
		h.want(cn.Start(h.Context(), op), nil)
		h.want(cn.Start(h.Context(), prompt), nil)
		synctest.Wait()
		h.want(h.Return(h.Context(), room, []identity.ID{bob}), nil)
		h.pass(2 * time.Second)
		told := h.book.told(cn, false)
		h.want([]bool{slices.Contains(told, "test.ask canceled"), slices.Contains(told, "test.tell canceled")}, []bool{true, true})
	})
}

func TestWhoIsTakenOffTheListIsNotAskedInAnyMore(t *testing.T) {
	inHouse(t, func(h *house) {
		host := h.enter(alice, call.Presenter, false)
		h.want(host.p.Invite(h.Context(), bob), nil)
		synctest.Wait()
		h.want(h.Expel(h.Context(), room, bob, call.ReasonUnlisted), nil)
		synctest.Wait()
		leg := &phone{}
		if _, err := h.bell.latest().Accept(h.Context(), call.Acceptance{Leg: leg}); !errors.Is(err, call.ErrNoCall) {
			h.Errorf("accept: %v", err)
		}
		h.want(h.Counts().Invitations, 0)
	})
}

func TestARoomWithoutDialOutIsNotLedToAPhoneByARedirect(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := &phone{}
		_, err := h.Join(h.Context(), call.Joining{Leg: leg, Room: room, From: alice, Role: call.Presenter})
		h.want(err, nil)
		h.want(leg.p.Invite(h.Context(), app), nil)
		synctest.Wait()
		if err := h.bell.latest().Redirect(h.Context(), "4:+15551230001"); !errors.Is(err, call.ErrForbidden) {
			h.Errorf("redirect: %v", err)
		}
		h.want(h.Counts().Invitations, 1)
	})
}

func TestATransferOutOfARoomWithoutDialOutCallsNoPhones(t *testing.T) {
	inHouse(t, func(h *house) {
		_, err := h.Join(h.Context(), call.Joining{Leg: &phone{}, Room: room, From: alice, Role: call.Presenter})
		h.want(err, nil)
		cn := h.controlled()
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: bob, Transferee: alice}), nil)
		h.pass(time.Second)
		if err := h.bell.latest().Redirect(h.Context(), "4:+15551230001"); !errors.Is(err, call.ErrForbidden) {
			h.Errorf("redirect: %v", err)
		}
	})
}

func TestSomebodyWithTwoDevicesIsAdmittedMutedAndRemovedOnBoth(t *testing.T) {
	inHouse(t, func(h *house) {
		host := h.enter(alice, call.Presenter, false)
		one, two := h.enter(bob, call.Attendee, true), h.enter(bob, call.Attendee, true)
		h.want(host.p.Admit(h.Context()), nil)
		synctest.Wait()
		h.want([]bool{h.hears(host, one), h.hears(host, two)}, []bool{true, true})

		cn := h.controlled()
		h.want(cn.MuteAll(h.Context(), nil, call.Reference{}), nil)
		h.want([]bool{h.hears(host, one), h.hears(host, two)}, []bool{false, false})
		h.want(cn.Unmute(h.Context(), []identity.ID{bob}, call.Reference{}), nil)
		h.want([]bool{h.hears(host, one), h.hears(host, two)}, []bool{true, true})
		h.want(cn.Hold(h.Context(), call.Hold{Who: bob}), nil)
		h.want([]bool{h.hears(host, one), h.hears(host, two)}, []bool{false, false})
		h.want(cn.Unhold(h.Context(), call.Hold{Who: bob}), nil)
		h.want([]bool{h.hears(host, one), h.hears(host, two)}, []bool{true, true})
		h.want(host.p.MuteOthers(h.Context(), bob), nil)
		h.want([]bool{h.hears(host, one), h.hears(host, two)}, []bool{false, false})

		h.want(cn.Remove(h.Context(), bob, call.Reference{}), nil)
		synctest.Wait()
		h.want([]call.Reason{one.ended(), two.ended()}, []call.Reason{call.ReasonRemoved, call.ReasonRemoved})
		h.want(h.book.count(cn, "RemoveParticipantSucceeded"), 1)
	})
}

func TestMutingTheOthersLeavesOnesOwnDevicesAsTheyAre(t *testing.T) {
	inHouse(t, func(h *house) {
		host, other := h.enter(alice, call.Presenter, false), h.enter(alice, call.Presenter, false)
		guest := h.enter(bob, call.Attendee, false)
		h.want(host.p.MuteOthers(h.Context()), nil)
		h.want([]bool{h.hears(guest, host), h.hears(guest, other), h.hears(host, guest)}, []bool{true, true, false})
	})
}

func TestAdmittingWhoWasAdmittedAlreadyIsNoError(t *testing.T) {
	inHouse(t, func(h *house) {
		host, guest := h.enter(alice, call.Presenter, false), &phone{silent: true}
		_, err := h.Join(h.Context(), call.Joining{Leg: guest, Room: room, From: bob, Lobby: true, Role: call.Attendee})
		h.want(err, nil)
		h.want(host.p.Admit(h.Context(), bob), nil)
		h.want(len(h.Waiting(room)), 1) // its media has not come
		h.want(h.Admit(h.Context(), room, []identity.ID{bob}), nil)
	})
}

func TestWhoIsSentBackToTheLobbyIsNotTransferred(t *testing.T) {
	inHouse(t, func(h *house) {
		h.enter(alice, call.Presenter, false)
		h.enter(bob, call.Attendee, false)
		cn := h.controlled()
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: carol, Transferee: bob}), nil)
		h.pass(time.Second)
		h.want(h.Return(h.Context(), room, []identity.ID{bob}), nil)
		h.pass(time.Second)
		h.want(h.book.count(cn, "CallTransferFailed"), 1)
		h.want(h.Counts(), call.Counts{Calls: 1, Connections: 1})
	})
}

func TestAnApplicationComesToACallInWhichEverybodyStillWaits(t *testing.T) {
	inHouse(t, func(h *house) {
		h.enter(bob, call.Attendee, true)
		cn := h.controlled()
		h.want(cn.View().State, call.Connected)
		h.want(cn.View().Participants, []call.Listed{{Identifier: app}})
		h.want(h.Admit(h.Context(), room, []identity.ID{bob}), nil)
		h.pass(time.Second)
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "ParticipantsUpdated"})
	})
}

func TestWhoWaitsWithOneDeviceAndIsThereWithAnotherIsThere(t *testing.T) {
	inHouse(t, func(h *house) {
		h.enter(alice, call.Presenter, false)
		waits, there := h.enter(bob, call.Attendee, true), h.enter(bob, call.Attendee, false)
		cn := h.controlled()
		_, talk := h.talking(carol)
		prompt := until("tell", time.Second)
		prompt.To, prompt.Listen = []identity.ID{bob}, bob
		h.want(cn.Start(h.Context(), prompt), nil)
		h.want(talk.Move(h.Context(), call.Move{From: cn.ID(), Who: []identity.ID{bob}}), nil)
		h.pass(time.Second)
		h.want(there.p.Call(), talk.View().ServerCallID)
		h.want(waits.state(), call.InLobby)
	})
}
