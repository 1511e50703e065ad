package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestARosterInWhichNothingChangedIsNotToldAgain(t *testing.T) {
	inHouse(t, func(h *house) {
		h.enter(alice, call.Presenter, false)
		guest := h.enter(bob, call.Attendee, true)
		cn := h.controlled()
		h.pass(time.Second)
		before := h.book.count(cn, "ParticipantsUpdated")
		guest.p.SelfMute()
		h.pass(time.Second)
		guest.p.SelfUnmute()
		h.pass(time.Second)
		h.want(h.book.count(cn, "ParticipantsUpdated"), before)
		h.want(h.Admit(h.Context(), room, nil), nil)
		synctest.Wait()
	})
}

func TestEverybodyIsShownTheSameListOfALargeCall(t *testing.T) {
	inHouse(t, func(h *house) {
		host, one, two := h.enter(alice, call.Presenter, false), h.enter(bob, call.Attendee, false), h.enter(carol, call.Attendee, false)
		guest := h.enter(app, call.Attendee, true)
		h.say(one)
		h.want([]int{len(host.roster.Members), len(one.roster.Members), len(guest.roster.Members)}, []int{4, 3, 1})
		if &one.roster.Members[0] != &two.roster.Members[0] {
			t.Error("a list is made for each of them")
		}
	})
}
