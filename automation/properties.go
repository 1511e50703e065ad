package automation

import (
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Properties is a connection as the contract shows it (rest.md section 6.1).
type Properties struct {
	CallConnectionID    string        `json:"callConnectionId"`
	ServerCallID        string        `json:"serverCallId"`
	CorrelationID       string        `json:"correlationId"`
	CallConnectionState call.State    `json:"callConnectionState"`
	CallbackURI         string        `json:"callbackUri,omitempty"`
	Source              identity.ID   `json:"source,omitempty"`
	SourceDisplayName   string        `json:"sourceDisplayName,omitempty"`
	SourceCallerID      *PhoneNumber  `json:"sourceCallerIdNumber,omitempty"`
	Targets             []identity.ID `json:"targets,omitempty"`
	AnsweredBy          *User         `json:"answeredBy,omitempty"`
	AnsweredFor         *PhoneNumber  `json:"answeredFor,omitempty"`

	MediaStreaming *MediaStreamingSubscription `json:"mediaStreamingSubscription,omitempty"`
	Transcription  *TranscriptionSubscription  `json:"transcriptionSubscription,omitempty"`
}

// User is the bare user model of the contract, {"id": …}.
type User struct {
	// ID is the raw id.
	ID string `json:"id"`
}

// PhoneNumber is the bare phone number model of the contract, {"value": …}.
type PhoneNumber struct {
	Value string `json:"value"`
	// IsAnonymous comes with the value "anonymous".
	IsAnonymous bool `json:"isAnonymous,omitempty"`
}

// TeamsApp is the bare model of an application of Teams, {"appId": …}.
type TeamsApp struct {
	AppID string `json:"appId"`
	// Cloud is "public", the default, "dod" or "gcch".
	Cloud identity.Cloud `json:"cloud,omitempty"`
}

func (a TeamsApp) id() (identity.ID, error) {
	return identity.Model{MicrosoftTeamsApp: &identity.TeamsAppModel{AppID: a.AppID, Cloud: a.Cloud}}.ID()
}

// valueOf is the number, empty for none.
func valueOf(n *PhoneNumber) string {
	if n == nil {
		return ""
	}
	return n.Value
}

// PropertiesOf shows a connection as it was last durable.
func PropertiesOf(cn *call.Connection) Properties {
	v := cn.View()
	p := Properties{
		CallConnectionID: v.ID, ServerCallID: v.ServerCallID, CorrelationID: v.CorrelationID,
		CallConnectionState: v.State, CallbackURI: v.CallbackURI,
		Source: v.Source, SourceDisplayName: v.SourceName, Targets: v.Targets,
	}
	if v.CallerID != "" {
		p.SourceCallerID = phoneNumber(v.CallerID)
	}
	if v.AnsweredBy != "" {
		p.AnsweredBy = &User{string(v.AnsweredBy)}
	}
	if v.Kind == "answer" && len(v.Targets) == 1 && v.Targets[0].Kind() == identity.KindPhoneNumber {
		p.AnsweredFor = phoneNumber(v.Targets[0].Number())
	}
	p.MediaStreaming, p.Transcription = mediaStreamingOf(v), subscriptionOf(v)
	return p
}

// phoneNumber is the model of a number, which may be withheld.
func phoneNumber(value string) *PhoneNumber { return &PhoneNumber{value, value == anonymous} }
