package call_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

const room = "99123"

// enter lets somebody into the room's call, or into its lobby.
func (h *house) enter(who identity.ID, role call.Role, lobby bool) *phone {
	h.Helper()
	leg := &phone{}
	if _, err := h.Join(h.Context(), call.Joining{Leg: leg, Room: room, From: who, Role: role, Lobby: lobby}); err != nil {
		h.Fatalf("join: %v", err)
	}
	synctest.Wait()
	return leg
}

func (l *phone) state() call.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.roster.Members {
		if m.ID == l.roster.Self {
			return m.State
		}
	}
	return ""
}

func (l *phone) sees(who identity.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.roster.Members {
		if m.Identity == who && m.State != call.Gone {
			return true
		}
	}
	return false
}

func TestSomebodyInTheLobbyNeitherHearsNorIsHeardUntilAdmitted(t *testing.T) {
	inHouse(t, func(h *house) {
		host, guest := h.enter(alice, call.Presenter, false), h.enter(bob, call.Attendee, true)
		other := h.enter(carol, call.Attendee, false)
		h.want(guest.state(), call.InLobby)
		h.want([]bool{h.hears(host, guest), h.hears(guest, host)}, []bool{false, false})
		h.want([]bool{host.sees(bob), other.sees(bob), guest.sees(alice)}, []bool{true, false, false})
		h.want(len(h.Waiting(room)), 1)

		h.want(host.p.Admit(h.Context(), bob), nil)
		synctest.Wait()
		h.want(guest.state(), call.Present)
		h.want([]bool{h.hears(host, guest), h.hears(guest, host)}, []bool{true, true})

		h.want(h.Return(h.Context(), room, []identity.ID{bob}), nil)
		synctest.Wait()
		h.want(guest.state(), call.InLobby)
		h.want([]bool{h.hears(host, guest), h.hears(guest, host), h.hears(host, other)}, []bool{false, false, true})

		h.want(h.Refuse(h.Context(), room, []identity.ID{bob}), nil)
		synctest.Wait()
		h.want(guest.ended(), call.ReasonRefused)
	})
}

func TestWhoArrivesFirstIsNotAdmittedByThat(t *testing.T) {
	inHouse(t, func(h *house) {
		guest := h.enter(bob, call.Attendee, true)
		second := h.enter(carol, call.Attendee, true)
		guest.p.Connected()
		synctest.Wait()
		h.want([]call.State{guest.state(), second.state()}, []call.State{call.InLobby, call.InLobby})
		h.want(h.hears(guest, second), false)
		if err := guest.p.Admit(h.Context(), bob); !errors.Is(err, call.ErrForbidden) {
			h.Errorf("a guest admits itself: %v", err)
		}
		host := h.enter(alice, call.Presenter, false)
		h.want(host.p.Admit(h.Context()), nil)
		synctest.Wait()
		h.want([]bool{h.hears(host, guest), h.hears(guest, second)}, []bool{true, true})
	})
}

func TestTheIdOfARoomIsNotTheIdOfAGroup(t *testing.T) {
	inHouse(t, func(h *house) {
		host := h.enter(alice, call.Presenter, false)
		leg := &phone{}
		for _, group := range []string{room, "room:" + room} {
			if _, err := h.Join(h.Context(), call.Joining{Leg: leg, Group: group, From: bob}); err != nil {
				h.Fatal(err)
			}
			synctest.Wait()
			if leg.p.Call() == host.p.Call() {
				h.Errorf("group %q leads into the room's call", group)
			}
		}
	})
}

func TestWhoIsNotLetInInTimeIsSentAway(t *testing.T) {
	inHouse(t, func(h *house) {
		guest := h.enter(bob, call.Attendee, true)
		h.pass(30*time.Minute + time.Second)
		h.want(guest.ended(), call.ReasonLobby)
		h.want(h.Waiting(room), nil)
	})
}

func TestWhoIsAdmittedBeforeItsMediaCameEntersWithIt(t *testing.T) {
	inHouse(t, func(h *house) {
		host, guest := h.enter(alice, call.Presenter, false), &phone{silent: true}
		_, err := h.Join(h.Context(), call.Joining{Leg: guest, Room: room, From: bob, Lobby: true, Role: call.Attendee})
		h.want(err, nil)
		h.want(h.Admit(h.Context(), room, []identity.ID{bob}), nil)
		synctest.Wait()
		h.want(guest.state(), call.InLobby)
		guest.p.Connected()
		synctest.Wait()
		h.want(guest.state(), call.Present)
		h.want(h.hears(host, guest), true)
	})
}

