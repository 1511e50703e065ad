package browser

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// What a message may be (docs/signalling.md).
const (
	maxMessage = 64 << 10 // bytes
	maxID      = 64       // bytes of a call's id
	maxName    = 256      // characters of a display name
	maxTargets = 350
)

// request is every message of a client; which fields count depends on Type.
type request struct {
	Type          string                   `json:"type"`
	Ref           *int64                   `json:"ref"`
	Call          string                   `json:"call"`
	Token         string                   `json:"token"`
	DisplayName   string                   `json:"displayName"`
	Resume        string                   `json:"resume"`
	Targets       []identity.ID            `json:"targets"`
	Target        identity.ID              `json:"target"`
	Participants  []identity.ID            `json:"participants"`
	GroupID       string                   `json:"groupId"`
	RoomID        string                   `json:"roomId"`
	MeetingLink   string                   `json:"meetingLink"`
	MeetingID     string                   `json:"meetingId"`
	Passcode      string                   `json:"passcode"`
	SDP           string                   `json:"sdp"`
	Muted         bool                     `json:"muted"`
	ForEveryone   bool                     `json:"forEveryone"`
	CustomContext *call.CustomContext      `json:"customContext"`
	Candidate     *webrtc.ICECandidateInit `json:"candidate"`
}

// envelope is what can be read of a request even where the rest is wrong.
type envelope struct {
	Type string `json:"type"`
	Ref  *int64 `json:"ref"`
}

// decode reads a message. With an error, the request still has the reference
// that the answer repeats, if there was one.
func decode(b []byte) (request, error) {
	var r request
	if err := json.Unmarshal(b, &r); err != nil {
		var e envelope
		_ = json.Unmarshal(b, &e) // what cannot be read stays empty
		return request{Type: e.Type, Ref: e.Ref}, unreadable(err)
	}
	return r, r.validate()
}

// unreadable says what is wrong with a message that could not be read.
func unreadable(err error) error {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return invalid(cmp.Or(wrong.Field, "message"), "may not be a JSON "+wrong.Value)
	}
	return invalid("message", err.Error())
}

// validate looks at the sizes; what each type needs, its handler says.
func (r *request) validate() error {
	switch {
	case r.Type == "":
		return invalid("type", "is missing")
	case len(r.Call) > maxID:
		return invalid("call", "is too long")
	case len(r.GroupID) > maxID:
		return invalid("groupId", "is too long")
	case len(r.RoomID) > maxID:
		return invalid("roomId", "is too long")
	case len(r.MeetingLink) > maxLink:
		return invalid("meetingLink", "is too long")
	case len(r.MeetingID) > maxID:
		return invalid("meetingId", "is too long")
	case len(r.Passcode) > maxPasscode:
		return invalid("passcode", "is too long")
	case !isName(r.DisplayName):
		return invalid("displayName", badName)
	case len(r.Targets) > maxTargets:
		return invalid("targets", "are too many")
	case len(r.Participants) > maxTargets:
		return invalid("participants", "are too many")
	}
	if err := somebody("targets", r.Targets); err != nil {
		return err
	}
	return somebody("participants", r.Participants)
}

// badName says what isName does not take.
const badName = "is too long, or has a control character"

// isName says whether people may be called so: headers and lists have it on one
// line.
func isName(name string) bool {
	return utf8.RuneCountInString(name) <= maxName && !strings.ContainsFunc(name, unicode.IsControl)
}

// somebody refuses a list with a null in it, which would be nobody.
func somebody(field string, ids []identity.ID) error {
	if at := slices.Index(ids, ""); at >= 0 {
		return invalid(fmt.Sprintf("%s[%d]", field, at), "is missing")
	}
	return nil
}

// errInvalid means that a message says something it must not.
var errInvalid = errors.New("invalid argument")

// invalid names the field that is wrong.
func invalid(field, why string) error { return fmt.Errorf("%w: %s %s", errInvalid, field, why) }

// The messages of the server.
type (
	welcome struct {
		Type       string      `json:"type"`
		User       identity.ID `json:"user"`
		ICEServers []ICEServer `json:"iceServers"`
		Resume     string      `json:"resume"`
	}
	okay struct {
		Type          string `json:"type"`
		Ref           *int64 `json:"ref,omitempty"`
		ServerCallID  string `json:"serverCallId,omitempty"`
		ParticipantID string `json:"participantId,omitempty"`
	}
	failure struct {
		Type    string `json:"type"`
		Ref     *int64 `json:"ref,omitempty"`
		Code    int    `json:"code"`
		Subcode int    `json:"subCode"`
		Message string `json:"message"`
	}
	incoming struct {
		Type          string              `json:"type"`
		Call          string              `json:"call"`
		From          identity.ID         `json:"from"`
		To            identity.ID         `json:"to"`
		DisplayName   string              `json:"displayName,omitempty"`
		CustomContext *call.CustomContext `json:"customContext,omitempty"`
	}
	incomingEnded struct {
		Type   string      `json:"type"`
		Call   string      `json:"call"`
		Reason call.Reason `json:"reason"`
	}
	stateIs struct {
		Type   string       `json:"type"`
		Call   string       `json:"call"`
		State  call.State   `json:"state"`
		Reason *call.Reason `json:"reason,omitempty"`
	}
	roleIs struct {
		Type string    `json:"type"`
		Call string    `json:"call"`
		Role call.Role `json:"role"`
	}
	callInfo struct {
		Type          string `json:"type"`
		Call          string `json:"call"`
		ServerCallID  string `json:"serverCallId"`
		ParticipantID string `json:"participantId"`
	}
	answer struct {
		Type string `json:"type"`
		Call string `json:"call"`
		SDP  string `json:"sdp"`
	}
	roster struct {
		Type         string        `json:"type"`
		Call         string        `json:"call"`
		ServerCallID string        `json:"serverCallId"`
		Participants []participant `json:"participants"`
	}
	participant struct {
		ID          string      `json:"participantId"`
		Identifier  identity.ID `json:"identifier"`
		DisplayName string      `json:"displayName,omitempty"`
		State       call.State  `json:"state"`
		Role        call.Role   `json:"role,omitempty"`
		Muted       bool        `json:"isMuted"`
		Speaking    bool        `json:"isSpeaking"`
		Held        bool        `json:"isOnHold"`
		// Reason says why a Disconnected one left.
		Reason *call.Reason `json:"reason,omitempty"`
	}
	notice struct { // muted, unmuted, pong
		Type string `json:"type"`
		Call string `json:"call,omitempty"`
	}
)

// encode writes a message of the server.
func encode(message any) []byte {
	b, err := json.Marshal(message)
	if err != nil {
		panic(err) //nolint:forbidigo // strings and numbers: only a mistake in a type above
	}
	return b
}
