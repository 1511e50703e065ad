package bottest

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// ID is who a name on the stage is: what has a colon is an identifier already
// ("4:+4670…"), a number with a plus is a phone, anything else a user.
func ID(name string) identity.ID {
	switch {
	case strings.Contains(name, ":"):
		return identity.ID(name)
	case strings.HasPrefix(name, "+"):
		return identity.ID("4:" + name)
	}
	return identity.ID("8:acs:bottest_" + name)
}

// Person is somebody who calls, or can be called. What they do takes the time
// that it takes; what is expected of them is waited for, 30 seconds unless Within
// says otherwise, and fails the test if it does not come.
type Person struct {
	*person
	limit time.Duration
}

// person is what all copies of a Person share.
type person struct {
	stage *stage
	name  string
	id    identity.ID
	net   Network
	calls int // they have been in
	begun int // sentences that Hears is past
	words int // of the one that it is in
	keys  int // keys that HearsKeys is past
	note  func(samples []int16)
	when  reaction // they are called

	mu   sync.Mutex
	line *line // the present one, or the last
	rung []*call.Invitation
}

// Within is the person with another time for what is expected.
func (p *Person) Within(limit time.Duration) *Person { return &Person{p.person, limit} }

// Name is the name on the stage, ID who that is for bots.
func (p *Person) Name() string { return p.name }

// ID is who the person is.
func (p *Person) ID() identity.ID { return p.id }

// Listen has f called with what reaches the person, in each tick in which there
// may be something to hear: 20 ms at 48 kHz, nil for silence. The samples are
// lent.
func (p *Person) Listen(f func(samples []int16)) { p.note = f }

// Network says what happens to the person's sound on its way, in the calls that
// they are in from now on.
func (p *Person) Network(n Network) { p.net = n }

// did notes what the person did or what happened to them.
func (p *person) did(does, what string) { p.stage.journal.note(time.Now(), p.name, does, what) }

func (p *person) tick() int64 { return p.stage.ticks }

func (p *person) listen(samples []int16) {
	if p.note != nil {
		p.note(samples)
	}
}

// enter makes the person's line into another call. doing is how they come in.
func (p *person) enter(doing string) *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	owner := fmt.Sprintf("network of %s %d", p.name, p.calls)
	l := &line{
		person: p, opening: doing,
		up:   newWire(p.net, p.stage.names.random(owner+" up")),
		down: newWire(p.net, p.stage.names.random(owner+" down")),
	}
	l.listener = &listener{analyst: newAnalyst(p.stage.language), told: p.heard, frame: p.tick()}
	if p.line != nil { // what was heard before was heard
		l.listener.sentences = p.line.listener.sentences
	}
	p.line = l
	return l
}

// heard notes what the person has heard of what somebody said.
func (p *person) heard(s *sentence) {
	what := s.String()
	if s.cut() {
		what += " —"
	}
	p.did("hears", what)
}

func (p *person) current() *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.line
}

// here is the person's line, in a call.
func (p *Person) here(doing string) *line {
	p.stage.helper()
	p.expect(doing+" when in a call", func() bool { return p.connected() || p.out() })
	l := p.current()
	if l == nil || l.over() != nil {
		p.stage.fail("%s cannot be %s: not in a call", p.name, doing)
	}
	return l
}

func (p *person) connected() bool {
	l := p.current()
	return l != nil && l.over() == nil && (l.state().State == call.Present || l.state().State == call.OnHold)
}

// out reports whether the person was in a call and is not any more.
func (p *person) out() bool {
	l := p.current()
	return l != nil && l.over() != nil
}

// expect waits for something, and fails if it does not come in time.
func (p *Person) expect(what string, ready func() bool) {
	p.stage.helper()
	p.stage.expect(p.name+" "+what, cmp.Or(p.limit, patience), ready)
}

