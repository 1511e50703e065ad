package call_test

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// said is what all events of interest have.
type said struct {
	InvitationID  string        `json:"invitationId"`
	Identifier    identity.ID   `json:"identifier"`
	Participant   identity.ID   `json:"participant"`
	Transferee    identity.ID   `json:"transferee"`
	Operation     string        `json:"operation"`
	ParticipantID string        `json:"participantId"`
	State         call.State    `json:"state"`
	Number        uint64        `json:"sequenceNumber"`
	Participants  []call.Listed `json:"participants"`
	Result        *call.Result  `json:"resultInformation"`
	Reason        *call.Reason  `json:"reason"`
}

// read reads a record, each once: most of the time of a plan goes into this.
func (l *ledger) read(r call.Record) said {
	s, known := l.heard[r.ID]
	if !known {
		_ = json.Unmarshal(r.Data, &s)
		l.heard[r.ID] = s
	}
	return s
}

func short(r call.Record) string { return strings.TrimPrefix(r.Type, "Microsoft.Communication.") }

// byConnection sorts the log.
func (m *model) byConnection() map[string][]call.Record {
	m.journal.mu.Lock()
	defer m.journal.mu.Unlock()
	all := map[string][]call.Record{}
	for _, r := range m.journal.records {
		all[r.Connection] = append(all[r.Connection], r)
	}
	return all
}

// checkRest holds what can be read against what was told, when nothing happens.
func (m *model) checkRest() {
	logs := m.byConnection()
	for _, cn := range m.connections {
		v := cn.View()
		if v.State != call.Connected && v.State != call.Transferring {
			continue
		}
		var last said
		for _, r := range logs[cn.ID()] {
			if short(r) == "ParticipantsUpdated" {
				last = m.journal.read(r)
			}
		}
		if !reflect.DeepEqual(last.Participants, v.Participants) {
			m.fail("told %v, listed %v", last.Participants, v.Participants)
		}
		if len(v.Participants) < 2 && !v.Group {
			m.fail("a 1:1 call of %v goes on", v.Participants)
		}
	}
}

// checkEnd holds the log against what is true of every log of ended calls.
func (m *model) checkEnd() {
	if n := m.Counts(); n != (call.Counts{}) {
		m.fail("left over: %+v", n)
	}
	for _, l := range m.legs {
		if l.ends != 1 {
			m.fail("a leg ended %d times", l.ends)
		}
	}
	for _, b := range m.bridges {
		for id, on := range b.on {
			if on {
				m.fail("%s is still on the bridge", id)
			}
		}
	}
	for _, inv := range m.rang {
		select {
		case <-inv.Done():
		default:
			m.fail("an invitation still rings")
		}
	}
	m.checkSteps()
	m.checkSequences()
	if m.journal.isLossy() {
		return // what ended after that stands nowhere
	}
	m.checkPresence()
	for id, log := range m.byConnection() {
		if id != "" {
			m.checkLog(log)
			m.checkCauses(log)
		}
	}
}

// checkSequences says that nothing is missing in a call's log, or in a
// connection's, up to where it ends.
func (m *model) checkSequences() {
	last := map[string]uint64{}
	for _, r := range m.journal.records {
		if last[r.Call]++; r.CallSequence != last[r.Call] {
			m.fail("%s has call sequence %d, want %d", short(r), r.CallSequence, last[r.Call])
		}
		if r.Connection == "" {
			continue
		}
		if last[r.Connection]++; r.Sequence != last[r.Connection] {
			m.fail("%s has sequence %d, want %d", short(r), r.Sequence, last[r.Connection])
		}
	}
}

// checkPresence says that everybody who was added to a call was removed from it,
// in turns, and that it began before and ended after all of them.
func (m *model) checkPresence() {
	there, running := map[string]bool{}, map[string]bool{}
	for _, r := range m.journal.records {
		s := m.journal.read(r)
		id := r.Call + "/" + s.ParticipantID
		switch kind := short(r); kind {
		case "CallStarted", "CallEnded":
			if running[r.Call] == (kind == "CallStarted") {
				m.fail("%s while that is so", kind)
			}
			running[r.Call] = kind == "CallStarted"
		case "CallParticipantAdded", "CallParticipantRemoved":
			added := kind == "CallParticipantAdded"
			if there[id] == added || !running[r.Call] {
				m.fail("%s while %v, call running: %v", kind, there[id], running[r.Call])
			}
			there[id] = added
		}
	}
	for id, on := range there {
		if on {
			m.fail("%s was never removed", id)
		}
	}
	for id, on := range running {
		if on {
			m.fail("call %s never ended", id)
		}
	}
}

func (m *model) checkLog(log []call.Record) {
	closings := map[string]int{}
	there := map[string]call.State{}
	connected, number := false, uint64(0)
	moved := 0
	for i, r := range log {
		s, last := m.journal.read(r), i == len(log)-1
		if r.Closing != last {
			m.fail("%s, record %d of %d, closing: %v", short(r), i+1, len(log), r.Closing)
		}
		if r.Contract() {
			m.been.note(short(r))
		}
		switch kind := short(r); kind {
		case "CallConnected":
			connected = true
		case "ParticipantsUpdated":
			if s.Number != number+1 {
				m.fail("ParticipantsUpdated %d after %d", s.Number, number)
			}
			number = s.Number
		case "MoveParticipantSucceeded", "MoveParticipantFailed":
			moved++
		case "botd.participant.state":
			there[s.ParticipantID] = s.State
		default:
			if name, ok := strings.CutPrefix(kind, "test."); ok {
				closings[strings.Fields(name)[0]]++
			}
		}
		if strings.HasSuffix(r.Type, "Failed") && s.Result != nil && s.Result.Code < 300 {
			m.fail("%s with %v", short(r), *s.Result)
		}
		if last && connected != (short(r) == "CallDisconnected") {
			m.fail("closed by %s, connected: %v", short(r), connected)
		}
	}
	if want := m.moving[log[0].Connection]; moved != want {
		m.fail("%d of %d moves have an outcome in %v", moved, want, m.names(log))
	}
	for name, n := range closings {
		if n != 1 {
			m.fail("operation %s has %d closing events", name, n)
		}
	}
	for _, name := range m.started {
		if id, op, _ := strings.Cut(name, "/"); id == log[0].Connection && closings[op] == 0 {
			m.fail("operation %s has no closing event", op)
		}
	}
	if m.endedWithItsCall(log[len(log)-1]) {
		for id, state := range there {
			if state != call.Gone {
				m.fail("%s appeared and never went: %v", id, m.names(log))
			}
		}
	}
}

// endedWithItsCall says that the connection did not leave by itself before.
func (m *model) endedWithItsCall(closing call.Record) bool {
	for _, r := range m.journal.records {
		if r.Call == closing.Call && r.Type == "botd.call.ended" {
			return m.journal.turn[r.ID] == m.journal.turn[closing.ID] || r.CallSequence < closing.CallSequence
		}
	}
	if short(closing) == "ConnectFailed" {
		return true // of a call that is none
	}
	m.fail("call %s has no end", closing.Call)
	return false
}

func (m *model) names(log []call.Record) []string {
	var list []string
	for _, r := range log {
		name := short(r)
		if s := m.journal.read(r); s.State != "" {
			name += ":" + string(s.State)
		}
		list = append(list, name)
	}
	return list
}
