package call_test

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

func TestAnAnsweredCallIsConnectedThenListed(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated"})
		h.want(cn.View().State, call.Connected)
		h.want(cn.View().Participants, []call.Listed{{Identifier: alice}, {Identifier: app}})
		h.want(cn.View().Source, alice)
	})
}

func TestAnApplicationThatLeavesA1To1CallEndsIt(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		h.want(cn.Leave(h.Context()), nil)
		synctest.Wait()
		h.want(leg.ended(), call.ReasonEnded)
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "CallDisconnected"})
		if _, err := h.Connection(cn.ID()); !errors.Is(err, call.ErrNoCall) {
			h.Errorf("it can still be read: %v", err)
		}
		if err := cn.Leave(h.Context()); !errors.Is(err, call.ErrEnded) {
			h.Errorf("leaving twice: %v", err)
		}
	})
}

func TestACallerWhoHangsUpWhileItRingsTakesTheInvitationAlong(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := h.offer(alice, app)
		inv := h.bell.latest()
		leg.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(inv.Reason(), call.ReasonCallerGone)
		_, err := inv.Answer(h.Context(), call.Seat{})
		if !errors.Is(err, call.ErrNoCall) {
			h.Errorf("answering too late: %v", err)
		}
	})
}

func TestTheFirstToAnswerHasTheCall(t *testing.T) {
	inHouse(t, func(h *house) {
		h.offer(alice, bob)
		inv := h.bell.latest()
		h.accept()
		h.want(inv.Reason(), call.ReasonElsewhere)
		if _, err := inv.Accept(h.Context(), call.Acceptance{Leg: &phone{}}); !errors.Is(err, call.ErrNoCall) {
			h.Errorf("the second one: %v", err)
		}
	})
}

func TestNobodyRegisteredFailsAtOnce(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := h.offer(alice, "8:acs:r_nobody")
		h.want(leg.ended(), call.ReasonUnavailable)
		leg = h.offer(alice, "4:+15551230001")
		h.want(leg.ended(), call.ReasonUnreachable)
	})
}

func TestRingingEndsWithTheEstablishmentTimeout(t *testing.T) {
	inHouse(t, func(h *house) {
		began := time.Now()
		leg := h.offer(alice, bob)
		inv := h.bell.latest()
		<-inv.Done()
		h.want(time.Since(began), 85*time.Second)
		synctest.Wait()
		h.want(leg.ended(), call.ReasonNoAnswer)
	})
}

func TestOneTargetOfTwoIsEnoughToConnectAGroupCall(t *testing.T) {
	inHouse(t, func(h *house) {
		cn, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{alice, bob}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want(cn.View().State, call.Connecting)
		h.accept()
		h.want(cn.View().State, call.Connected)
		h.bell.rang[0].Decline(call.ReasonDeclined)
		synctest.Wait()
		h.want(cn.View().State, call.Connected)
	})
}

func TestACreatedCallThatNobodyTakesFails(t *testing.T) {
	inHouse(t, func(h *house) {
		cn, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{alice, bob}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for _, inv := range h.bell.rang {
			inv.Decline(call.ReasonDeclined)
		}
		synctest.Wait()
		h.want(h.book.told(cn, true), []string{"CreateCallFailed"})
	})
}

func TestAddingSomebodyMakesItAGroupCallForGood(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		id, err := cn.Add(h.Context(), call.Addition{To: bob, Context: "bring bob"})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want(h.bell.latest().ID(), id)
		added := h.accept()
		time.Sleep(time.Second)
		h.want(h.book.told(cn, true), []string{
			"CallConnected", "ParticipantsUpdated", "AddParticipantSucceeded", "ParticipantsUpdated",
		})
		h.want(cn.Leave(h.Context()), nil)
		synctest.Wait()
		h.want(caller.ended().Message, "not ended")
		caller.p.Gone(call.ReasonLocal)
		added.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(h.Counts(), call.Counts{})
	})
}

