package automation

import (
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// CallInfo is a call as an operator sees it: what is going on, or what was.
type CallInfo struct {
	ServerCallID  string `json:"serverCallId"`
	CorrelationID string `json:"correlationId"`
	// State is "active" or "ended".
	State       string       `json:"state"`
	GroupID     string       `json:"groupId,omitempty"`
	RoomID      string       `json:"roomId,omitempty"`
	Group       bool         `json:"isGroup"`
	StartedBy   identity.ID  `json:"startedBy,omitempty"`
	StartedAt   time.Time    `json:"startedAt,omitzero"`
	EndedAt     time.Time    `json:"endedAt,omitzero"`
	Reason      *call.Reason `json:"reason,omitempty"`
	Connections []SeatInfo   `json:"connections"`
	// Participants are in the order in which they came; in an ended call they
	// say why they left.
	Participants []MemberInfo     `json:"participants"`
	Invitations  []InvitationInfo `json:"invitations,omitempty"`
	Routing      *call.Routing    `json:"audioRouting,omitempty"`
	// Sequence is the call's last record that this includes.
	Sequence uint64 `json:"callSequence"`
}

// SeatInfo is an application's connection to a call.
type SeatInfo struct {
	CallConnectionID string      `json:"callConnectionId"`
	State            call.State  `json:"callConnectionState"`
	Kind             string      `json:"kind,omitempty"`
	Identifier       identity.ID `json:"identifier,omitempty"`
	CallbackURI      string      `json:"callbackUri,omitempty"`
}

// MemberInfo is somebody in a call, by whatever leg.
type MemberInfo struct {
	ParticipantID string      `json:"participantId"`
	Identifier    identity.ID `json:"identifier"`
	DisplayName   string      `json:"displayName,omitempty"`
	State         call.State  `json:"state"`
	Role          call.Role   `json:"role,omitempty"`
	// Endpoint is the kind of the leg: "browser", "phone", "bot".
	Endpoint    string       `json:"endpointType,omitempty"`
	Muted       bool         `json:"isMuted"`
	Held        bool         `json:"isOnHold"`
	Application bool         `json:"isApplication,omitempty"`
	Reason      *call.Reason `json:"reason,omitempty"`
	// Quality is how well the sound travels, as far as the leg measures it; of
	// somebody who has left, at the end.
	Quality *call.Quality `json:"quality,omitempty"`
}

// InvitationInfo is somebody being asked in.
type InvitationInfo struct {
	InvitationID string      `json:"invitationId"`
	From         identity.ID `json:"from"`
	To           identity.ID `json:"to"`
	Since        time.Time   `json:"since"`
	Until        time.Time   `json:"until"`
}

// What a call is.
const (
	callActive = "active"
	callEnded  = "ended"
)

// Calls are all running calls, the oldest first.
func (s *Service) Calls() []CallInfo {
	views := s.cfg.Calls.Calls()
	list := make([]CallInfo, len(views))
	for i, v := range views {
		list[i] = infoOf(v)
	}
	return list
}

// Call finds a running call by its serverCallId; call.ErrNoCall.
func (s *Service) Call(id string) (CallInfo, error) {
	v, err := s.cfg.Calls.CallOf(id)
	if err != nil {
		return CallInfo{}, err
	}
	return infoOf(v), nil
}

func infoOf(v call.CallView) CallInfo {
	i := CallInfo{
		ServerCallID: v.ID, CorrelationID: v.CorrelationID, State: callActive, GroupID: v.GroupID, RoomID: v.RoomID,
		Group: v.Group, StartedBy: v.StartedBy, StartedAt: v.Started.UTC(), Sequence: v.Sequence,
		Connections: []SeatInfo{}, Participants: []MemberInfo{},
	}
	if v.Ended {
		i.State = callEnded
	}
	if v.Routing.Preset != "" {
		i.Routing = &v.Routing
	}
	for _, c := range v.Connections {
		i.Connections = append(i.Connections, SeatInfo{c.ID, c.State, c.Kind, c.Identity, c.CallbackURI})
	}
	for _, m := range v.Members {
		i.Participants = append(i.Participants, memberInfo(m))
	}
	for _, inv := range v.Invitations {
		i.Invitations = append(i.Invitations, InvitationInfo{inv.ID, inv.From, inv.To, inv.Since.UTC(), inv.Until.UTC()})
	}
	return i
}

func memberInfo(m call.Member) MemberInfo {
	i := MemberInfo{
		ParticipantID: m.ID, Identifier: m.Identity, DisplayName: m.Name, State: m.State, Role: m.Role,
		Endpoint: m.Kind, Muted: m.Muted, Held: m.Held, Application: m.Application,
	}
	if q, ok := m.Quality(); ok {
		i.Quality = &q
	}
	return i
}
