package call_test

import (
	"sync"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// mouth is a port that says nothing.
type mouth struct{ media.Port }

// phone is a leg whose media flows as soon as it may.
type phone struct {
	p      *call.Participant
	silent bool // its media never comes

	mu       sync.Mutex
	roster   call.Roster
	speakers call.Speakers
	captions []string
	unheard  int // utterances
	quality  *call.Quality
	muted    int
	why      *call.Reason
}

func (l *phone) Kind() string               { return "fake" }
func (l *phone) Attach(p *call.Participant) { l.p = p }
func (l *phone) Port() media.Port           { return mouth{} }

func (l *phone) Accept() {
	if !l.silent {
		go l.p.Connected()
	}
}

func (l *phone) Show(r call.Roster) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.roster = r
}

func (l *phone) Speakers(s call.Speakers) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.speakers = s
}

func (l *phone) MutedSpeaking() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unheard++
}

func (l *phone) Quality() (call.Quality, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.quality == nil {
		return call.Quality{}, false
	}
	return *l.quality, true
}

func (l *phone) Mute() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.muted++
}

func (l *phone) Unmute() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.muted--
}

func (l *phone) Hangup(why call.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.why = &why
}

func (l *phone) ended() call.Reason {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == nil {
		return call.Reason{Message: "not ended"}
	}
	return *l.why
}
