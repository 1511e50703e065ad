package call_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/call"
)

// TestWhoMayNotComeInAfterAllDoesNot has a change overtake people on their way
// in: it is asked for last, in the call itself.
func TestWhoMayNotComeInAfterAllDoesNot(t *testing.T) {
	inHouse(t, func(h *house) {
		barred := errors.New("taken off the list")
		join := func(leg *phone, role call.Role, err error) error {
			_, failed := h.Join(h.Context(), call.Joining{
				Leg: leg, Room: room, From: bob, Role: call.Presenter,
				Confirm: func() (call.Entry, error) { return call.Entry{Role: role}, err },
			})
			synctest.Wait()
			return failed
		}
		if err := join(&phone{}, "", barred); !errors.Is(err, barred) {
			h.Errorf("as the first one: %v", err)
		}
		h.want(h.Counts(), call.Counts{})
		h.want(len(h.book.records), 0)
		host := h.enter(alice, call.Presenter, false)
		if err := join(&phone{}, "", barred); !errors.Is(err, barred) {
			h.Errorf("into a running call: %v", err)
		}
		h.want(host.sees(bob), false)
		listener := &phone{}
		h.want(join(listener, call.Consumer, nil), nil)
		if err := listener.p.MuteOthers(h.Context()); !errors.Is(err, call.ErrForbidden) {
			h.Errorf("with the role of before: %v", err)
		}
	})
}
