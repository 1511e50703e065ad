package call

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/looplab/fsm"
)

// The states of a connection, as the contract spells them (rest.md section 6.1).
const (
	Connecting       State = "connecting"
	Connected        State = "connected"
	Transferring     State = "transferring"
	TransferAccepted State = "transferAccepted"
	Disconnecting    State = "disconnecting"
	Disconnected     State = "disconnected"
)

// The states of a participant, as the calling client spells them
// (calling-client.md section 3.2).
const (
	Idle       State = "Idle"
	Dialing    State = "Connecting"
	Ringing    State = "Ringing"
	EarlyMedia State = "EarlyMedia"
	InLobby    State = "InLobby"
	Present    State = "Connected"
	OnHold     State = "Hold"
	Gone       State = "Disconnected"
)

// connectionTable is every way a connection can change. Read a line as "on
// this, from any of these, to that". A pair that is not here cannot happen.
var connectionTable = newTable(fsm.Events{
	move("established", from(Connecting), Connected),
	move("transfer", from(Connected), Transferring),
	move("transfer accepted", from(Transferring), TransferAccepted),
	move("transfer failed", from(Transferring), Connected),
	move("leave", from(Connecting, Connected, Transferring, TransferAccepted), Disconnecting),
	move("gone", from(Disconnecting), Disconnected),
})

// participantTable is every way a participant can change.
var participantTable = newTable(fsm.Events{
	move("dial", from(Idle), Dialing),
	move("ringing", from(Dialing), Ringing),
	move("early media", from(Dialing, Ringing), EarlyMedia),
	move("lobby", from(Dialing, Ringing, EarlyMedia), InLobby),
	move("media", from(Dialing, Ringing, EarlyMedia, InLobby), Present),
	move("hold", from(Present), OnHold),
	move("resume", from(OnHold), Present),
	move("gone", from(Idle, Dialing, Ringing, EarlyMedia, InLobby, Present, OnHold), Gone),
})

func move(on string, src []string, to State) fsm.EventDesc {
	return fsm.EventDesc{Name: on, Src: src, Dst: string(to)}
}

func from(states ...State) []string {
	src := make([]string, len(states))
	for i, s := range states {
		src[i] = string(s)
	}
	return src
}

// table answers where an event leads from a state. A machine of looplab/fsm
// holds its own copy of the whole table, several kilobytes; ten thousand
// connections share a few of them instead and keep only their state.
type table struct {
	moves    fsm.Events
	machines sync.Pool
}

func newTable(moves fsm.Events) *table {
	return &table{moves: moves, machines: sync.Pool{New: func() any {
		return fsm.NewFSM("", moves, nil)
	}}}
}

// after returns the state that on leads to from the given one, or
// ErrWrongState if it leads nowhere.
//
// The context is deliberately not the caller's: with a cancelled one,
// looplab/fsm v1.0.3 stays "in transition" for ever, and an impatient HTTP
// client must not be able to break a call.
func (t *table) after(state State, on string) (State, error) {
	m := t.machines.Get().(*fsm.FSM) //nolint:errcheck,forcetypeassert // the pool makes nothing else
	defer t.machines.Put(m)
	m.SetState(string(state))
	if err := m.Event(context.Background(), on); err != nil {
		if errors.As(err, new(fsm.InvalidEventError)) || errors.As(err, new(fsm.UnknownEventError)) {
			err = ErrWrongState
		}
		return state, fmt.Errorf("%s while %s: %w", on, state, err)
	}
	return State(m.Current()), nil
}