func TestAConsumerIsNeverHeardWhateverItSays(t *testing.T) {
	inHouse(t, func(h *house) {
		host, quiet := h.enter(alice, call.Presenter, false), h.enter(bob, call.Consumer, false)
		quiet.p.SelfUnmute()
		synctest.Wait()
		h.want([]bool{h.hears(host, quiet), h.hears(quiet, host)}, []bool{false, true})
		h.want(h.Assign(h.Context(), room, bob, call.Attendee), nil)
		synctest.Wait()
		h.want(h.hears(host, quiet), true)
		h.want(h.Assign(h.Context(), room, bob, call.Consumer), nil)
		synctest.Wait()
		h.want(h.hears(host, quiet), false)
		h.want(h.Expel(h.Context(), room, bob, call.ReasonUnlisted), nil)
		synctest.Wait()
		h.want(quiet.ended(), call.ReasonUnlisted)
	})
}

func TestARoleThatMayNotIsRefused(t *testing.T) {
	inHouse(t, func(h *house) {
		h.enter(alice, call.Presenter, false)
		for _, role := range []call.Role{call.Attendee, call.Collaborator, call.Consumer} {
			p := h.enter(bob, role, false).p
			for what, err := range map[string]error{
				"invite": p.Invite(h.Context(), carol), "remove": p.Remove(h.Context(), alice),
				"mute": p.MuteOthers(h.Context()), "end": p.EndForEveryone(h.Context()),
				"admit": p.Admit(h.Context()), "return": p.Return(h.Context(), alice),
			} {
				if !errors.Is(err, call.ErrForbidden) {
					h.Errorf("%s may %s: %v", role, what, err)
				}
			}
			h.want(p.Leave(h.Context()), nil)
		}
	})
}

func TestARoomWithoutDialOutCallsNoPhones(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := &phone{}
		_, err := h.Join(h.Context(), call.Joining{Leg: leg, Room: room, From: alice, Role: call.Presenter})
		h.want(err, nil)
		if err := leg.p.Invite(h.Context(), "4:+15551230001"); !errors.Is(err, call.ErrForbidden) {
			h.Errorf("a phone is called: %v", err)
		}
		h.want(leg.p.Invite(h.Context(), bob), nil)
		h.phones.Store(true) // while the call goes on
		h.want(leg.p.Invite(h.Context(), "4:+15551230001"), nil)
	})
}

func TestWhatARoleForbidsIsWrittenDownOnce(t *testing.T) {
	inHouse(t, func(h *house) {
		h.enter(alice, call.Presenter, false)
		guest, waits := h.enter(bob, call.Attendee, false), h.enter(carol, call.Attendee, true)
		for range 3 {
			h.want(errors.Is(guest.p.MuteOthers(h.Context()), call.ErrForbidden), true)
			h.want(errors.Is(waits.p.Admit(h.Context()), call.ErrForbidden), true)
		}
		h.want(errors.Is(guest.p.EndForEveryone(h.Context()), call.ErrForbidden), true)
		var written []string
		for _, r := range h.book.records {
			if r.Type == "botd.participant.refused" {
				written = append(written, string(r.Data))
			}
		}
		h.want(len(written), 3)
		h.want(strings.Contains(written[0], string(bob)) && strings.Contains(written[0], `"operation":"mute others"`), true)
		h.want(strings.Contains(written[1], string(carol)) && strings.Contains(written[1], `"inLobby":true`), true)
		h.want(h.Assign(h.Context(), room, bob, call.Consumer), nil)
		h.want(errors.Is(guest.p.MuteOthers(h.Context()), call.ErrForbidden), true)
		h.want(strings.Contains(string(h.book.last("refused").Data), `"role":"Consumer"`), true)
	})
}

func TestWhoIsAskedIntoARoomHasARoleThere(t *testing.T) {
	inHouse(t, func(h *house) {
		host := h.enter(alice, call.Presenter, false)
		h.want(host.p.Invite(h.Context(), bob), nil)
		synctest.Wait()
		guest := h.accept()
		h.want(errors.Is(guest.p.EndForEveryone(h.Context()), call.ErrForbidden), true)
		h.want(errors.Is(guest.p.Remove(h.Context(), alice), call.ErrForbidden), true)
		h.want(h.hears(host, guest), true)
	})
}
