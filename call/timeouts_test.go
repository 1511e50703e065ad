package call_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// TestEveryTimeoutEndsInItsEvent waits until just before and just after each
// time-out. The code and subcode are those of events.md section 7.
func TestEveryTimeoutEndsInItsEvent(t *testing.T) {
	for name, row := range map[string]struct {
		after  time.Duration
		kind   string
		result []int
		begin  func(h *house)
	}{
		"a call of two that nobody answers": {85 * time.Second, "CreateCallFailed", []int{487, 10004}, func(h *house) { h.created(bob) }},
		"a group that nobody answers":       {85 * time.Second, "CreateCallFailed", []int{487, 10004}, func(h *house) { h.created(bob, carol) }},
		"a phone that nobody answers": {115 * time.Second, "CreateCallFailed", []int{487, 10004}, func(h *house) {
			h.bell.where["4:+15551230001"] = true
			h.created("4:+15551230001")
		}},
		"a third party who does not answer": {115 * time.Second, "AddParticipantFailed", []int{487, 10004}, func(h *house) {
			_, cn := h.answered()
			h.add(cn, call.Addition{To: bob})
		}},
		"a third party given a time of its own": {20 * time.Second, "AddParticipantFailed", []int{487, 10004}, func(h *house) {
			_, cn := h.answered()
			h.add(cn, call.Addition{To: bob, Timeout: 20 * time.Second})
		}},
		"an answer whose caller has no media": {85 * time.Second, "AnswerFailed", []int{408, 10057}, func(h *house) {
			_, err := h.Offer(h.Context(), call.Offer{Leg: &phone{silent: true}, From: alice, To: []identity.ID{app}})
			h.want(err, nil)
			synctest.Wait()
			_, err = h.bell.latest().Answer(h.Context(), call.Seat{})
			h.want(err, nil)
		}},
		"a third party who answers and has no media": {85 * time.Second, "AddParticipantFailed", []int{408, 10057}, func(h *house) {
			_, cn := h.answered()
			h.add(cn, call.Addition{To: bob})
			_, err := h.bell.latest().Accept(h.Context(), call.Acceptance{Leg: &phone{silent: true}})
			h.want(err, nil)
		}},
		"an application that waits for a call to be answered": {85 * time.Second, "ConnectFailed", []int{487, 10004}, func(h *house) {
			caller := h.offer(alice, bob)
			_, err := h.Connect(h.Context(), call.Connect{Seat: call.Seat{As: app}, Locator: call.Locator{ServerCallID: caller.p.Call()}})
			h.want(err, nil)
		}},
		"a transfer of one in a group that nobody takes": {60 * time.Second, "CallTransferFailed", []int{487, 10004}, func(h *house) {
			_, _, cn := h.conference()
			h.want(cn.Transfer(h.Context(), call.Transfer{Target: carol, Transferee: bob}), nil)
		}},
		"a transfer whose target answers and has no media": {60 * time.Second, "CallTransferFailed", []int{487, 10004}, func(h *house) {
			_, cn := h.answered()
			h.want(cn.Transfer(h.Context(), call.Transfer{Target: bob}), nil)
			synctest.Wait()
			_, err := h.bell.latest().Accept(h.Context(), call.Acceptance{Leg: &phone{silent: true}})
			h.want(err, nil)
		}},
		"a transfer that nobody takes": {60 * time.Second, "CallTransferFailed", []int{487, 10004}, func(h *house) {
			_, cn := h.answered()
			h.want(cn.Transfer(h.Context(), call.Transfer{Target: bob}), nil)
		}},
		"a peer that is lost": {120 * time.Second, "CallDisconnected", []int{410, 3112}, func(h *house) {
			leg, _ := h.answered()
			leg.p.Lost()
		}},
		"a call that lasts too long": {30 * time.Hour, "CallDisconnected", []int{200, 0}, func(h *house) { h.answered() }},
		"a call of applications only": {30 * time.Second, "CallDisconnected", []int{200, 0}, func(h *house) {
			leg, cn := h.answered()
			h.add(cn, call.Addition{To: bob})
			h.accept().p.Gone(call.ReasonLocal)
			synctest.Wait()
			leg.p.Gone(call.ReasonLocal)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				row.begin(h)
				synctest.Wait()
				h.pass(row.after - time.Second)
				if r := h.book.last(row.kind); r.Type != "" {
					h.Errorf("%s came before its time", r.Type)
				}
				h.pass(1100 * time.Millisecond)
				h.want(h.result(row.kind), row.result)
				h.want(h.book.last("expired").Type, "botd.timer.expired")
			})
		})
	}
}

func TestATransferThatTakesTooLongSendsItsTargetAway(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		h.want(cn.Transfer(h.Context(), call.Transfer{Target: bob}), nil)
		synctest.Wait()
		target := &phone{silent: true}
		_, err := h.bell.latest().Accept(h.Context(), call.Acceptance{Leg: target})
		h.want(err, nil)
		h.pass(61 * time.Second)
		h.want(h.book.count(cn, "CallTransferFailed"), 1)
		h.want(target.ended(), call.ReasonCallerGone)
		h.want([]any{caller.ended().Message, cn.View().State}, []any{"not ended", call.Connected})
	})
}

func TestACallHoldsThreeHundredAndFiftyPeople(t *testing.T) {
	inHouse(t, func(h *house) {
		for i := range 350 {
			_, err := h.Join(h.Context(), call.Joining{Leg: &phone{}, Group: "town-hall", From: identity.ID("8:acs:r_" + time.Duration(i).String())})
			h.want(err, nil)
		}
		_, err := h.Join(h.Context(), call.Joining{Leg: &phone{}, Group: "town-hall", From: bob})
		if !errors.Is(err, call.ErrFull) {
			h.Errorf("the 351st: %v", err)
		}
		cn, err := h.Connect(h.Context(), call.Connect{Seat: call.Seat{As: app}, Locator: call.Locator{GroupID: "town-hall"}})
		h.want(err, nil) // applications are not counted
		synctest.Wait()
		if _, err := cn.Add(h.Context(), call.Addition{To: carol}); !errors.Is(err, call.ErrFull) {
			h.Errorf("adding the 351st: %v", err)
		}
	})
}
