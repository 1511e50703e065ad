package call_test

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/botd-dev/botd/call"
)

// visits is where the plans have been. A model that never comes somewhere says
// nothing about it.
type visits struct {
	mu   sync.Mutex
	seen map[string]int
}

func (v *visits) note(what string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.seen == nil {
		v.seen = map[string]int{}
	}
	v.seen[what]++
}

// events are all that an application can be told of who is in its call.
var events = []string{
	"CallConnected", "CallDisconnected", "CreateCallFailed", "AnswerFailed", "ConnectFailed", "ParticipantsUpdated",
	"AddParticipantSucceeded", "AddParticipantFailed", "CancelAddParticipantSucceeded", "CancelAddParticipantFailed",
	"RemoveParticipantSucceeded", "MoveParticipantSucceeded", "MoveParticipantFailed",
	"CallTransferAccepted", "CallTransferFailed", "HoldFailed",
}

// check demands that every event was told, and every move of the tables made that
// is told.
func (v *visits) check(t *testing.T) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(v.seen)) {
		t.Logf("%8d %s", v.seen[what], what)
	}
	for _, kind := range events {
		if v.seen[kind] == 0 {
			t.Errorf("no plan has come to %s", kind)
		}
	}
	for _, machine := range call.Machines() {
		if machine.Name == "invitation" {
			continue // its outcomes are those of whoever is invited
		}
		for _, change := range machine.Moves {
			for _, from := range change.From {
				if step := machine.Name + " " + string(from) + " " + string(change.To); told(machine, from, change.To) && v.seen[step] == 0 {
					t.Errorf("no plan has made the step %s", step)
				}
			}
		}
	}
}

// told says whether a step can be read from the log, and is made by legs that
// there are: where somebody comes from is not told, nor is the end of a
// connection; early media, and ringing on the way to a lobby, are for phones.
func told(machine call.Machine, from, to call.State) bool {
	first := from == machine.First && slices.Contains(machine.Passing, from)
	phones := from == call.EarlyMedia || to == call.EarlyMedia || from == call.Ringing && to == call.InLobby
	return !first && !phones && to != call.Disconnected
}