func TestAnAdditionThatIsDeclinedLeavesTheCallAsItWas(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		if _, err := cn.Add(h.Context(), call.Addition{To: bob}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.bell.latest().Decline(call.ReasonDeclined)
		synctest.Wait()
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "AddParticipantFailed"})
		h.want(cn.View().State, call.Connected)
		h.want(cn.Leave(h.Context()), nil) // 1:1 still: it ends
		synctest.Wait()
		h.want(caller.ended(), call.ReasonEnded)
	})
}

func TestACancelledAdditionTellsOnlyThat(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		id, err := cn.Add(h.Context(), call.Addition{To: bob})
		if err != nil {
			t.Fatal(err)
		}
		h.want(cn.CancelAdd(h.Context(), id, call.Reference{Context: "no"}), nil)
		h.want(cn.CancelAdd(h.Context(), id, call.Reference{Context: "again"}), nil)
		synctest.Wait()
		h.want(h.book.told(cn, true), []string{
			"CallConnected", "ParticipantsUpdated", "CancelAddParticipantSucceeded", "CancelAddParticipantFailed",
		})
	})
}

func TestAMutedParticipantIsListedSoAndMayUnmuteItself(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		h.want(cn.Mute(h.Context(), []identity.ID{alice}, call.Reference{}), nil)
		h.want(cn.Mute(h.Context(), []identity.ID{alice}, call.Reference{}), nil)
		synctest.Wait()
		h.want(leg.muted, 1)
		h.want(cn.View().Participants[0].Muted, true)
		leg.p.SelfUnmute()
		synctest.Wait()
		h.want(cn.View().Participants[0].Muted, false)
		if err := cn.Mute(h.Context(), []identity.ID{alice, carol}, call.Reference{}); !errors.Is(err, call.ErrNoParticipant) {
			h.Errorf("muting somebody who is not there: %v", err)
		}
		h.want(cn.View().Participants[0].Muted, false)
	})
}

func TestRosterChangesAreToldAtOnceAndThenAtMostFourTimesASecond(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		time.Sleep(time.Second)
		before := len(h.book.told(cn, true))
		for range 100 {
			leg.p.SelfMute()
			leg.p.SelfUnmute()
			time.Sleep(10 * time.Millisecond)
		}
		leg.p.SelfMute()
		time.Sleep(time.Second)
		if n := len(h.book.told(cn, true)) - before; n < 4 || n > 6 {
			h.Errorf("told %d times in a second of changes", n)
		}
		var last call.ParticipantsUpdated
		if err := json.Unmarshal(h.book.last("ParticipantsUpdated").Data, &last); err != nil {
			t.Fatal(err)
		}
		h.want(last.Participants, cn.View().Participants)
	})
}

func TestAProgramThatRedirectsForEverIsStopped(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := h.offer(alice, bob)
		for i := range 7 {
			err := h.bell.latest().Redirect(h.Context(), []identity.ID{carol, bob}[i%2])
			synctest.Wait()
			if err != nil {
				h.want(i, 6)
				break
			}
		}
		h.want(leg.ended(), call.ReasonUnavailable)
	})
}

func TestARedirectedParticipantKeepsTheNameItWasCalledBy(t *testing.T) {
	inHouse(t, func(h *house) {
		cn, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{bob}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want(h.bell.latest().Redirect(h.Context(), carol), nil)
		synctest.Wait()
		h.want(h.bell.latest().To(), carol)
		h.accept()
		h.want(cn.View().Participants, []call.Listed{{Identifier: app}, {Identifier: bob}})
	})
}

