package rest

import (
	"encoding/json"
	"strconv"

	"github.com/botd-dev/botd/call"
)

// event is a record of the log as a CloudEvent (events.md section 1), with the
// extension attributes that every event of ours carries.
type event struct {
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Subject         string          `json:"subject"`
	Time            string          `json:"time"`
	SpecVersion     string          `json:"specversion"`
	DataContentType string          `json:"datacontenttype"`
	Sequence        string          `json:"sequence,omitempty"`
	CallSequence    string          `json:"callsequence"`
	TraceParent     string          `json:"traceparent,omitempty"`
	Data            json.RawMessage `json:"data"`
}

// timeLayout has seven digits behind the second and an offset, never "Z".
const timeLayout = "2006-01-02T15:04:05.0000000-07:00"

func eventOf(r call.Record) event {
	e := event{
		ID: r.ID, Source: "calling/calls/" + r.Call, Type: r.Type, Subject: r.Subject,
		Time: r.Time.UTC().Format(timeLayout), SpecVersion: "1.0", DataContentType: "application/json",
		CallSequence: strconv.FormatUint(r.CallSequence, 10), TraceParent: r.Trace, Data: r.Data,
	}
	if r.Connection != "" {
		e.Source = "calling/callConnections/" + r.Connection
		e.Sequence = strconv.FormatUint(r.Sequence, 10)
	}
	if e.Subject == "" {
		e.Subject = e.Source
	}
	return e
}
