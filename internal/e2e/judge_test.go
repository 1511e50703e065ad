package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

// line is an event of a connection; its number makes its id.
func line(n int, kind string) event {
	return event{ID: fmt.Sprint(n), Type: kind, Source: "calling/callConnections/c", Sequence: sequence(n), Data: json.RawMessage("{}")}
}

// known is a log to compare with: two events of the contract, one of botd's own
// between them.
func known() []event {
	return []event{
		line(1, "Microsoft.Communication.CallConnected"), line(2, "botd.participant.state"),
		line(3, "Microsoft.Communication.CallDisconnected"),
	}
}

func TestAWitnessNoticesWhatWasToldWrong(t *testing.T) {
	for _, row := range []struct {
		name string
		at   string
		told []int
		fine bool
	}{
		{"everything, in order", "first/call/all", []int{1, 2, 3}, true},
		{"the contract's, in order", "first/call/some", []int{1, 3}, true},
		{"some of it again after a kill", "first/call/all", []int{1, 2, 1, 2, 3}, true},
		{"a gap", "first/call/all", []int{1, 3}, false},
		{"the wrong order", "first/call/all", []int{2, 1, 3}, false},
		{"the contract's in the wrong order", "first/call/some", []int{3, 1}, false},
		{"not the end", "first/call/some", []int{1}, false},
		{"what nobody asked for", "first/call/some", []int{1, 2, 3}, false},
		{"nothing", "first/call/all", nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWitness()
			w.expect("c", row.at)
			for _, n := range row.told {
				w.hear(row.at, known()[n-1])
			}
			owed := w.owed("c", known())[row.at]
			if _, err := w.told[route{"c", row.at}].inOrder(owed); (err == nil) != row.fine {
				t.Errorf("judged %v", err)
			}
		})
	}
}

func TestAWitnessNoticesThatAnEventWasToldWithOtherContent(t *testing.T) {
	other := known()
	other[1].Data = json.RawMessage(`{"state":"Connected"}`)
	if _, err := (&telling{other}).inOrder(known()); err == nil {
		t.Error("it did not")
	}
}

func TestAWitnessKnowsWhereAResultIsOwed(t *testing.T) {
	w := newWitness()
	w.expect("c", "first/call/some")
	log := known()
	log[1] = line(2, "Microsoft.Communication.RemoveParticipantSucceeded")
	log[1].Data = json.RawMessage(`{"operationContext":"second"}`)
	owed := w.owed("c", log)
	if len(owed["first/call/some"]) != 2 || len(owed["second/result"]) != 1 || len(owed) != 2 {
		t.Errorf("owed %v", owed)
	}
	w.hear("first/call/some", log[0])
	w.hear("first/call/some", log[2])
	if n, _ := w.missing(map[string][]event{"c": log}, ""); n != 1 {
		t.Errorf("%d are missing although the result was not told", n)
	}
	if n, err := w.missing(map[string][]event{"c": log}, "first/"); n != 0 {
		t.Errorf("missing at the first is %v", err)
	}
	w.hear("second/result", log[1])
	if n, err := w.missing(map[string][]event{"c": log}, ""); n != 0 {
		t.Errorf("missing is %v", err)
	}
}

func TestAWitnessNoticesAnIDThatStandsForTwoCalls(t *testing.T) {
	w := newWitness()
	if err := errors.Join(w.ring("a", "x"), w.ring("a", "x"), w.ring("b", "y")); err != nil {
		t.Error(err)
	}
	if w.ring("a", "y") == nil {
		t.Error("it did not")
	}
}

func TestAWitnessNoticesALogThatCannotBe(t *testing.T) {
	whole := known()
	for _, row := range []struct {
		name string
		log  []event
		fine bool
	}{
		{"a whole one", whole, true},
		{"a gap", []event{whole[0], whole[2]}, false},
		{"no beginning", whole[1:], false},
		{"no end", whole[:2], false},
		{"two ends", append(known(), line(4, "Microsoft.Communication.AnswerFailed")), false},
		{"something after the end", append(known(), line(4, "botd.participant.state")), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if err := wellFormed(row.log); (err == nil) != row.fine {
				t.Errorf("judged %v", err)
			}
		})
	}
}