func TestGroupMembersMeetUnderTheGroupsID(t *testing.T) {
	inHouse(t, func(h *house) {
		one, two := &phone{}, &phone{}
		for leg, who := range map[*phone]identity.ID{one: alice, two: bob} {
			if _, err := h.Join(h.Context(), call.Joining{Leg: leg, Group: "standup", From: who}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		h.want(h.Counts().Calls, 1)
		h.want(len(one.roster.Members), 2)
		one.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(two.ended().Message, "not ended")
		two.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(h.Counts(), call.Counts{})
	})
}

func TestALostParticipantIsRemovedAtTheReconnectTimeout(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		leg.p.Lost()
		time.Sleep(60 * time.Second)
		leg.p.Back()
		time.Sleep(300 * time.Second)
		h.want(cn.View().State, call.Connected)
		leg.p.Lost()
		time.Sleep(121 * time.Second)
		h.want(leg.ended(), call.ReasonMediaLost)
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "CallDisconnected"})
	})
}

func TestApplicationsAmongThemselvesAreGivenAWhile(t *testing.T) {
	inHouse(t, func(h *house) {
		cn, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{bob}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		other, err := h.bell.latest().Answer(h.Context(), call.Seat{})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want(other.View().State, call.Connected)
		time.Sleep(29 * time.Second)
		h.want(cn.View().State, call.Connected)
		time.Sleep(2 * time.Second)
		h.want(h.Counts(), call.Counts{})
	})
}

func TestMediaThatNeverComesIsAFailedAnswer(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := &phone{silent: true}
		if _, err := h.Offer(h.Context(), call.Offer{Leg: leg, From: alice, To: []identity.ID{app}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		cn, err := h.bell.latest().Answer(h.Context(), call.Seat{})
		if err != nil {
			t.Fatal(err)
		}
		leg.p.Gone(call.ReasonMediaFailed)
		synctest.Wait()
		h.want(h.book.told(cn, true), []string{"AnswerFailed"})
	})
}

func TestNothingIsAnsweredThatIsNotDurable(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.book.broken = errors.New("disk full")
		err := cn.Mute(h.Context(), []identity.ID{alice}, call.Reference{})
		if !errors.Is(err, call.ErrNotDurable) {
			h.Errorf("got %v", err)
		}
		h.want(cn.View().Participants[0].Muted, false)
		h.book.broken = nil // too late: what follows would leave a gap
		synctest.Wait()
		h.want(h.Counts(), call.Counts{})
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated"})
	})
}

func TestEveryTransitionIsInTheTable(t *testing.T) {
	for _, c := range []struct {
		name     string
		from     call.State
		on       string
		to       call.State
		possible bool
	}{
		{"media makes it connected", call.Connecting, "established", call.Connected, true},
		{"a failed transfer brings it back", call.Transferring, "transfer failed", call.Connected, true},
		{"nothing connects twice", call.Connected, "established", call.Connected, false},
		{"an ended connection stays ended", call.Disconnected, "leave", call.Disconnected, false},
		{"a word that is in no table changes nothing", call.Connected, "dance", call.Connected, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := call.ConnectionAfter(c.from, c.on)
			if got != c.to || (err == nil) != c.possible || err != nil && !errors.Is(err, call.ErrWrongState) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestAConnectionWhoseProcessDiedIsClosedByWhatItWas(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.book.mu.Lock()
		var first call.Record
		for _, r := range h.book.records {
			if r.Connection == cn.ID() && r.Sequence == 1 {
				first = r
			}
		}
		h.book.mu.Unlock()
		for connected, want := range map[bool]string{true: "CallDisconnected", false: "AnswerFailed"} {
			r := call.Interrupted(first, connected, 9, 12, "id", time.Now())
			h.want(r.Type, "Microsoft.Communication."+want)
			h.want([]any{r.Closing, r.Sequence, r.CallSequence, r.Connection}, []any{true, 9, 12, cn.ID()})
			var data map[string]any
			if err := json.Unmarshal(r.Data, &data); err != nil {
				t.Fatal(err)
			}
			h.want(data["operationContext"], "hello")
			h.want(data["serverCallId"], first.Call)
			h.want(data["resultInformation"].(map[string]any)["subCode"], 9999)
		}
	})
}
