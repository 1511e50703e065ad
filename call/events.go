package call

import (
	"encoding/json"
	"maps"

	"github.com/botd-dev/botd/identity"
)

// Event is a fact about a call, told after it has happened. Its JSON is the
// data of the CloudEvent; emit adds the ids that every event carries.
type Event interface {
	// Type is the event's name, "Microsoft.Communication.…" or "botd.…".
	Type() string
}

// Result is resultInformation: how an operation ended (events.md section 7).
type Result struct {
	Code    int    `json:"code"`
	Subcode int    `json:"subCode"`
	Message string `json:"message"`
}

// Success is the result of what went well.
var Success = Result{200, 0, "Success."}

// Result turns an end reason into resultInformation: what a client sees as 0
// is 200 for an application.
func (r Reason) Result() Result {
	code := r.Code
	if code == 0 {
		code = 200
	}
	subcode := r.Subcode
	if code == 200 && subcode != 7000 {
		subcode = 0
	}
	return Result{code, subcode, r.Message}
}

// failure turns the reason for which something never came about into
// resultInformation. Where nothing went wrong with the call, it was called off.
func (r Reason) failure(calledOff Result) Result {
	if r.Code == 0 {
		return calledOff
	}
	return r.Result()
}

// How what never came about was called off (events.md section 7.1).
var (
	cancelled = Result{487, 8542, "It was cancelled before it was answered."}
	callGone  = Result{404, 8522, "The call ended before it was connected."}
)

// Outcome is what the result events of operations have in common.
type Outcome struct {
	OperationContext string `json:"operationContext,omitempty"`
	Result           Result `json:"resultInformation"`
}

// Listed is a participant as ParticipantsUpdated and the lists show it.
type Listed struct {
	Identifier identity.ID `json:"identifier"`
	Muted      bool        `json:"isMuted"`
	Held       bool        `json:"isOnHold"`
	// Name is the display name, which the contract does not show.
	Name string `json:"-"`
}

// The events of the contract that tell of a connection (events.md section 4).
type (
	// CallConnected says that the application's leg is up.
	CallConnected struct{ Outcome }
	// CallDisconnected is the last event of a connection that was up.
	CallDisconnected struct{ Outcome }
	// CreateCallFailed is the only event of an outbound call that never connected.
	CreateCallFailed struct{ Outcome }
	// AnswerFailed is the only event of an answer that never connected.
	AnswerFailed struct{ Outcome }
	// ConnectFailed is the only event of a connect that never connected.
	ConnectFailed struct{ Outcome }
	// ParticipantsUpdated lists who is in the call, the whole list each time.
	ParticipantsUpdated struct {
		SequenceNumber uint64   `json:"sequenceNumber"`
		Participants   []Listed `json:"participants"`
		Result         Result   `json:"resultInformation"`
	}
)

// The events of the contract that tell how a change of the roster ended.
type (
	// AddParticipantSucceeded says that the invitee joined.
	AddParticipantSucceeded struct {
		Outcome
		Participant  identity.ID `json:"participant"`
		InvitationID string      `json:"invitationId,omitempty"`
	}
	// AddParticipantFailed says that the invitee did not join.
	AddParticipantFailed struct {
		Outcome
		Participant  identity.ID `json:"participant"`
		InvitationID string      `json:"invitationId,omitempty"`
	}
	// CancelAddParticipantSucceeded says that an invitation was withdrawn.
	CancelAddParticipantSucceeded struct {
		Outcome
		InvitationID string `json:"invitationId"`
	}
	// CancelAddParticipantFailed says that there was nothing to withdraw.
	CancelAddParticipantFailed struct {
		Outcome
		InvitationID string `json:"invitationId"`
	}
	// RemoveParticipantSucceeded says that somebody was removed.
	RemoveParticipantSucceeded struct {
		Outcome
		Participant identity.ID `json:"participant"`
	}
	// RemoveParticipantFailed says that somebody could not be removed.
	RemoveParticipantFailed struct {
		Outcome
		Participant identity.ID `json:"participant"`
	}
	// MoveParticipantSucceeded says that somebody came over from another call.
	MoveParticipantSucceeded struct {
		Outcome
		Participant identity.ID `json:"participant"`
		// FromCall is the callConnectionId that was named.
		FromCall string `json:"fromCall"`
	}
	// MoveParticipantFailed says that somebody did not.
	MoveParticipantFailed struct {
		Outcome
		Participant identity.ID `json:"participant"`
		FromCall    string      `json:"fromCall"`
	}
	// CallTransferAccepted says that the target has the transferee.
	CallTransferAccepted struct {
		Outcome
		TransferTarget identity.ID `json:"transferTarget,omitempty"`
		Transferee     identity.ID `json:"transferee"`
	}
	// CallTransferFailed says that the transferee stays where it is.
	CallTransferFailed struct{ Outcome }
	// HoldFailed says that somebody could not be held.
	HoldFailed struct{ Outcome }
)

