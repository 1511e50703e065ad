package automation

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// PastCall tells from the records of a call what it was, as long as the log
// has it; call.ErrNoCall if there are none. Of a call whose beginning the log
// has let go of, what was said there is missing.
func PastCall(id string, records iter.Seq2[call.Record, error]) (CallInfo, error) {
	p := past{
		info:    CallInfo{ServerCallID: id, State: callActive, Connections: []SeatInfo{}, Participants: []MemberInfo{}},
		seats:   map[string]int{},
		members: map[string]int{},
	}
	for r, err := range records {
		if err != nil {
			return CallInfo{}, err
		}
		if err := p.read(r); err != nil {
			return CallInfo{}, fmt.Errorf("record %s: %w", r.ID, err)
		}
	}
	if p.info.Sequence == 0 {
		return CallInfo{}, fmt.Errorf("call %s: %w", id, call.ErrNoCall)
	}
	return p.info, nil
}

// past reads a log from its beginning. seats and members say where in the info
// somebody stands.
type past struct {
	info    CallInfo
	seats   map[string]int
	members map[string]int
}

// said is what a record may say of a call, whatever record it is.
type said struct {
	CorrelationID string        `json:"correlationId"`
	StartedBy     identity.ID   `json:"startedBy"`
	GroupID       string        `json:"groupId"`
	RoomID        string        `json:"roomId"`
	Reason        *call.Reason  `json:"reason"`
	Kind          string        `json:"kind"`
	Group         any           `json:"group"` // whether it is one, or which one
	State         call.State    `json:"state"`
	ParticipantID string        `json:"participantId"`
	Identifier    identity.ID   `json:"identifier"`
	User          identity.ID   `json:"user"`
	DisplayName   string        `json:"displayName"`
	Endpoint      string        `json:"endpointType"`
	Role          call.Role     `json:"role"`
	Muted         bool          `json:"isMuted"`
	Held          bool          `json:"isOnHold"`
	Routing       *call.Routing `json:"routing"`
	Quality       *call.Quality `json:"quality"`
}

// readers are what is read of which records.
var readers = map[string]func(*past, call.Record, said){
	"botd.call.started":         (*past).started,
	"botd.call.ended":           (*past).ended,
	call.TypeOpened:             (*past).opened,
	"botd.connection.state":     (*past).seat,
	"botd.participant.state":    (*past).member,
	"botd.participant.quality":  (*past).rated,
	"botd.audiorouting.changed": (*past).routing,

	"Microsoft.Communication.CallParticipantAdded": (*past).came,
}

func (p *past) read(r call.Record) error {
	p.info.Sequence = r.CallSequence
	if at, known := p.seats[r.Connection]; known && r.Closing {
		p.info.Connections[at].State = call.Disconnected
	}
	read := readers[r.Type]
	if read == nil {
		return nil
	}
	var s said
	if err := json.Unmarshal(r.Data, &s); err != nil {
		return err
	}
	read(p, r, s)
	return nil
}

func (p *past) started(r call.Record, s said) {
	p.info.CorrelationID, p.info.StartedBy, p.info.StartedAt = s.CorrelationID, s.StartedBy, r.Time.UTC()
	p.info.GroupID, p.info.RoomID = s.GroupID, s.RoomID
	p.info.Group = s.GroupID != "" || s.RoomID != ""
}

func (p *past) ended(r call.Record, s said) {
	p.info.State, p.info.Reason, p.info.EndedAt = callEnded, s.Reason, r.Time.UTC()
}

func (p *past) opened(r call.Record, s said) {
	p.info.Group = p.info.Group || s.Group == true
	seat := SeatInfo{CallConnectionID: r.Connection, State: call.Connecting, Kind: s.Kind}
	if r.Telling != nil {
		seat.CallbackURI = r.Telling.URI
	}
	p.seats[r.Connection] = len(p.info.Connections)
	p.info.Connections = append(p.info.Connections, seat)
}

func (p *past) seat(r call.Record, s said) {
	if at, known := p.seats[r.Connection]; known {
		p.info.Connections[at].State = s.State
	}
}

func (p *past) member(_ call.Record, s said) {
	m := p.of(s.ParticipantID)
	m.Identifier, m.State, m.Role, m.Muted, m.Held, m.Reason = s.Identifier, s.State, s.Role, s.Muted, s.Held, s.Reason
	m.Quality = cmp.Or(s.Quality, m.Quality)
}

func (p *past) rated(_ call.Record, s said) { p.of(s.ParticipantID).Quality = s.Quality }

func (p *past) came(_ call.Record, s said) {
	m := p.of(s.ParticipantID)
	m.DisplayName, m.Endpoint = s.DisplayName, s.Endpoint
	if m.Identifier == "" {
		m.Identifier, m.State = s.User, call.Present
	}
}

// of finds somebody, or puts them on the list.
func (p *past) of(participant string) *MemberInfo {
	at, known := p.members[participant]
	if !known {
		at = len(p.info.Participants)
		p.members[participant] = at
		p.info.Participants = append(p.info.Participants, MemberInfo{ParticipantID: participant})
	}
	return &p.info.Participants[at]
}

func (p *past) routing(_ call.Record, s said) { p.info.Routing = s.Routing }
