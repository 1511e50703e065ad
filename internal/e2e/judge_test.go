package e2e

import (
	"fmt"
	"testing"
)

// line is an event of a connection; its number makes its id.
func line(n int, kind string) event {
	return event{ID: fmt.Sprint(n), Type: kind, Source: "calling/callConnections/c", Sequence: sequence(n)}
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
		all  bool
		told []int
		fine bool
	}{
		{"everything, in order", true, []int{1, 2, 3}, true},
		{"the contract's, in order", false, []int{1, 3}, true},
		{"some of it again after a kill", true, []int{1, 2, 1, 2, 3}, true},
		{"a gap", true, []int{1, 3}, false},
		{"the wrong order", true, []int{2, 1, 3}, false},
		{"the contract's in the wrong order", false, []int{3, 1}, false},
		{"not the end", false, []int{1}, false},
		{"what nobody asked for", false, []int{1, 2, 3}, false},
		{"nothing", true, nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			told := telling{all: row.all}
			for _, n := range row.told {
				told.events = append(told.events, known()[n-1])
			}
			if _, err := told.inOrder(known()); (err == nil) != row.fine {
				t.Errorf("judged %v", err)
			}
		})
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
