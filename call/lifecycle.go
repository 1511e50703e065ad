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

// The states of an invitation.
const (
	inviting   State = "ringing"
	taken      State = "taken"
	declined   State = "declined"
	expired    State = "expired"
	withdrawn  State = "withdrawn"
	redirected State = "redirected"
)

// The states of a transfer, as the calling client spells them
// (calling-client.md section 3.3).
const (
	transferIdle    State = "None"
	transferRunning State = "Transferring"
	transferDone    State = "Transferred"
	transferFailed  State = "Failed"
)

// The states of somebody at the lobby of a call.
const (
	outside  State = "outside"
	waiting  State = "waiting"
	admitted State = "admitted"
	inside   State = "inside"
	left     State = "left"
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
	move("lobby", from(Dialing, Ringing, EarlyMedia, Present, OnHold), InLobby),
	move("admitted", from(InLobby), Present),
	move("media", from(Dialing, Ringing, EarlyMedia), Present),
	move("hold", from(Present), OnHold),
	move("resume", from(OnHold), Present),
	move("gone", from(Idle, Dialing, Ringing, EarlyMedia, InLobby, Present, OnHold), Gone),
})

// invitationTable is every way an invitation can end.
var invitationTable = newTable(fsm.Events{
	move("answered", from(inviting), taken),
	move("declined", from(inviting), declined),
	move("timed out", from(inviting), expired),
	move("withdrawn", from(inviting), withdrawn),
	move("redirected", from(inviting), redirected),
})

// transferTable is every way a transfer can change.
var transferTable = newTable(fsm.Events{
	move("asked", from(transferIdle), transferRunning),
	move("accepted", from(transferRunning), transferDone),
	move("failed", from(transferRunning), transferFailed),
})

// lobbyTable is every way somebody passes through a lobby. Admitted is who may
// enter and has no media yet.
var lobbyTable = newTable(fsm.Events{
	move("arrived", from(outside), waiting),
	move("admitted", from(waiting), admitted),
	move("entered", from(admitted), inside),
	move("returned", from(admitted, inside), waiting),
	move("gone", from(waiting, admitted, inside), left),
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