// Calls places a call, to the bot if nobody is named.
func (p *Person) Calls(names ...string) {
	p.stage.helper()
	var to []identity.ID
	for _, name := range names {
		to = append(to, p.stage.whose(name))
	}
	if len(to) == 0 {
		to = append(to, p.stage.bot)
	}
	l := p.enter("calls")
	_, err := p.stage.calls.Offer(p.stage.life(), call.Offer{Leg: l, From: p.id, Name: p.name, To: to})
	if err != nil {
		p.stage.fail("%s cannot call: %v", p.name, err)
	}
	p.stage.rest()
}

// Says has the person say a text, and returns when it has been said.
func (p *Person) Says(words string) {
	p.stage.helper()
	l := p.begin(words)
	p.stage.expect(p.name+" says "+words, forever, l.quiet)
}

// BeginsToSay has the person say a text, and returns at once.
func (p *Person) BeginsToSay(words string) {
	p.stage.helper()
	p.begin(words)
	p.stage.rest()
}

func (p *Person) begin(words string) *line {
	l := p.here("speaking")
	p.did("says", words)
	l.say(p.stage.language.text(p.name, words).frames()...)
	return l
}

// Plays has the person be heard with the sound of a WAV, MP3 or Ogg Opus file, and
// returns when it is over.
func (p *Person) Plays(file string) {
	p.stage.helper()
	frames, err := p.stage.clip(file)
	if err != nil {
		p.stage.fail("%s cannot play %s: %v", p.name, file, err)
	}
	l := p.here("playing")
	p.did("plays", file)
	l.say(frames...)
	p.stage.expect(p.name+" plays "+file, forever, l.quiet)
}

// between is the time from one key to the next.
const between = 200 * time.Millisecond

// Presses has the person press keys, as they are on a phone: five a second.
func (p *Person) Presses(keys string) {
	p.stage.helper()
	tones, ok := bot.Named(keys)
	if !ok {
		p.stage.fail("%s cannot press %q: it has a key that is on no phone", p.name, keys)
	}
	for i, tone := range tones {
		l := p.here("pressing keys")
		p.did("presses", keys[i:i+1])
		l.participant().Tone(call.Tone(tone))
		p.Waits(between)
	}
}

// Waits lets time pass, in which the person does nothing.
func (p *Person) Waits(d time.Duration) { p.stage.wait(nil, d) }

// HangsUp ends the call for the person.
func (p *Person) HangsUp() {
	p.stage.helper()
	l := p.current()
	if l == nil || l.over() != nil {
		p.stage.fail("%s cannot hang up: not in a call", p.name)
	}
	p.did("hangs up", "")
	l.leave()
	l.participant().Gone(call.ReasonLocal)
	p.stage.rest()
}

// LosesNetwork has nothing pass between the person and the call for a while,
// which goes on meanwhile. The call learns of it after five seconds, and again
// when the person is back.
func (p *Person) LosesNetwork(d time.Duration) {
	p.stage.helper()
	l := p.here("losing the network")
	p.did("loses the network", d.String())
	l.cut(true)
	p.stage.start(func() {
		noticed := d >= unnoticed
		p.stage.wait(nil, min(d, unnoticed))
		if noticed {
			l.participant().Lost()
			p.stage.wait(nil, d-unnoticed)
		}
		p.did("has the network again", "")
		l.cut(false)
		if noticed {
			l.participant().Back()
		}
	})
	p.stage.rest()
}

// unnoticed is after how much silence a call is told that somebody is lost.
const unnoticed = 5 * time.Second

// Joins has the person join the call of a group, which the first one makes.
func (p *Person) Joins(group string) {
	p.stage.helper()
	l := p.enter("joins")
	if _, err := p.stage.calls.Join(p.stage.life(), call.Joining{Leg: l, From: p.id, Name: p.name, Group: group}); err != nil {
		p.stage.fail("%s cannot join %s: %v", p.name, group, err)
	}
	p.stage.rest()
}
