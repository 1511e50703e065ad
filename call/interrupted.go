package call

import (
	"encoding/json"
	"slices"
	"time"
)

// Interrupted is the closing record of a connection whose process died with
// it. first is the connection's first record, connected whether it ever was
// connected; sequence, callSequence, id and at are those of the new record.
func Interrupted(first Record, connected bool, sequence, callSequence uint64, id string, at time.Time) Record {
	var began struct {
		CorrelationID    string `json:"correlationId"`
		Kind             string `json:"kind"`
		OperationContext string `json:"operationContext"`
	}
	_ = json.Unmarshal(first.Data, &began) // what is missing stays empty
	cn := Connection{kind: began.Kind, context: began.OperationContext, wasConnected: connected, why: ReasonCrash}
	closing := cn.lastEvent()
	ids := common{first.Connection, first.Call, began.CorrelationID}
	return Record{
		ID: id, Type: closing.Type(), Time: at,
		Call: first.Call, CallSequence: callSequence, Connection: first.Connection, Sequence: sequence,
		Data: ids.stamp(closing), Trace: first.Trace, Closing: true,
	}
}

// Starts reports whether the record is the first of its call.
func (r Record) Starts() bool { return r.Type == (callStarted{}).Type() }

// Ends reports whether the record says that its call has ended. What is still
// to be told of its connections may follow.
func (r Record) Ends() bool { return r.Type == (callEnded{}).Type() }

// Place gives a record that is written for a call whose process died with it what
// makes it one: the next number of the call, an id and the time.
type Place struct {
	Next func() uint64
	ID   func() string
	At   time.Time
}

// InterruptedCall are the records that end a call whose process died with it,
// after the closing records of its connections: whoever was there is gone, and
// the call is over. before are the call's own records so far, the first of them
// the one that started it; what an earlier end has said already is not said
// again.
func InterruptedCall(before []Record, in Place) []Record {
	first := before[0]
	record := func(kind, subject string, data json.RawMessage) Record {
		return Record{
			ID: in.ID(), Type: kind, Time: in.At, Call: first.Call, CallSequence: in.Next(),
			Subject: subject, Data: data, Trace: first.Trace,
		}
	}
	var records []Record
	for _, r := range leftBehind(before) {
		records = append(records, record(CallParticipantRemoved{}.Type(), r.Subject, r.Data))
	}
	if over, ok := overdue(before, in.At); ok {
		records = append(records, record(CallEnded{}.Type(), "call/"+first.Call, written(over)))
	}
	var began struct {
		CorrelationID string `json:"correlationId"`
	}
	_ = json.Unmarshal(first.Data, &began) // what is missing stays empty
	end := callEnded{first.Call, began.CorrelationID, ReasonCrash}
	return append(records, record(end.Type(), "", written(end)))
}

// leftBehind are the records of those who were added to a call and not removed.
func leftBehind(records []Record) []Record {
	var there []Record
	for _, r := range records {
		switch r.Type {
		case CallParticipantAdded{}.Type():
			there = append(there, r)
		case CallParticipantRemoved{}.Type():
			id := participantOf(r)
			there = slices.DeleteFunc(there, func(r Record) bool { return participantOf(r) == id })
		}
	}
	return there
}

func participantOf(r Record) string {
	var said struct {
		ParticipantID string `json:"participantId"`
	}
	_ = json.Unmarshal(r.Data, &said) // what is missing stays empty
	return said.ParticipantID
}

// ended is CallEnded as it is made of what was said before.
type ended struct {
	StartedBy      json.RawMessage `json:"startedBy"`
	ServerCallID   string          `json:"serverCallId"`
	CorrelationID  string          `json:"correlationId"`
	Group          *place          `json:"group,omitempty"`
	Room           *place          `json:"room,omitempty"`
	IsTwoParty     bool            `json:"isTwoParty"`
	IsRoomsCall    bool            `json:"isRoomsCall"`
	DurationOfCall float64         `json:"durationOfCall"`
}

// overdue is the end of a call of which CallStarted tells and CallEnded does
// not.
func overdue(records []Record, at time.Time) (ended, bool) {
	var e ended
	var since time.Time
	for _, r := range records {
		switch r.Type {
		case CallStarted{}.Type():
			since = r.Time
		case CallEnded{}.Type():
			return e, false
		case CallParticipantAdded{}.Type(), CallParticipantRemoved{}.Type():
		default:
			continue
		}
		_ = json.Unmarshal(r.Data, &e) // it may have become a group since
	}
	e.DurationOfCall = max(at.Sub(since), 0).Round(time.Millisecond).Seconds()
	return e, !since.IsZero()
}
