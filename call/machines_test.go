package call_test

import (
	"testing"

	"github.com/botd-dev/botd/call"
)

func TestNoMachineCanBeStuck(t *testing.T) {
	for _, m := range call.Machines() {
		if err := m.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestAConnectionCanLeaveFromEverywhere(t *testing.T) {
	m := call.Machines()[0]
	for _, s := range m.States() {
		if s != call.Disconnecting && s != call.Disconnected && !m.Leads(s, call.Disconnecting) {
			t.Errorf("%s cannot leave", s)
		}
	}
}

func TestTheCheckerSeesWhatIsWrong(t *testing.T) {
	step := func(on string, from, to call.State) call.Change {
		return call.Change{On: on, From: []call.State{from}, To: to}
	}
	waits := map[call.State]string{"a": "timeout-a", "b": "timeout-b"}
	for name, m := range map[string]call.Machine{
		"a state without a way out":  {First: "a", Last: []call.State{"z"}, Moves: []call.Change{step("x", "a", "b"), step("y", "a", "z")}, Waits: waits},
		"a wait without a time-out":  {First: "a", Last: []call.State{"z"}, Moves: []call.Change{step("x", "a", "c"), step("y", "c", "z")}, Waits: waits},
		"a last state that leads on": {First: "a", Last: []call.State{"z"}, Moves: []call.Change{step("x", "a", "z"), step("y", "z", "b"), step("z", "b", "z")}, Waits: waits},
		"a state nobody comes to":    {First: "a", Last: []call.State{"z"}, Moves: []call.Change{step("x", "a", "z"), step("y", "b", "z")}, Waits: waits},
		"a circle":                   {First: "a", Last: []call.State{"z"}, Moves: []call.Change{step("x", "a", "b"), step("y", "b", "a")}, Waits: waits},
	} {
		if m.Check() == nil {
			t.Errorf("%s is not seen", name)
		}
	}
}
