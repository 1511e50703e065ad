package call

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/botd-dev/botd/identity"
)

// Explanation says why a call ended, or that it has not: from the end back
// through states, actions, timers and network facts that led to it.
type Explanation struct {
	ServerCallID string `json:"serverCallId"`
	Ended        bool   `json:"ended"`
	// Reason is why it ended.
	Reason *Reason `json:"reason,omitempty"`
	// Summary is one sentence.
	Summary string `json:"summary"`
	// Because is what led there, the last first.
	Because []Because `json:"because"`
}

// Because is one thing that happened, in words, and where it stands in the log.
type Because struct {
	CallSequence uint64    `json:"callSequence"`
	Time         time.Time `json:"time"`
	// Kind is "end", "action", "timer", "network", "quality", "participant",
	// "invitation", "connection", "transfer", "lobby",
	// "refusal" or "start".
	Kind string `json:"kind"`
	What string `json:"what"`
}

// Explain reads the records of one call, in their order.
func Explain(records []Record) Explanation {
	var e Explanation
	var facts []fact
	for _, r := range records {
		f := factOf(r)
		e.ServerCallID = cmp.Or(e.ServerCallID, r.Call)
		if f.kind == kindEnd {
			e.Ended, e.Reason = true, f.reason
		}
		if f.kind != "" {
			facts = append(facts, f)
		}
	}
	facts = slices.CompactFunc(facts, fact.repeats)
	culprit := blame(facts, e.Reason)
	for _, f := range slices.Backward(facts) {
		if f.matters(culprit) {
			e.Because = append(e.Because, f.because())
		}
	}
	e.Summary = e.summary(facts, culprit)
	return e
}

// The kinds of facts.
const (
	kindEnd         = "end"
	kindAction      = "action"
	kindTimer       = "timer"
	kindNetwork     = "network"
	kindQuality     = "quality"
	kindParticipant = "participant"
	kindInvitation  = "invitation"
	kindConnection  = "connection"
	kindTransfer    = "transfer"
	kindLobby       = "lobby"
	kindRefusal     = "refusal"
	kindStart       = "start"
)

// fact is a record as far as it explains something.
type fact struct {
	record      Record
	kind        string
	what        string
	participant string // its id, if it is about one
	gone        bool
	reason      *Reason
}

// repeats says that two facts are one, told to two connections.
func (f fact) repeats(other fact) bool {
	return f.what == other.what && f.kind == other.kind && f.participant == other.participant
}

func (f fact) because() Because {
	return Because{f.record.CallSequence, f.record.Time, f.kind, f.what}
}

// matters leaves out what has to do with other participants than the one who
// ended the call.
func (f fact) matters(culprit string) bool {
	return f.participant == "" || culprit == "" || f.participant == culprit
}

// blame finds the participant with whom the call ended: the first to go for the
// reason that the call ended for.
func blame(facts []fact, why *Reason) string {
	if why == nil {
		return ""
	}
	for _, f := range facts {
		if f.gone && f.reason != nil && *f.reason == *why {
			return f.participant
		}
	}
	return ""
}

func (e Explanation) summary(facts []fact, culprit string) string {
	if !e.Ended {
		return "The call has not ended."
	}
	trigger := ""
	for _, f := range slices.Backward(facts) {
		if f.triggers(culprit) {
			trigger = f.what
			break
		}
	}
	says := fmt.Sprintf("The call ended with %d/%d: %s", e.Reason.Code, e.Reason.Subcode, e.Reason.Message)
	if trigger != "" {
		says += " Before that: " + trigger
	}
	return says
}

// triggers says that the fact can be what set the end off.
func (f fact) triggers(culprit string) bool {
	switch f.kind {
	case kindTimer, kindAction, kindNetwork:
		return f.matters(culprit)
	}
	return false
}

