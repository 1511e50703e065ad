package call_test

import (
	"sync"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// modelLeg is a leg that counts how often it ended.
type modelLeg struct {
	m      *model
	mouth  mouth
	silent bool

	mu     sync.Mutex
	p      *call.Participant
	broken bool // it panics when it is shown the call
	ends   int
}

func (m *model) leg(silent bool) *modelLeg { return &modelLeg{m: m, silent: silent} }

func (l *modelLeg) Kind() string     { return "model" }
func (l *modelLeg) Port() media.Port { return &l.mouth }
func (l *modelLeg) Mute()            {}
func (l *modelLeg) Unmute()          {}

func (l *modelLeg) Attach(p *call.Participant) {
	l.mu.Lock()
	moved := l.p != nil
	l.p = p
	l.mu.Unlock()
	if moved {
		return
	}
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	l.m.legs = append(l.m.legs, l)
}

func (l *modelLeg) breaks() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = true
}

// Show holds what somebody is shown against what they may see: in the lobby
// only themselves, and the lobby only if they decide about it.
func (l *modelLeg) Show(r call.Roster) {
	l.mu.Lock()
	broken := l.broken
	l.mu.Unlock()
	if broken {
		panic("planted")
	}
	var self call.Member
	for _, p := range r.Members {
		if p.ID == r.Self {
			self = p
		}
	}
	for _, p := range r.Members {
		hidden := self.State == call.InLobby || p.State == call.InLobby && !self.Role.May(call.Moderate)
		if p.ID != r.Self && hidden {
			l.m.fail("%s, %q as %s, sees %s in %q", self.Identity, self.State, self.Role, p.Identity, p.State)
		}
	}
	if self.ID == "" {
		l.m.fail("somebody is shown a call without them")
	}
}

func (l *modelLeg) participant() *call.Participant {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.p
}

func (l *modelLeg) Accept() {
	if !l.silent {
		go l.participant().Connected()
	}
}

func (l *modelLeg) Hangup(call.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends++
}
