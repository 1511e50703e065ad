package bottest

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Script is what a play is told with.
type Script struct{ stage *stage }

// Person is somebody on the stage, who can be called from now on. The same name
// is the same person.
func (s *Script) Person(name string) *Person {
	id := ID(name)
	p := s.stage.people[id]
	if p == nil {
		p = &person{stage: s.stage, name: name, id: id}
		s.stage.people[id] = p
		s.stage.order = append(s.stage.order, p)
	}
	return &Person{person: p}
}

// Bot is what the bot does, and the others of the stage.
func (s *Script) Bot() *Bot { return &Bot{stage: s.stage, place: new(int)} }

// Passes lets time go by.
func (s *Script) Passes(d time.Duration) { s.stage.wait(nil, d) }

// Elapsed is the virtual time since the play began.
func (s *Script) Elapsed() time.Duration { return s.stage.elapsed() }

// Meanwhile plays another part of the script at the same time. The play is over
// when all parts are.
func (s *Script) Meanwhile(part func(s *Script)) { s.stage.start(func() { part(s) }) }

// Fails breaks the play off, as an expectation does.
func (s *Script) Fails(format string, args ...any) { s.stage.fail(format, args...) }

// Happens waits for events in this order, in any connection, and for others in
// between; "Microsoft.Communication." may be left out of their types. What
// happened before counts.
func (s *Script) Happens(types ...string) {
	s.stage.helper()
	b := s.Bot()
	for _, kind := range types {
		b.expect(patience, "there is "+kind, func(e entry) bool {
			return strings.TrimPrefix(e.Type, "Microsoft.Communication.") == kind
		})
	}
}

// Bot is what bots do in the calls, as the log tells it. Each expectation looks
// behind what the one before it found.
type Bot struct {
	stage *stage
	place *int // in the log
	limit time.Duration
}

// Within is the bot with another time for what is expected; 30 seconds otherwise.
func (b *Bot) Within(limit time.Duration) *Bot { return &Bot{b.stage, b.place, limit} }

// Answers waits until a call is answered.
func (b *Bot) Answers() {
	b.stage.helper()
	b.expect(b.limit, "the bot answers", func(e entry) bool {
		return e.Type == call.TypeOpened && detail(e).Kind == "answer"
	})
}

// Adds waits until somebody is invited.
func (b *Bot) Adds(name string) {
	b.stage.helper()
	to := "/recipient/" + string(b.stage.whose(name))
	b.expect(b.limit, "the bot adds "+name, func(e entry) bool {
		return strings.HasSuffix(e.Type, ".IncomingCall") && strings.HasSuffix(e.Subject, to)
	})
}

// Transfers waits until a participant is being handed to somebody.
func (b *Bot) Transfers(name string) {
	b.stage.helper()
	to := b.stage.whose(name)
	b.expect(b.limit, "the bot transfers to "+name, func(e entry) bool {
		return e.Type == "botd.transfer.state" && detail(e).Target == to && detail(e).State == "Transferring"
	})
}

// Holds waits until somebody is put on hold.
func (b *Bot) Holds(p *Person) {
	b.stage.helper()
	b.expect(b.limit, "the bot holds "+p.name, func(e entry) bool {
		return e.Type == "botd.participant.state" && detail(e).Identifier == p.id && detail(e).Held
	})
}

// Removes waits until somebody is taken out of the call.
func (b *Bot) Removes(p *Person) {
	b.stage.helper()
	b.expect(b.limit, "the bot removes "+p.name, func(e entry) bool {
		return strings.HasSuffix(e.Type, ".RemoveParticipantSucceeded") && detail(e).Participant == p.id
	})
}

// Asks waits until the bot asks for an operation as the log calls it: "play",
// "recognize", "mute".
func (b *Bot) Asks(operation string) {
	b.stage.helper()
	b.expect(b.limit, "the bot asks for "+operation, func(e entry) bool { return e.asks(operation) })
}

// HangsUp waits until the bot leaves a call or ends it.
func (b *Bot) HangsUp() {
	b.stage.helper()
	b.expect(b.limit, "the bot hangs up", func(e entry) bool { return e.asks("hangUp") || e.asks("terminate") })
}

// expect waits for a line of the log.
func (b *Bot) expect(limit time.Duration, what string, is func(entry) bool) {
	b.stage.helper()
	if limit == 0 {
		limit = patience
	}
	b.stage.expect(what, limit, func() bool {
		for _, e := range b.stage.journal.from(*b.place) {
			*b.place++
			if is(e) {
				return true
			}
		}
		return false
	})
}

// details is what expectations look at in events.
type details struct {
	Kind        string      `json:"kind"`
	Operation   string      `json:"operation"`
	State       string      `json:"state"`
	Held        bool        `json:"isOnHold"`
	Identifier  identity.ID `json:"identifier"`
	Target      identity.ID `json:"transferTarget"`
	Participant identity.ID `json:"participant"`
	From        identity.ID `json:"from"`
	To          identity.ID `json:"to"`
	ServerCall  string      `json:"serverCallId"`
	Tone        call.Tone   `json:"tone"`
	Reason      call.Reason `json:"reason"`
	Speech      struct {
		Text string `json:"speech"`
	} `json:"speechResult"`
	Choice struct {
		Phrase string `json:"recognizedPhrase"`
	} `json:"choiceResult"`
}

func detail(e entry) (d details) {
	_ = json.Unmarshal(e.Data, &d) // what is not there is empty
	return d
}

// asks reports whether the entry is an application asking for something.
func (e entry) asks(operation string) bool {
	return e.Type == "botd.operation.accepted" && detail(e).Operation == operation
}

// keysOf spells tones as they are on a phone.
func keysOf(list []call.Tone) string {
	var b strings.Builder
	for _, t := range list {
		for _, key := range "0123456789ABCD#*" {
			if names, _ := bot.Named(string(key)); len(names) == 1 && names[0] == string(t) {
				b.WriteRune(key)
			}
		}
	}
	return b.String()
}

// SendBot has the bot come to the call of a group, which there must be. Its
// handler answers as it would if it were called.
func (s *Script) SendBot(group string) {
	s.stage.helper()
	if err := s.stage.bots.Send(s.stage.bot, bot.Place{Group: group}); err != nil {
		s.stage.fail("the bot cannot be sent to %s: %v", group, err)
	}
	s.stage.rest()
}

// BotCalls has the bot call somebody. Its handler rings them when it answers.
func (s *Script) BotCalls(name string) {
	s.stage.helper()
	if err := s.stage.bots.Call(s.stage.bot, bot.Dial{To: s.stage.whose(name)}); err != nil {
		s.stage.fail("the bot cannot call %s: %v", name, err)
	}
	s.stage.rest()
}