// detail is every field that a fact is read from.
type detail struct {
	ParticipantID string      `json:"participantId"`
	Identifier    identity.ID `json:"identifier"`
	State         State       `json:"state"`
	Reason        *Reason     `json:"reason"`
	Operation     string      `json:"operation"`
	Context       string      `json:"operationContext"`
	Timer         string      `json:"timer"`
	AfterSeconds  float64     `json:"afterSeconds"`
	StartedBy     identity.ID `json:"startedBy"`
	From          identity.ID `json:"from"`
	To            identity.ID `json:"to"`
	Transferee    identity.ID `json:"transferee"`
	Kind          string      `json:"kind"`
	Result        *Result     `json:"resultInformation"`
	Quality       Quality     `json:"quality"`
}

// factOf puts a record in words; kind is empty for one that explains nothing.
func factOf(r Record) fact {
	var d detail
	_ = json.Unmarshal(r.Data, &d) // what is missing stays empty
	f := fact{record: r, participant: d.ParticipantID, reason: d.Reason}
	f.kind, f.what = d.words(r.Type)
	f.gone = f.kind == kindParticipant && d.State == Gone
	return f
}

// words says what an event of that type means. One line a type.
func (d detail) words(kind string) (of, what string) {
	switch kind {
	case callStarted{}.Type():
		return kindStart, fmt.Sprintf("%s started the call.", d.StartedBy)
	case callEnded{}.Type():
		return kindEnd, fmt.Sprintf("The call ended: %d/%d %s", d.Reason.Code, d.Reason.Subcode, d.Reason.Message)
	case IncomingCall{}.Type():
		return kindInvitation, fmt.Sprintf("%s called %s.", d.From, d.To)
	case timerExpired{}.Type():
		return kindTimer, d.expiry()
	case participantQuality{}.Type():
		return kindQuality, d.Quality.words(string(d.Identifier))
	case participantLost{}.Type():
		return kindNetwork, fmt.Sprintf("No packets came from %s any more.", d.Identifier)
	case participantBack{}.Type():
		return kindNetwork, fmt.Sprintf("Packets came from %s again.", d.Identifier)
	case participantChanged{}.Type():
		return kindParticipant, d.step()
	case participantAsked{}.Type():
		return kindAction, fmt.Sprintf("%s asked: %s.", d.Identifier, d.Operation)
	case participantRefused{}.Type():
		return kindRefusal, fmt.Sprintf("%s asked what it may not: %s.", d.Identifier, d.Operation)
	case accepted{}.Type():
		return kindAction, fmt.Sprintf("An application asked: %s%s.", d.Operation, d.context())
	case stateChanged{}.Type():
		return kindConnection, fmt.Sprintf("A connection became %s.", d.State)
	case TypeOpened:
		return kindConnection, fmt.Sprintf("An application came to the call by %s.", d.Kind)
	case transferChanged{}.Type():
		return kindTransfer, fmt.Sprintf("The transfer of %s became %s.", d.Transferee, d.State)
	case lobbyChanged{}.Type():
		return kindLobby, fmt.Sprintf("%s is %s the lobby.", d.Identifier, d.State)
	}
	if d.Result != nil && d.Result.Code >= 300 {
		name := strings.TrimPrefix(kind, acsPrefix)
		return kindAction, fmt.Sprintf("%s: %d/%d %s", name, d.Result.Code, d.Result.Subcode, d.Result.Message)
	}
	return "", ""
}

func (d detail) expiry() string {
	who := ""
	if d.Identifier != "" {
		who = fmt.Sprintf(" of %s", d.Identifier)
	}
	return fmt.Sprintf("The %s time-out%s ran out after %g s.", d.Timer, who, d.AfterSeconds)
}

func (d detail) step() string {
	if d.State == Gone && d.Reason != nil {
		return fmt.Sprintf("%s left: %d/%d %s", d.Identifier, d.Reason.Code, d.Reason.Subcode, d.Reason.Message)
	}
	return fmt.Sprintf("%s became %s.", d.Identifier, d.State)
}

func (d detail) context() string {
	if d.Context == "" {
		return ""
	}
	return " (" + d.Context + ")"
}
