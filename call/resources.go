package call

import (
	"encoding/json"
	"time"

	"github.com/botd-dev/botd/identity"
)

// The resource events that frame a call and its participants (events.md
// section 10). They belong to the call, not to a connection. As in the service
// they tell of people, not of applications.
type (
	// CallStarted says that a call begins.
	CallStarted struct{ resource }
	// CallEnded says that it is over.
	CallEnded struct {
		resource
		// DurationOfCall is in seconds.
		DurationOfCall float64 `json:"durationOfCall"`
	}
	// CallParticipantAdded says that somebody invited has joined.
	CallParticipantAdded struct{ presence }
	// CallParticipantRemoved says that somebody has left.
	CallParticipantRemoved struct{ presence }
)

// Type names the event.
func (CallStarted) Type() string            { return acsPrefix + "CallStarted" }
func (CallEnded) Type() string              { return acsPrefix + "CallEnded" }
func (CallParticipantAdded) Type() string   { return acsPrefix + "CallParticipantAdded" }
func (CallParticipantRemoved) Type() string { return acsPrefix + "CallParticipantRemoved" }

// resource is what these events have in common.
type resource struct {
	StartedBy     person `json:"startedBy"`
	ServerCallID  string `json:"serverCallId"`
	CorrelationID string `json:"correlationId"`
	Group         *place `json:"group,omitempty"`
	Room          *place `json:"room,omitempty"`
	IsTwoParty    bool   `json:"isTwoParty"`
	IsRoomsCall   bool   `json:"isRoomsCall"`
}

// place is a group or a room.
type place struct {
	ID string `json:"id"`
}

// presence is somebody in a call.
type presence struct {
	resource
	User          person `json:"user"`
	DisplayName   string `json:"displayName,omitempty"`
	ParticipantID string `json:"participantId"`
	EndpointType  string `json:"endpointType,omitempty"`
}

// person is an identifier with the role that they have in a room.
type person struct {
	id   identity.ID
	role Role
}

// MarshalJSON writes the identifier model and, in a room, the role.
func (p person) MarshalJSON() ([]byte, error) {
	model, err := json.Marshal(p.id)
	if err != nil || p.role == "" || len(model) < 2 || model[0] != '{' {
		return model, err
	}
	role, err := json.Marshal(p.role)
	if err != nil {
		return nil, err
	}
	model = append(model[:len(model)-1], `,"role":`...)
	return append(append(model, role...), '}'), nil
}

func (c *Call) resource() resource {
	r := resource{
		StartedBy: person{id: c.startedBy}, ServerCallID: c.id, CorrelationID: c.correlation,
		IsTwoParty: !c.isGroup(), IsRoomsCall: c.roomID != "",
	}
	if c.groupID != "" {
		r.Group = &place{c.groupID}
	}
	if c.roomID != "" {
		r.Room = &place{c.roomID}
	}
	return r
}

// noteStart and noteEnd frame the records of a call.
func (c *Call) noteStart(by identity.ID) {
	c.startedBy, c.started = by, c.registry.cfg.Now()
	if c.hollow {
		return
	}
	c.note(callStarted{c.id, c.correlation, by, c.groupID, c.roomID})
	c.record(CallStarted{c.resource()}, nil, "call/"+c.id+"/startedBy/"+string(by))
}

func (c *Call) noteEnd(why Reason) {
	if c.hollow {
		return
	}
	c.note(callEnded{c.id, c.correlation, why})
	lasted := max(c.registry.cfg.Now().Sub(c.started), 0)
	c.record(CallEnded{c.resource(), lasted.Round(time.Millisecond).Seconds()}, nil, "call/"+c.id)
}

// added and removed tell of people who come and go.
func (c *Call) added(p *Participant) {
	if p.seat == nil {
		c.record(CallParticipantAdded{c.presence(p)}, nil, c.subjectOf(p))
	}
}

func (c *Call) removed(p *Participant) {
	if p.seat == nil {
		c.record(CallParticipantRemoved{c.presence(p)}, nil, c.subjectOf(p))
	}
}

func (c *Call) subjectOf(p *Participant) string {
	return "call/" + c.id + "/participant/" + string(p.identity)
}

func (c *Call) presence(p *Participant) presence {
	e := presence{
		resource: c.resource(), User: person{p.identity, p.role}, DisplayName: p.name, ParticipantID: p.id,
	}
	if p.leg != nil {
		e.EndpointType = p.leg.Kind()
	}
	return e
}
