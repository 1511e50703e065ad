package call

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Machine is a state machine as data: the table that the server runs by, and
// what bounds the stay in each state.
type Machine struct {
	// Name says whose states they are: "connection", "participant".
	Name string `json:"name"`
	// About is a sentence.
	About string `json:"about"`
	// First is where it begins, Last are the states without a way out.
	First State   `json:"first"`
	Last  []State `json:"last"`
	// Moves are all ways to change.
	Moves []Change `json:"moves"`
	// Waits names, for every state in which something is waited for, the
	// time-out that ends the wait.
	Waits map[State]string `json:"waits"`
	// Passing are states that are left in the turn in which they are entered.
	Passing []State `json:"passing,omitempty"`
}

// Change is a line of the table: on this, from any of these, to that.
type Change struct {
	On   string  `json:"on"`
	From []State `json:"from"`
	To   State   `json:"to"`
}

// Machines are the state machines of a call.
func Machines() []Machine {
	return []Machine{
		{
			Name: "connection", About: "An application's seat at a call: what callConnectionState shows.",
			First: Connecting, Last: []State{Disconnected}, Moves: connectionTable.list(),
			Waits: map[State]string{
				Connecting: "timeout-establish", Connected: "timeout-call", Transferring: "timeout-transfer",
				Disconnecting: "timeout-closing",
			},
			Passing: []State{TransferAccepted},
		},
		{
			Name: "participant", About: "Somebody in a call, or on the way into it or out of it.",
			First: Idle, Last: []State{Gone}, Moves: participantTable.list(),
			Waits: map[State]string{
				Dialing: "timeout-establish", Ringing: "timeout-establish", EarlyMedia: "timeout-establish",
				InLobby: "timeout-lobby", Present: "timeout-call", OnHold: "timeout-call",
			},
			Passing: []State{Idle},
		},
		{
			Name: "invitation", About: "Somebody being asked into a call: the first to act on it has it.",
			First: inviting, Last: []State{taken, declined, expired, withdrawn, redirected}, Moves: invitationTable.list(),
			Waits: map[State]string{inviting: "timeout-establish"},
		},
		{
			Name: "transfer", About: "A participant being handed to somebody else.",
			First: transferIdle, Last: []State{transferDone, transferFailed}, Moves: transferTable.list(),
			Waits: map[State]string{transferRunning: "timeout-transfer"}, Passing: []State{transferIdle},
		},
		{
			Name: "lobby", About: "Somebody at the door of a meeting: nobody in it is heard or hears.",
			First: outside, Last: []State{left}, Moves: lobbyTable.list(),
			Waits: map[State]string{
				waiting: "timeout-lobby", admitted: "timeout-establish", inside: "timeout-call",
			},
			Passing: []State{outside},
		},
	}
}

// list is the table as moves.
func (t *table) list() []Change {
	moves := make([]Change, len(t.moves))
	for i, m := range t.moves {
		moves[i] = Change{On: m.Name, To: State(m.Dst)}
		for _, s := range m.Src {
			moves[i].From = append(moves[i].From, State(s))
		}
	}
	return moves
}

// Mermaid is the machine as a Mermaid state diagram.
func (m Machine) Mermaid() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stateDiagram-v2\n    [*] --> %s\n", m.First)
	for _, mv := range m.Moves {
		for _, s := range mv.From {
			fmt.Fprintf(&b, "    %s --> %s: %s\n", s, mv.To, mv.On)
		}
	}
	for _, last := range m.Last {
		fmt.Fprintf(&b, "    %s --> [*]\n", last)
	}
	return b.String()
}

// States are all states of the machine, the first one first.
func (m Machine) States() []State {
	states := []State{m.First}
	add := func(s State) {
		if !slices.Contains(states, s) {
			states = append(states, s)
		}
	}
	for _, mv := range m.Moves {
		for _, s := range mv.From {
			add(s)
		}
		add(mv.To)
	}
	return states
}

// Check proves that the machine cannot be stuck: every state can be reached,
// every state but the last has a way out and leads to a last one, and every
// state that is not left at once has a time-out.
func (m Machine) Check() error {
	var wrong []error
	reached := m.reach([]State{m.First})
	for _, s := range m.States() {
		final := slices.Contains(m.Last, s)
		_, waits := m.Waits[s]
		switch ends := m.reach([]State{s}); {
		case !slices.Contains(reached, s):
			wrong = append(wrong, fmt.Errorf("%s: nothing leads to %s", m.Name, s))
		case final && len(ends) > 1:
			wrong = append(wrong, fmt.Errorf("%s: %s is last and leads on", m.Name, s))
		case !slices.ContainsFunc(ends, func(e State) bool { return slices.Contains(m.Last, e) }):
			wrong = append(wrong, fmt.Errorf("%s: %s does not come to an end", m.Name, s))
		case !final && !waits && !slices.Contains(m.Passing, s):
			wrong = append(wrong, fmt.Errorf("%s: nothing ends the wait in %s", m.Name, s))
		}
	}
	return errors.Join(wrong...)
}

// Leads says whether a single move leads from one state to the other.
func (m Machine) Leads(from, to State) bool {
	return slices.ContainsFunc(m.Moves, func(mv Change) bool {
		return mv.To == to && slices.Contains(mv.From, from)
	})
}

// reach is every state that can be come to from these, themselves included.
func (m Machine) reach(states []State) []State {
	for i := 0; i < len(states); i++ {
		for _, mv := range m.Moves {
			if slices.Contains(mv.From, states[i]) && !slices.Contains(states, mv.To) {
				states = append(states, mv.To)
			}
		}
	}
	return states
}