// IncomingCall is the resource event that asks applications to answer
// (events.md section 10). It belongs to the call, not to a connection.
type IncomingCall struct {
	To                  identity.ID `json:"to"`
	From                identity.ID `json:"from"`
	ServerCallID        string      `json:"serverCallId"`
	CallerDisplayName   string      `json:"callerDisplayName"`
	IncomingCallContext string      `json:"incomingCallContext"`
	CorrelationID       string      `json:"correlationId"`
	CustomContext       *carried    `json:"customContext,omitempty"`
}

// CustomContext travels from who calls to who is called (rest.md section 6.9).
type CustomContext struct {
	SIPHeaders  map[string]string `json:"sipHeaders,omitempty"`
	VoIPHeaders map[string]string `json:"voipHeaders,omitempty"`
}

// carried is a CustomContext as an application is told it: with both maps,
// be it empty ones, as programs look into them without asking.
type carried struct {
	SIPHeaders  map[string]string `json:"sipHeaders"`
	VoIPHeaders map[string]string `json:"voipHeaders"`
}

func (c *CustomContext) carried() *carried {
	if c == nil {
		return nil
	}
	told := &carried{map[string]string{}, map[string]string{}}
	maps.Copy(told.SIPHeaders, c.SIPHeaders)
	maps.Copy(told.VoIPHeaders, c.VoIPHeaders)
	return told
}

// The events beyond the contract: in the log, on streams, for Go bots, and on
// callbacks that asked for them.
type (
	// opened is the first record of every connection.
	opened struct {
		Kind             string        `json:"kind"`
		OperationContext string        `json:"operationContext,omitempty"`
		Source           identity.ID   `json:"source,omitempty"`
		Targets          []identity.ID `json:"targets,omitempty"`
		Group            bool          `json:"group"`
	}
	// stateChanged tells every step of a connection.
	stateChanged struct {
		State State `json:"state"`
	}
	// participantChanged tells every step of a participant and its end reason.
	participantChanged struct {
		ParticipantID string      `json:"participantId"`
		Identifier    identity.ID `json:"identifier"`
		State         State       `json:"state"`
		Role          Role        `json:"role,omitempty"`
		Muted         bool        `json:"isMuted"`
		Held          bool        `json:"isOnHold"`
		Reason        *Reason     `json:"reason,omitempty"`
		// Quality is that of the sound at the end.
		Quality *Quality `json:"quality,omitempty"`
	}
	// participantQuality tells that sound travels better or worse than before.
	participantQuality struct {
		ParticipantID string      `json:"participantId"`
		Identifier    identity.ID `json:"identifier"`
		Quality       Quality     `json:"quality"`
	}
	// dominantSpeakersChanged tells who speaks, the loudest first, and who did
	// before.
	dominantSpeakersChanged struct {
		Speakers []Speaker `json:"speakers"`
	}
	// participantLost and participantBack tell of a silent network.
	participantLost struct {
		ParticipantID string      `json:"participantId"`
		Identifier    identity.ID `json:"identifier"`
	}
	participantBack struct{ participantLost }
	// toneHeard tells every key a participant pressed.
	toneHeard struct {
		ParticipantID string      `json:"participantId"`
		Identifier    identity.ID `json:"identifier"`
		Tone          Tone        `json:"tone"`
	}
	// accepted explains an action that was answered before its result.
	accepted struct {
		Operation        string `json:"operation"`
		OperationContext string `json:"operationContext,omitempty"`
		InvitationID     string `json:"invitationId,omitempty"`
	}
	// participantAsked tells what a participant wanted by itself.
	participantAsked struct {
		ParticipantID string        `json:"participantId"`
		Identifier    identity.ID   `json:"identifier"`
		Operation     string        `json:"operation"`
		Participants  []identity.ID `json:"participants,omitempty"`
	}
	// participantRefused tells what a participant wanted and may not.
	participantRefused struct {
		ParticipantID string      `json:"participantId"`
		Identifier    identity.ID `json:"identifier"`
		Operation     string      `json:"operation"`
		Role          Role        `json:"role,omitempty"`
		InLobby       bool        `json:"inLobby,omitempty"`
	}
	// lobbyChanged tells every step of somebody at the lobby.
	lobbyChanged struct {
		ParticipantID string      `json:"participantId"`
		Identifier    identity.ID `json:"identifier"`
		State         State       `json:"state"`
	}
	// transferChanged tells every step of a transfer.
	transferChanged struct {
		Transferee identity.ID `json:"transferee"`
		Target     identity.ID `json:"transferTarget,omitempty"`
		TargetCall string      `json:"targetCall,omitempty"`
		State      State       `json:"state"`
	}
	// routingChanged tells who hears whom from now on.
	routingChanged struct {
		Routing Routing `json:"routing"`
	}
	// timerExpired tells that something took too long, and how long it had.
	timerExpired struct {
		Timer         string      `json:"timer"`
		AfterSeconds  float64     `json:"afterSeconds"`
		ParticipantID string      `json:"participantId,omitempty"`
		Identifier    identity.ID `json:"identifier,omitempty"`
	}
	// applicationAway and applicationBack tell that an application did not take
	// its events for a while.
	applicationAway struct{}
	applicationBack struct{}
	// callStarted and callEnded frame the records of a call as a whole.
	callStarted struct {
		ServerCallID  string      `json:"serverCallId"`
		CorrelationID string      `json:"correlationId"`
		StartedBy     identity.ID `json:"startedBy"`
		Group         string      `json:"groupId,omitempty"`
		Room          string      `json:"roomId,omitempty"`
	}
	callEnded struct {
		ServerCallID  string `json:"serverCallId"`
		CorrelationID string `json:"correlationId"`
		Reason        Reason `json:"reason"`
	}
)

