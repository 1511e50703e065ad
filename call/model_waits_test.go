package call_test

import (
	"time"

	"github.com/botd-dev/botd/call"
)

// waits are the time-outs of the model: short enough for some to run out while
// others still act.
func waits() call.Timeouts {
	return call.Timeouts{Lobby: 100 * time.Second, Call: 20 * time.Minute}
}

// longestWait is longer than anybody waits for anything in a call: rung on a phone,
// and then without media.
const longestWait = 4 * time.Minute

// outwait does nothing until every time-out has ended what it is there to end.
func (m *model) outwait() {
	time.Sleep(longestWait)
	m.checkWaits()
	time.Sleep(waits().Call)
	if n := m.Counts(); n != (call.Counts{}) {
		m.fail("after the longest that a call lasts there are %+v", n)
	}
}

// checkWaits says that nobody waits any more: whoever is left is there, and so are
// the applications.
func (m *model) checkWaits() {
	if n := m.Counts().Invitations; n != 0 {
		m.fail("%d invitations ring without end", n)
	}
	lost := m.lost()
	for _, v := range m.Calls() {
		people := 0
		for _, p := range v.Members {
			if p.State != call.Present && p.State != call.OnHold || lost[p.ID] {
				m.fail("%s is %q without end, lost: %v", p.Identity, p.State, lost[p.ID])
			}
			if !p.Application {
				people++
			}
		}
		if people == 0 {
			m.fail("a call of nobody goes on")
		}
		for _, cn := range v.Connections {
			if cn.State != call.Connected {
				m.fail("a connection is %s without end", cn.State)
			}
		}
	}
}

// lost are those whose packets have not come back.
func (m *model) lost() map[string]bool {
	m.journal.mu.Lock()
	defer m.journal.mu.Unlock()
	lost := map[string]bool{}
	for _, r := range m.journal.records {
		switch short(r) {
		case "botd.participant.lost":
			lost[m.journal.read(r).ParticipantID] = true
		case "botd.participant.back":
			lost[m.journal.read(r).ParticipantID] = false
		}
	}
	return lost
}
