package bottest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Tape is a call that was: what people did in it, and what its bot asked for. The
// words that somebody said are those that were understood.
type Tape struct {
	// Caller is who called, Bot whom.
	Caller, Bot identity.ID
	// People are the caller and those whom the bot called.
	People []identity.ID
	// Acts are what people did, in order.
	Acts []Act
	// Actions are what the bot asked for, in order.
	Actions []Action
}

// Act is something that somebody did.
type Act struct {
	Who identity.ID
	// Does is "presses", "says", "answers", "declines", "is busy" or "hangs up".
	Does string
	// What they pressed or said.
	What string
	// After is how many actions of the bot came before, and Wait how long after
	// the last of them it was.
	After int
	Wait  time.Duration
}

// Action is something that a bot asked for.
type Action struct {
	// At is since the call.
	At time.Duration
	// Does is what, "answer" or an operation of the log, and With whom or what:
	// whom it adds, holds or transfers to; what was heard.
	Does, With string
}

// String is the action in words.
func (a Action) String() string {
	return strings.TrimSpace(fmt.Sprintf("%.3f s  %s %s", a.At.Seconds(), a.Does, a.With))
}

// same reports whether another action is the same, whenever it came.
func (a Action) same(b Action) bool { return a.Does == b.Does && a.With == b.With }

// ErrLog is a log in which there is no call of somebody to a bot.
var ErrLog = errors.New("bottest: it is not the log of a call to a bot")

// FromLog reads the log of one call, as "botd events --call ID" or a run writes
// it. Its errors are ErrLog, and those of lines that are no events, which are
// told by their number.
func FromLog(log []byte) (*Tape, error) {
	entries, err := read(bytes.NewReader(log))
	if err != nil {
		return nil, err
	}
	r := &reading{}
	for _, e := range entries {
		r.take(e)
	}
	if r.tape.Caller == "" {
		return nil, ErrLog
	}
	return &r.tape, nil
}

// reading is a log being read.
type reading struct {
	tape       Tape
	began      time.Time
	last       time.Time   // of the bot's last action
	call       string      // the source of the call's own lines
	connection string      // that of the bot's
	ended      time.Time   // when somebody hung up first
	invited    identity.ID // since then
	states     map[identity.ID]call.State
}

// take takes in one line. Those of other calls and connections are passed over.
func (r *reading) take(e entry) {
	d := detail(e)
	switch {
	case r.tape.Caller == "":
		r.begin(e, d)
		return
	case e.Type == call.TypeOpened && r.connection == "" && d.ServerCall == r.call:
		r.connection = e.Source
		r.action(e, d.Kind, "")
		return
	case !strings.HasSuffix(e.Source, "/"+r.call) && e.Source != r.connection:
		return
	}
	r.asked(e, d)
	r.people(e, d)
}

// begin takes in the call to the bot.
func (r *reading) begin(e entry, d details) {
	if !strings.HasSuffix(e.Type, ".IncomingCall") {
		return
	}
	_, r.call, _ = strings.Cut(e.Source, "calls/")
	r.began, r.last = e.Time, e.Time
	r.states = map[identity.ID]call.State{d.From: call.Present}
	r.tape.Caller, r.tape.Bot, r.tape.People = d.From, d.To, []identity.ID{d.From}
}

// asked takes in what the bot asked for.
func (r *reading) asked(e entry, d details) {
	switch {
	case e.Type == "botd.operation.accepted":
		r.action(e, d.Operation, "")
		r.with("addParticipant", r.invited)
		r.invited = ""
	case strings.HasSuffix(e.Type, ".IncomingCall"): // before what it was asked for with
		r.invited = d.To
		r.join(d.To)
	case e.Type == "botd.transfer.state":
		r.with("transferToParticipant", d.Target)
	case e.Type == "botd.participant.state" && d.Held:
		r.with("hold", d.Identifier)
	}
}

func (r *reading) action(e entry, does, with string) {
	r.last = e.Time
	r.tape.Actions = append(r.tape.Actions, Action{e.Time.Sub(r.began), does, with})
}

// with says whom the last action is about.
func (r *reading) with(does string, who identity.ID) {
	if n := len(r.tape.Actions); n > 0 && r.tape.Actions[n-1].Does == does && r.tape.Actions[n-1].With == "" {
		r.tape.Actions[n-1].With = string(who)
	}
}

// join takes in somebody who is called.
func (r *reading) join(who identity.ID) {
	if !slices.Contains(r.tape.People, who) {
		r.tape.People = append(r.tape.People, who)
	}
}

// people takes in what people did.
func (r *reading) people(e entry, d details) {
	switch {
	case e.Type == "botd.participant.dtmf":
		r.act(e, d.Identifier, "presses", keysOf([]call.Tone{d.Tone}))
	case e.Type == "botd.participant.state" && slices.Contains(r.tape.People, d.Identifier):
		r.moved(e, d)
	case strings.HasSuffix(e.Type, ".RecognizeCompleted"):
		if said := d.Speech.Text + d.Choice.Phrase; said != "" {
			r.act(e, r.tape.Caller, "says", said)
		}
	}
}

// moved takes in that somebody came or went.
func (r *reading) moved(e entry, d details) {
	was := r.states[d.Identifier]
	r.states[d.Identifier] = call.State(d.State)
	switch {
	case d.State == string(call.Present) && was != call.Present && was != call.OnHold:
		r.act(e, d.Identifier, "answers", "")
	case d.State != string(call.Gone):
	case d.Reason == call.ReasonBusy:
		r.act(e, d.Identifier, "is busy", "")
	case d.Reason == call.ReasonDeclined:
		r.act(e, d.Identifier, "declines", "")
	case d.Reason == call.ReasonLocal && !e.Time.Equal(r.ended):
		r.ended = e.Time // those who leave with them did not hang up
		r.act(e, d.Identifier, "hangs up", "")
	}
}

func (r *reading) act(e entry, who identity.ID, does, what string) {
	if n := len(r.tape.Acts); does == "presses" && what == "" || n > 0 && r.tape.Acts[n-1].Does == "hangs up" && r.tape.Acts[n-1].Who == who {
		return
	}
	r.tape.Acts = append(r.tape.Acts, Act{who, does, what, len(r.tape.Actions), e.Time.Sub(r.last)})
}
