package rest

import (
	"reflect"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
)

// enumerated are the types whose values are some words and no others.
var enumerated = map[reflect.Type][]any{
	reflect.TypeFor[call.Role]():   {call.Presenter, call.Attendee, call.Consumer, call.Collaborator},
	reflect.TypeFor[call.Preset](): {call.HearAll, call.HearCoach, call.HearPrivate, call.HearInterpreter, call.HearPairs},
}

// enumeratedFields are fields of that kind, by the struct that they are in.
var enumeratedFields = map[reflect.Type]map[string][]any{
	reflect.TypeFor[automation.Properties](): {"callConnectionState": connectionStates},
	reflect.TypeFor[automation.SeatInfo]():   {"callConnectionState": connectionStates},
	reflect.TypeFor[automation.CallLocator](): {
		"kind": {"serverCallLocator", "groupCallLocator", "roomCallLocator"},
	},
	reflect.TypeFor[automation.RejectRequest]():    {"callRejectReason": {"none", "busy", "forbidden"}},
	reflect.TypeFor[automation.PlaySource]():       {"kind": {"file", "text", "ssml"}},
	reflect.TypeFor[automation.RecognizeRequest](): {"recognizeInputType": {"dtmf", "speech", "speechOrDtmf", "choices"}},
}

// connectionStates are those of rest.md section 6.1.
var connectionStates = []any{
	call.Connecting, call.Connected, call.Transferring, call.TransferAccepted, call.Disconnecting, call.Disconnected,
}

// enumerate says which words there are.
func enumerate(t reflect.Type, schema *openapi3.Schema) {
	schema.Enum = spelledOut(enumerated[t])
	for name, words := range enumeratedFields[t] {
		schema.Properties[name].Value.Enum = spelledOut(words)
	}
}

// spelledOut are words as strings of JSON.
func spelledOut(words []any) []any {
	var all []any
	for _, word := range words {
		all = append(all, reflect.ValueOf(word).String())
	}
	return all
}
