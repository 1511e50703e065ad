package call_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// result is the resultInformation of the last event of a kind, as code and
// subcode.
func (h *house) result(kind string) []int {
	h.Helper()
	var e struct {
		Result call.Result `json:"resultInformation"`
	}
	if err := json.Unmarshal(h.book.last(kind).Data, &e); err != nil {
		h.Fatalf("%s: %v", kind, err)
	}
	return []int{e.Result.Code, e.Result.Subcode}
}

func (h *house) created(to ...identity.ID) *call.Connection {
	h.Helper()
	cn, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: to})
	if err != nil {
		h.Fatal(err)
	}
	synctest.Wait()
	return cn
}

func (h *house) add(cn *call.Connection, a call.Addition) string {
	h.Helper()
	id, err := cn.Add(h.Context(), a)
	if err != nil {
		h.Fatal(err)
	}
	synctest.Wait()
	return id
}

func TestACallThatIsCalledOffHasNotSucceeded(t *testing.T) {
	inHouse(t, func(h *house) {
		h.want(h.created(bob).Leave(h.Context()), nil)
		h.want(h.result("CreateCallFailed"), []int{487, 8542})

		leg := &phone{silent: true}
		if _, err := h.Offer(h.Context(), call.Offer{Leg: leg, From: alice, To: []identity.ID{app}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, err := h.bell.latest().Answer(h.Context(), call.Seat{}); err != nil {
			t.Fatal(err)
		}
		leg.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(h.result("AnswerFailed"), []int{404, 8522})

		_, cn := h.answered()
		h.add(cn, call.Addition{To: bob})
		h.want(cn.Remove(h.Context(), bob, call.Reference{}), nil)
		h.want(h.result("AddParticipantFailed"), []int{487, 8542})
	})
}

func TestOneWhoLeavesWhileAThirdIsAskedInEndsTheCallIfNobodyComes(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		if err := leg.p.Invite(h.Context(), bob); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want(cn.Leave(h.Context()), nil)
		synctest.Wait()
		h.want(leg.ended().Message, "not ended")
		h.bell.latest().Decline(call.ReasonDeclined)
		synctest.Wait()
		h.want(leg.ended(), call.ReasonEnded)
	})
}

func TestAnApplicationThatLeavesWithdrawsWhomItAdded(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		h.add(cn, call.Addition{To: bob})
		inv := h.bell.latest()
		h.want(cn.Leave(h.Context()), nil)
		synctest.Wait()
		h.want(inv.Reason(), call.ReasonCancelled)
		h.want(leg.ended(), call.ReasonEnded)
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "AddParticipantFailed", "CallDisconnected"})
	})
}

func TestAThirdWhoAnswersButNeverComesLeavesTheCallAsItWas(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		h.add(cn, call.Addition{To: bob})
		leg := &phone{silent: true}
		if _, err := h.bell.latest().Accept(h.Context(), call.Acceptance{Leg: leg}); err != nil {
			t.Fatal(err)
		}
		leg.p.Gone(call.ReasonMediaFailed)
		synctest.Wait()
		h.want(h.result("AddParticipantFailed"), []int{408, 10057})
		h.want(cn.View().Group, false)
		h.want(caller.ended().Message, "not ended")
		h.want(cn.Leave(h.Context()), nil)
		synctest.Wait()
		h.want(caller.ended(), call.ReasonEnded)
	})
}

func TestNobodyIsRungForACallThatIsEmpty(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := h.offer(alice, bob, carol)
		leg.p.Gone(call.ReasonLocal)
		synctest.Wait()
		for _, inv := range h.bell.rang {
			h.want(inv.Reason(), call.ReasonCallerGone)
		}
		h.want(h.Counts(), call.Counts{})
	})
}

func TestARedirectedAdditionIsKnownByTheIDThatWasTold(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		for _, ending := range []string{"AddParticipantSucceeded", "CancelAddParticipantSucceeded"} {
			id := h.add(cn, call.Addition{To: bob})
			h.want(h.bell.latest().Redirect(h.Context(), carol), nil)
			synctest.Wait()
			if ending == "AddParticipantSucceeded" {
				defer h.accept().p.Gone(call.ReasonLocal)
				h.want(cn.Remove(h.Context(), bob, call.Reference{}), nil)
			} else {
				h.want(cn.CancelAdd(h.Context(), id, call.Reference{}), nil)
			}
			synctest.Wait()
			var e struct {
				InvitationID string       `json:"invitationId"`
				Participant  *identity.ID `json:"participant"`
			}
			if err := json.Unmarshal(h.book.last(ending).Data, &e); err != nil {
				t.Fatal(err)
			}
			h.want(e.InvitationID, id)
			if e.Participant != nil {
				h.want(*e.Participant, bob)
			}
		}
	})
}

func TestRedirectingDoesNotStretchTheTimeThatWasAskedFor(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		began := time.Now()
		h.add(cn, call.Addition{To: bob, Timeout: 10 * time.Second})
		time.Sleep(9 * time.Second)
		h.want(h.bell.latest().Redirect(h.Context(), carol), nil)
		synctest.Wait()
		<-h.bell.latest().Done()
		h.want(time.Since(began), 10*time.Second)
	})
}

