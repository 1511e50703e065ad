package call

import (
	"encoding/json"
	"strings"
	"time"
)

// Record is one line of the log: an event with its place in it.
type Record struct {
	// ID is unique for the event and the same on every redelivery.
	ID string `json:"id"`
	// Type is the event's type, "Microsoft.Communication.…" or "botd.…".
	Type string `json:"type"`
	// Time is when it happened, by the wall clock.
	Time time.Time `json:"time"`
	// Call is the serverCallId; CallSequence counts the records of the call
	// from 1 without a gap.
	Call         string `json:"call"`
	CallSequence uint64 `json:"callSequence"`
	// Connection is the callConnectionId, empty for events of the call itself
	// (resource events such as IncomingCall); Sequence counts the records of
	// the connection from 1 without a gap, and is zero without a connection.
	Connection string `json:"connection,omitempty"`
	Sequence   uint64 `json:"sequence,omitempty"`
	// Subject is the CloudEvents subject of a resource event.
	Subject string `json:"subject,omitempty"`
	// Data is the event as JSON, as the contract draws it.
	Data json.RawMessage `json:"data"`
	// Trace is the W3C traceparent of what caused the event.
	Trace string `json:"trace,omitempty"`
	// To, if set, is where this one event is told instead of the connection's
	// callback URI (operationCallbackUri).
	To string `json:"to,omitempty"`
	// Telling is set on the first record of a connection, and only there.
	Telling *Telling `json:"telling,omitempty"`
	// Closing marks the last record of a connection.
	Closing bool `json:"closing,omitempty"`
}

// Telling says where and how the events of a connection are told. It stands in
// the log, so that telling survives the process.
type Telling struct {
	// URI is the callback URI exactly as it was given; empty tells nobody.
	URI string `json:"uri,omitempty"`
	// All tells botd's own event types too (header "botd-events: all").
	All bool `json:"all,omitempty"`
	// AckRequired makes an endpoint's silence a failure ("botd-ack: required").
	AckRequired bool `json:"ackRequired,omitempty"`
}

// The names under which events of the two families are known.
const (
	acsPrefix = "Microsoft.Communication."
	// TypeOpened is the type of the first record of every connection.
	TypeOpened = "botd.connection.opened"
)

// Contract reports whether the event is one of those that Azure's parsers know.
func (r Record) Contract() bool { return strings.HasPrefix(r.Type, acsPrefix) }

// Journal is where a call writes down what happened. call/journal fits it.
type Journal interface {
	// Append takes the records of one turn of one call and returns at once.
	// done is called once, soon: with nil when all of them are durable, with
	// the reason when they will never be. For one call, records become durable
	// and done is called in the order of Append, also where there are no
	// records. done does not block.
	Append(call string, records []Record, done func(error))
}
