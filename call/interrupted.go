package call

import (
	"encoding/json"
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

// InterruptedCall is the record that ends a call whose process died with it.
// first is the call's first record; callSequence, id and at are those of the
// new one, which follows the closing records of the call's connections.
func InterruptedCall(first Record, callSequence uint64, id string, at time.Time) Record {
	var began struct {
		CorrelationID string `json:"correlationId"`
	}
	_ = json.Unmarshal(first.Data, &began) // what is missing stays empty
	end := callEnded{first.Call, began.CorrelationID, ReasonCrash}
	return Record{
		ID: id, Type: end.Type(), Time: at,
		Call: first.Call, CallSequence: callSequence, Data: written(end), Trace: first.Trace,
	}
}
