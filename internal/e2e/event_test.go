package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// event is a CloudEvent as the log and web hooks have it.
type event struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Source   string          `json:"source"`
	Sequence sequence        `json:"sequence"`
	Data     json.RawMessage `json:"data"`
}

// sequence is a number that travels as a decimal string.
type sequence int

func (s *sequence) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	*s = sequence(n)
	return err
}

// connection is the id in the source, empty if the event is of no connection.
func (e event) connection() string {
	id, ok := strings.CutPrefix(e.Source, "calling/callConnections/")
	if !ok {
		return ""
	}
	return id
}

// kind is the contract's name of the event, empty if it is botd's own.
func (e event) kind() string {
	kind, ok := strings.CutPrefix(e.Type, "Microsoft.Communication.")
	if !ok {
		return ""
	}
	return kind
}

// result is the name of the receiver that an operation asked to have its result
// told to, empty if the event is none.
func (e event) result() string {
	if !strings.HasPrefix(e.kind(), "RemoveParticipant") {
		return ""
	}
	return e.field("operationContext")
}

// same says whether two are the same event with the same content.
func (e event) same(other event) bool {
	var a, b bytes.Buffer
	if json.Compact(&a, e.Data) != nil || json.Compact(&b, other.Data) != nil {
		return false
	}
	return e.ID == other.ID && e.Sequence == other.Sequence && e.Type == other.Type && e.Source == other.Source &&
		bytes.Equal(a.Bytes(), b.Bytes())
}

// closes says whether it is the one event that ends a connection.
func (e event) closes() bool {
	switch e.kind() {
	case "CallDisconnected", "CreateCallFailed", "AnswerFailed", "ConnectFailed":
		return true
	}
	return false
}

// String is the event in one line.
func (e event) String() string { return fmt.Sprintf("%d %s %s", e.Sequence, e.Type, e.Data) }

// kinds are those of the contract's events, in order.
func kinds(events []event) []string {
	var list []string
	for _, e := range events {
		if kind := e.kind(); kind != "" {
			list = append(list, kind)
		}
	}
	return list
}
