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
