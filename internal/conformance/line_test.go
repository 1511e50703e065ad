package conformance

import (
	"sync"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// line is a leg without a network: a telephone in one call.
type line struct {
	pair    *media.Pair
	over    chan call.Reason // why it was hung up
	keyless bool             // no keys can be sent to it
	dead    bool             // its media never flows

	hearing hearing

	mu     sync.Mutex
	who    *call.Participant
	roster call.Roster
	keys   []call.Tone   // that were sent to it
	mutes  int           // how often somebody else muted it, since it was last undone
	news   chan struct{} // closed when something of the above has changed
}

func newLine() *line {
	l := &line{pair: media.NewPair(), over: make(chan call.Reason, 1), news: make(chan struct{})}
	l.hearing.news = make(chan struct{})
	go l.hearing.listen(l.pair.Speaker())
	return l
}

func (l *line) Kind() string     { return "test" }
func (l *line) Port() media.Port { return l.pair }

func (l *line) Attach(p *call.Participant) { l.change(func() { l.who = p }) }
func (l *line) Show(r call.Roster)         { l.change(func() { l.roster = r }) }
func (l *line) Mute()                      { l.change(func() { l.mutes++ }) }
func (l *line) Unmute()                    { l.change(func() { l.mutes = 0 }) }

// Accept has media flow at once, if it ever does.
func (l *line) Accept() {
	if !l.dead {
		go l.participant().Connected()
	}
}

func (l *line) Hangup(why call.Reason) {
	l.pair.Close()
	l.over <- why
}

func (l *line) change(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	close(l.news)
	l.news = make(chan struct{})
}

func (l *line) participant() *call.Participant {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.who
}

// shown is who is in the call, by what the line was last shown.
func (l *line) shown() []call.Member {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.roster.Members
}

// until waits until what the line knows passes, or stop.
func (l *line) until(stop <-chan struct{}, passes func() bool) bool {
	for {
		l.mu.Lock()
		ok, news := passes(), l.news
		l.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-news:
		case <-stop:
			return false
		}
	}
}