// dawdling is a leg that keeps the call busy while it is attached.
type dawdling struct{ phone }

func (d *dawdling) Attach(p *call.Participant) {
	d.p = p
	time.Sleep(2 * time.Second)
}

func TestOneWhoIsBackJustInTimeStays(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		h.add(cn, call.Addition{To: bob})
		leg.p.Lost()
		time.Sleep(119 * time.Second) // bob's invitation is over by now
		h.add(cn, call.Addition{To: carol})
		go func() {
			_, _ = h.bell.latest().Accept(h.Context(), call.Acceptance{Leg: &dawdling{}})
		}()
		time.Sleep(500 * time.Millisecond)
		go leg.p.Back() // it waits for the call, and behind it the timer
		time.Sleep(time.Minute)
		h.want(leg.ended().Message, "not ended")
	})
}

func TestEverybodyHasGoneBeforeTheConnectionIsClosed(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.want(cn.Terminate(h.Context()), nil)
		synctest.Wait()
		gone := 0
		for _, r := range h.book.records {
			var e struct{ State call.State }
			if r.Connection == cn.ID() && json.Unmarshal(r.Data, &e) == nil && e.State == call.Gone {
				gone++
			}
		}
		h.want(gone, 2)
		h.want(cn.View().State, call.Disconnected)
		h.want(cn.View().Participants, []call.Listed{})
	})
}

func TestWhatPlaysForOneEndsWhenTheyLeave(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.add(cn, call.Addition{To: bob})
		guest := h.accept()
		op := until("prompt", time.Hour)
		op.To = []identity.ID{bob, bob}
		h.want(cn.Start(h.Context(), op), nil)
		guest.p.Gone(call.ReasonLocal)
		time.Sleep(2 * time.Second)
		if got := h.book.told(cn, false); !slices.Contains(got, "test.prompt canceled") {
			h.Errorf("got %v", got)
		}
	})
}

func TestRepeatedTargetsAreOneAndTheCallerIsNone(t *testing.T) {
	inHouse(t, func(h *house) {
		cn := h.created(bob, bob, app, bob)
		h.want(len(h.bell.rang), 1)
		h.want(cn.View().Group, false)
		_, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{app}})
		if !errors.Is(err, call.ErrConflict) {
			h.Errorf("calling oneself: %v", err)
		}
	})
}

func TestACallThatIsTooLargeLeavesNoTrace(t *testing.T) {
	inHouse(t, func(h *house) {
		var many []identity.ID
		for i := range 10_000 {
			many = append(many, identity.ID(fmt.Sprintf("8:acs:r_%d", i)))
		}
		_, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: many})
		if !errors.Is(err, call.ErrTooMany) {
			h.Errorf("got %v", err)
		}
		h.want(len(h.book.records), 0)
	})
}

func TestWhoHasLeftAsksForNothing(t *testing.T) {
	inHouse(t, func(h *house) {
		one, two := &phone{}, &phone{}
		for leg, who := range map[*phone]identity.ID{one: alice, two: bob} {
			if _, err := h.Join(h.Context(), call.Joining{Leg: leg, Group: "standup", From: who}); err != nil {
				t.Fatal(err)
			}
		}
		one.p.Gone(call.ReasonLocal)
		for _, err := range []error{
			one.p.EndForEveryone(h.Context()), one.p.MuteOthers(h.Context()),
			one.p.Invite(h.Context(), carol), one.p.Remove(h.Context(), bob),
		} {
			if !errors.Is(err, call.ErrEnded) {
				h.Errorf("got %v", err)
			}
		}
		h.want(two.ended().Message, "not ended")
	})
}

// broken is a leg that panics when it is shown the call, or when it is attached.
type broken struct {
	phone
	attach bool
}

func (b *broken) Attach(p *call.Participant) {
	b.phone.Attach(p)
	if b.attach {
		panic("planted")
	}
}

func (b *broken) Show(call.Roster) { panic("planted") }
func (b *broken) Port() media.Port { return nil }

func TestABrokenLegEndsItsOwnCallOnly(t *testing.T) {
	inHouse(t, func(h *house) {
		other, _ := h.answered()
		for _, attach := range []bool{false, true} {
			leg := &broken{attach: attach}
			_, err := h.Offer(h.Context(), call.Offer{Leg: leg, From: bob, To: []identity.ID{carol}})
			h.want(err != nil, attach)
			synctest.Wait()
			h.want(leg.ended(), call.ReasonCrash)
		}
		h.want(other.ended().Message, "not ended")
		h.want(h.Counts().Calls, 1)
	})
}

func TestAnOperationWithoutAClosingEventHasFailed(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		op := until("mute", 0)
		op.Run = func(context.Context, *call.Stage) call.Event { return nil }
		h.want(cn.Start(h.Context(), op), nil)
		synctest.Wait()
		h.want(h.book.last("mute failed").Connection, cn.ID())
	})
}
