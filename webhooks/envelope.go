package webhooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/cloudevents/sdk-go/v2/types"

	"github.com/botd-dev/botd/call"
)

// stamp is how times are written: seven digits and the offset (events.md
// section 1).
const stamp = "2006-01-02T15:04:05.0000000-07:00"

// jsonType is the Content-Type of arrays. Unlike the CloudEvents specification
// wants it, since programs in the field parse nothing else (behaviours: one
// event per POST).
const jsonType = "application/json; charset=utf-8"

// envelope writes a record of a connection as an array of one CloudEvent.
func envelope(r call.Record) ([]byte, error) {
	source := r.Subject
	if source == "" {
		source = "calling/callConnections/" + r.Connection
	}
	e, err := cloudEvent(r, source, source)
	if err != nil {
		return nil, err
	}
	if r.Sequence > 0 {
		e.SetExtension("sequence", strconv.FormatUint(r.Sequence, 10))
	}
	if r.CallSequence > 0 {
		e.SetExtension("callsequence", strconv.FormatUint(r.CallSequence, 10))
	}
	if r.Trace != "" {
		e.SetExtension("traceparent", r.Trace)
	}
	return write(e, true)
}

// cloudEvent makes the event of a record.
func cloudEvent(r call.Record, source, subject string) (event.Event, error) {
	e := event.New(event.CloudEventsVersionV1)
	e.SetID(r.ID)
	e.SetType(r.Type)
	e.SetSource(source)
	if subject != "" {
		e.SetSubject(subject)
	}
	e.SetTime(r.Time)
	e.SetDataContentType(event.ApplicationJSON)
	e.DataEncoded = r.Data
	if err := e.Validate(); err != nil {
		return e, fmt.Errorf("event %s: %w", r.ID, err)
	}
	if !json.Valid(r.Data) {
		return e, fmt.Errorf("event %s: %w", r.ID, errData)
	}
	return e, nil
}

// errData means that the data of an event is not JSON.
var errData = errors.New("the data is not JSON")

// write puts an event into JSON, alone or as an array of one. The SDK writes
// times in UTC with as many digits as it takes; the contract wants seven.
func write(e event.Event, array bool) ([]byte, error) {
	var b bytes.Buffer
	if array {
		b.WriteByte('[')
	}
	if err := event.WriteJson(&e, &b); err != nil {
		return nil, fmt.Errorf("event %s: %w", e.ID(), err)
	}
	if array {
		b.WriteByte(']')
	}
	theirs := `"time":"` + types.FormatTime(e.Time()) + `"`
	ours := `"time":"` + e.Time().UTC().Format(stamp) + `"`
	return bytes.Replace(b.Bytes(), []byte(theirs), []byte(ours), 1), nil
}

// gridEvent is a resource event in the Event Grid schema (events.md section 9).
type gridEvent struct {
	ID              string          `json:"id"`
	Topic           string          `json:"topic"`
	Subject         string          `json:"subject"`
	EventType       string          `json:"eventType"`
	DataVersion     string          `json:"dataVersion"`
	MetadataVersion string          `json:"metadataVersion"`
	EventTime       string          `json:"eventTime"`
	Data            json.RawMessage `json:"data"`
}

// gridStamp is how the Event Grid schema writes times.
const gridStamp = "2006-01-02T15:04:05.0000000Z"

func newGridEvent(id, topic, subject, kind string, at time.Time, data json.RawMessage) gridEvent {
	return gridEvent{id, topic, subject, kind, "1.0", "1", at.UTC().Format(gridStamp), data}
}

// gridEnvelope writes a resource event as an array of one Event Grid event.
func gridEnvelope(r call.Record, topic string) ([]byte, error) {
	b, err := json.Marshal([]gridEvent{newGridEvent(r.ID, topic, r.Subject, r.Type, r.Time, r.Data)})
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", r.ID, err)
	}
	return b, nil
}

// cloudEnvelope writes a resource event as one CloudEvent.
func cloudEnvelope(r call.Record, topic string) ([]byte, error) {
	e, err := cloudEvent(r, topic, r.Subject)
	if err != nil {
		return nil, err
	}
	if r.Trace != "" {
		e.SetExtension("traceparent", r.Trace)
	}
	return write(e, false)
}
