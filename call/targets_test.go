package call_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// desk is a phone, and company somebody of a company.
const (
	desk    identity.ID = "4:+15551230001"
	company identity.ID = "8:orgid:33333333-3333-4333-8333-333333333333"
)

// kinds are targets of every kind, and with what a call to them fails if they are
// not there.
var kinds = map[string]struct {
	to     identity.ID
	absent call.Reason
}{
	"a user":              {carol, call.ReasonUnavailable},
	"a phone":             {desk, call.ReasonUnreachable},
	"a bot":               {"echo", call.ReasonUnavailable},
	"a user of a company": {company, call.ReasonUnavailable},
}

func TestACallIsRedirectedToATargetOfAnyKind(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				h.bell.where[kind.to] = true
				caller := h.offer(alice, bob)
				h.want(h.bell.latest().Redirect(h.Context(), kind.to), nil)
				synctest.Wait()
				h.want([]identity.ID{h.bell.latest().To(), h.bell.latest().From()}, []identity.ID{kind.to, alice})
				callee := h.accept()
				h.want([]bool{h.hears(caller, callee), h.hears(callee, caller)}, []bool{true, true})

				delete(h.bell.where, kind.to)
				caller = h.offer(alice, bob)
				h.want(h.bell.latest().Redirect(h.Context(), kind.to), nil)
				synctest.Wait()
				h.want(caller.ended(), kind.absent)
			})
		})
	}
}

func TestACallIsRedirectedToAnApplication(t *testing.T) {
	inHouse(t, func(h *house) {
		h.offer(alice, bob)
		h.want(h.bell.latest().Redirect(h.Context(), app), nil)
		synctest.Wait()
		cn, err := h.bell.latest().Answer(h.Context(), call.Seat{})
		h.want(err, nil)
		synctest.Wait()
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated"})
		h.want(cn.View().Participants, []call.Listed{{Identifier: alice}, {Identifier: bob}})
	})
}

func TestATransferGoesToATargetOfAnyKind(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				caller, cn := h.answered()
				delete(h.bell.where, kind.to)
				h.want(cn.Transfer(h.Context(), call.Transfer{Target: kind.to}), nil)
				synctest.Wait()
				h.want(h.result("CallTransferFailed"), []int{kind.absent.Code, kind.absent.Subcode})

				h.bell.where[kind.to] = true
				h.want(cn.Transfer(h.Context(), call.Transfer{Target: kind.to}), nil)
				synctest.Wait()
				target := h.accept()
				h.want([]bool{h.hears(caller, target), h.hears(target, caller)}, []bool{true, true})
				h.want(h.result("CallTransferAccepted"), []int{200, 0})
				h.want(strings.Contains(string(h.book.last("CallTransferAccepted").Data), string(kind.to)), true)
			})
		})
	}
}

// TestAPhoneIsShownTheNumberThatWasGivenForIt has every way to call one tried.
func TestAPhoneIsShownTheNumberThatWasGivenForIt(t *testing.T) {
	const number = "+1 555 123-0000"
	for name, rings := range map[string]func(h *house, cn *call.Connection, to identity.ID) error{
		"create": func(h *house, _ *call.Connection, to identity.ID) error {
			_, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{to}, CallerID: number})
			return err
		},
		"add": func(h *house, cn *call.Connection, to identity.ID) error {
			_, err := cn.Add(h.Context(), call.Addition{To: to, CallerID: number})
			return err
		},
		"transfer": func(h *house, cn *call.Connection, to identity.ID) error {
			return cn.Transfer(h.Context(), call.Transfer{Target: to, CallerID: number})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				h.bell.where[desk] = true
				_, cn := h.answered()
				h.want(rings(h, cn, desk), nil)
				synctest.Wait()
				h.want(h.bell.latest().From(), identity.ID("4:+15551230000"))
				h.want(strings.HasPrefix(h.book.last("IncomingCall").Subject, "/caller/4:+15551230000/"), true)
				h.bell.latest().Decline(call.ReasonDeclined)
				synctest.Wait()

				h.want(rings(h, cn, carol), nil)
				synctest.Wait()
				h.want(h.bell.latest().From().Kind(), identity.KindCommunicationUser)
				h.want(h.bell.latest().Redirect(h.Context(), desk), nil)
				synctest.Wait()
				h.want(h.bell.latest().From(), identity.ID("4:+15551230000"))
			})
		})
	}
}

func TestWhatIsSentAlongIsToldWithBothKindsOfHeaders(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.add(cn, call.Addition{To: bob, Custom: &call.CustomContext{VoIPHeaders: map[string]string{"order": "77"}}})
		told := string(h.book.last("IncomingCall").Data)
		h.want(strings.Contains(told, `"customContext":{"sipHeaders":{},"voipHeaders":{"order":"77"}}`), true)
		h.add(cn, call.Addition{To: carol})
		h.want(strings.Contains(string(h.book.last("IncomingCall").Data), "customContext"), false)
		h.want(h.bell.latest().Custom() == nil, true)
	})
}

// panicking is a way to reach people that has a mistake in it.
type panicking struct{ to identity.ID }

func (p panicking) Ring(inv *call.Invitation) bool {
	if inv.To() == p.to {
		panic("planted")
	}
	return false
}

func TestAMistakeInRingingEndsItsOwnCallOnly(t *testing.T) {
	inHouse(t, func(h *house) {
		h.Reach(panicking{carol})
		other, _ := h.answered()
		caller := h.offer(bob, carol)
		h.want(caller.ended(), call.ReasonCrash)
		h.want(other.ended().Message, "not ended")
		h.pass(time.Minute)
		h.want(h.Counts(), call.Counts{Calls: 1, Connections: 1})
	})
}
