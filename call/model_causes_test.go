package call_test

import (
	"strings"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// causes holds one connection's log against what follows from what: it is told of
// nothing that it did not ask for, nor before it did, and of all that it asked for
// once.
type causes struct {
	m     *model
	log   []call.Record
	state call.State
	met   bool           // CallConnected has come
	after string         // the event of the contract that came last
	owed  map[string]int // outcomes that are still to come, by what was asked for
	there map[identity.ID]map[string]call.State
}

func (m *model) checkCauses(log []call.Record) {
	c := &causes{m: m, log: log, owed: map[string]int{}, there: map[identity.ID]map[string]call.State{}}
	for _, r := range log {
		c.order(r)
		c.follow(short(r), m.journal.read(r))
	}
	for what, n := range c.owed {
		if n != 0 {
			m.fail("%s: %d outcomes are missing in %v", what, n, m.names(log))
		}
	}
}

// order says that a connection is up before it is told of anything else, and is
// told first who is in the call.
func (c *causes) order(r call.Record) {
	kind := short(r)
	switch {
	case !r.Contract():
		return
	case kind == "CallConnected":
		if c.met || c.state != call.Connected {
			c.fail(kind, "while "+string(c.state))
		}
		c.met = true
	case r.Closing:
	case !c.met:
		c.fail(kind, "before CallConnected")
	case c.after == "CallConnected" && kind != "ParticipantsUpdated":
		c.fail(kind, "before the first ParticipantsUpdated")
	}
	c.after = kind
}

// outcomes are the events that end what an application asked for, by its name.
var outcomes = map[string]string{
	"AddParticipantSucceeded":       "addParticipant",
	"AddParticipantFailed":          "addParticipant",
	"CancelAddParticipantSucceeded": "addParticipant",
	"RemoveParticipantSucceeded":    "removeParticipant",
	"RemoveParticipantFailed":       "removeParticipant",
	"MoveParticipantSucceeded":      "moveParticipants",
	"MoveParticipantFailed":         "moveParticipants",
	"CallTransferAccepted":          "transferToParticipant",
	"CallTransferFailed":            "transferToParticipant",
}

func (c *causes) follow(kind string, s said) {
	switch kind {
	case "botd.connection.state":
		c.state = s.State
	case "botd.participant.state":
		c.see(s)
	case "botd.operation.accepted":
		c.owe(s)
	case "botd.transfer.state":
		if c.owed["transferToParticipant"] <= 0 {
			c.fail("a transfer is "+string(s.State), "before it was asked for")
		}
	case "AddParticipantSucceeded":
		c.arrived(s)
	case "CancelAddParticipantSucceeded", "CancelAddParticipantFailed":
		c.pay("cancelAddParticipant "+s.InvitationID, kind)
	}
	if of := outcomes[kind]; of != "" {
		c.pay(strings.TrimSpace(of+" "+s.InvitationID), kind)
	}
	if op, ok := strings.CutPrefix(kind, "test."); ok {
		c.pay(strings.Fields(op)[0], kind)
	}
}

// owe takes in what the connection asked for.
func (c *causes) owe(s said) {
	if c.state == call.Disconnecting {
		c.fail(s.Operation, "accepted while disconnecting")
	}
	switch s.Operation {
	case "moveParticipants":
		c.owed[s.Operation] += 2 // the model always moves two
	case "addParticipant", "cancelAddParticipant":
		c.owed[s.Operation+" "+s.InvitationID]++
	case "removeParticipant", "transferToParticipant":
		c.owed[s.Operation]++
	default:
		if strings.HasPrefix(s.Operation, "op") {
			c.owed[s.Operation]++
		}
	}
}

// pay takes in an outcome.
func (c *causes) pay(what, kind string) {
	if c.owed[what]--; c.owed[what] < 0 {
		c.fail(kind, "that the connection did not ask for, or not yet, or that came before")
	}
}

func (c *causes) see(s said) {
	if c.there[s.Identifier] == nil {
		c.there[s.Identifier] = map[string]call.State{}
	}
	c.there[s.Identifier][s.ParticipantID] = s.State
}

// arrived says that whoever was added is there: unless the application leaves,
// which does not wait for them.
func (c *causes) arrived(s said) {
	for _, state := range c.there[s.Participant] {
		if state == call.Present || state == call.OnHold {
			return
		}
	}
	if c.state != call.Disconnecting {
		c.fail("AddParticipantSucceeded", "of somebody who is not there")
	}
}

func (c *causes) fail(what, how string) {
	c.m.fail("%s %s in %v", what, how, c.m.names(c.log))
}