// Type names the event.
func (CallConnected) Type() string           { return acsPrefix + "CallConnected" }
func (CallDisconnected) Type() string        { return acsPrefix + "CallDisconnected" }
func (CreateCallFailed) Type() string        { return acsPrefix + "CreateCallFailed" }
func (AnswerFailed) Type() string            { return acsPrefix + "AnswerFailed" }
func (ConnectFailed) Type() string           { return acsPrefix + "ConnectFailed" }
func (ParticipantsUpdated) Type() string     { return acsPrefix + "ParticipantsUpdated" }
func (AddParticipantSucceeded) Type() string { return acsPrefix + "AddParticipantSucceeded" }
func (AddParticipantFailed) Type() string    { return acsPrefix + "AddParticipantFailed" }
func (CancelAddParticipantSucceeded) Type() string {
	return acsPrefix + "CancelAddParticipantSucceeded"
}
func (CancelAddParticipantFailed) Type() string { return acsPrefix + "CancelAddParticipantFailed" }
func (RemoveParticipantSucceeded) Type() string { return acsPrefix + "RemoveParticipantSucceeded" }
func (RemoveParticipantFailed) Type() string    { return acsPrefix + "RemoveParticipantFailed" }
func (MoveParticipantSucceeded) Type() string   { return acsPrefix + "MoveParticipantSucceeded" }
func (MoveParticipantFailed) Type() string      { return acsPrefix + "MoveParticipantFailed" }
func (CallTransferAccepted) Type() string       { return acsPrefix + "CallTransferAccepted" }
func (CallTransferFailed) Type() string         { return acsPrefix + "CallTransferFailed" }
func (HoldFailed) Type() string                 { return acsPrefix + "HoldFailed" }
func (IncomingCall) Type() string               { return acsPrefix + "IncomingCall" }
func (opened) Type() string                     { return TypeOpened }
func (stateChanged) Type() string               { return "botd.connection.state" }
func (participantChanged) Type() string         { return "botd.participant.state" }
func (participantQuality) Type() string         { return "botd.participant.quality" }
func (dominantSpeakersChanged) Type() string    { return "botd.dominantspeakers.changed" }
func (participantLost) Type() string            { return "botd.participant.lost" }
func (participantBack) Type() string            { return "botd.participant.back" }
func (toneHeard) Type() string                  { return "botd.participant.dtmf" }
func (accepted) Type() string                   { return "botd.operation.accepted" }
func (participantAsked) Type() string           { return "botd.participant.asked" }
func (participantRefused) Type() string         { return "botd.participant.refused" }
func (lobbyChanged) Type() string               { return "botd.lobby.state" }
func (transferChanged) Type() string            { return "botd.transfer.state" }
func (routingChanged) Type() string             { return "botd.audiorouting.changed" }
func (timerExpired) Type() string               { return "botd.timer.expired" }
func (applicationAway) Type() string            { return "botd.application.away" }
func (applicationBack) Type() string            { return "botd.application.back" }
func (callStarted) Type() string                { return "botd.call.started" }
func (callEnded) Type() string                  { return "botd.call.ended" }

// common is what every event of a connection carries besides its own data.
type common struct {
	ConnectionID  string `json:"callConnectionId"`
	ServerCallID  string `json:"serverCallId"`
	CorrelationID string `json:"correlationId"`
}

// stamp writes an event as JSON behind the ids.
func (c common) stamp(e Event) json.RawMessage {
	head, data := written(c), written(e)
	if len(data) == 2 { // "{}"
		return head
	}
	head[len(head)-1] = ','
	return append(head, data[1:]...)
}

// written is an event as JSON.
func written(e any) json.RawMessage {
	data, err := json.Marshal(e)
	if err != nil {
		panic(err) //nolint:forbidigo // a type that cannot be written is a mistake in the type
	}
	return data
}
