package call_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// small runs a test in calls of three people.
func small(t *testing.T, f func(h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(c *call.Config) { c.MaxParticipants = 3 }, alice, bob, carol)
		f(h)
		h.want(h.Close(h.Context()), nil)
	})
}

// knock has somebody come to the lobby.
func (h *house) knock(who identity.ID) error {
	_, err := h.Join(h.Context(), call.Joining{Leg: &phone{}, Room: room, From: who, Role: call.Attendee, Lobby: true})
	synctest.Wait()
	return err
}

func guest(n int) identity.ID { return identity.ID(fmt.Sprintf("8:acs:r_guest%d", n)) }

// TestAFullLobbyKeepsNobodyOutOfTheCall has strangers who know the link come
// first, as many as a call holds.
func TestAFullLobbyKeepsNobodyOutOfTheCall(t *testing.T) {
	small(t, func(h *house) {
		for n := range 3 {
			h.want(h.knock(guest(n)), nil)
		}
		if err := h.knock(guest(3)); !errors.Is(err, call.ErrFull) {
			h.Errorf("one more in the lobby: %v", err)
		}
		host := h.enter(alice, call.Presenter, false)
		h.enter(bob, call.Attendee, false)
		h.want(host.state(), call.Present)
		h.want(len(h.Waiting(room)), 3)

		// One place is left inside: two are let in by turns, not together.
		if err := host.p.Admit(h.Context()); !errors.Is(err, call.ErrFull) {
			h.Errorf("all of the lobby: %v", err)
		}
		if err := h.Admit(h.Context(), room, []identity.ID{guest(0), guest(1)}); !errors.Is(err, call.ErrFull) {
			h.Errorf("two of the lobby: %v", err)
		}
		h.want(len(h.Waiting(room)), 3)
		h.want(h.Admit(h.Context(), room, []identity.ID{guest(0)}), nil)
		synctest.Wait()
		h.want(len(h.Waiting(room)), 2)
		if _, err := h.Join(h.Context(), call.Joining{Leg: &phone{}, Room: room, From: carol, Role: call.Attendee}); !errors.Is(err, call.ErrFull) {
			h.Errorf("a fourth in the call: %v", err)
		}
		if err := host.p.Invite(h.Context(), carol); !errors.Is(err, call.ErrFull) {
			h.Errorf("a fourth who is asked in: %v", err)
		}
		h.want(h.Return(h.Context(), room, []identity.ID{bob}), nil)
		h.want(host.p.Invite(h.Context(), carol), nil)
	})
}

// TestOneGuestDoesNotTakeAllPlacesOfALobby has one come again and again.
func TestOneGuestDoesNotTakeAllPlacesOfALobby(t *testing.T) {
	inHouse(t, func(h *house) {
		h.enter(alice, call.Presenter, false)
		came := 0
		for range 20 {
			switch err := h.knock(bob); {
			case err == nil:
				came++
			case !errors.Is(err, call.ErrConflict):
				h.Errorf("%v", err)
			}
		}
		h.want(came, 8)
		h.want(h.knock(carol), nil)
		h.want(h.Refuse(h.Context(), room, []identity.ID{bob}), nil)
		synctest.Wait()
		h.want(h.knock(bob), nil)
	})
}
