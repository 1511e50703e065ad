package bottest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

// behind is how long a replay waits for an action that came then.
const behind = time.Minute

// Replay plays a call that was to a handler: people do what they did then, each
// time as long after the bot's last action as then. It fails the test if the bot
// does not ask for the same, and shows the first action that differs, both as it
// was and as it is. It returns the log of the run.
func Replay(t *testing.T, h bot.Handler, log []byte) []byte {
	t.Helper()
	return Stage{}.Replay(t, h, log)
}

// Replay is Replay on this stage. Its Bot is the one of the log.
func (st Stage) Replay(t *testing.T, h bot.Handler, log []byte) []byte {
	t.Helper()
	then, err := FromLog(log)
	if err != nil {
		t.Fatal(err)
	}
	st.Bot = then.Bot
	played := st.Run(t, h, then.Play)
	now, err := FromLog(played)
	if err != nil {
		t.Fatalf("the replay: %v", err)
	}
	if diff := then.Diff(now); diff != "" {
		t.Errorf("%s\n\nwhat happened now:\n%s", diff, Timeline(played))
	}
	return played
}

// Diff shows the first action in which a bot did otherwise in another call, of
// both; it is empty if there is none.
func (tp *Tape) Diff(now *Tape) string {
	for i := range max(len(tp.Actions), len(now.Actions)) {
		was, is := tp.action(i), now.action(i)
		if !was.same(is) {
			return fmt.Sprintf("action %d differs:\n  then %s\n  now  %s", i+1, was, is)
		}
	}
	return ""
}

func (tp *Tape) action(i int) Action {
	if i < len(tp.Actions) {
		return tp.Actions[i]
	}
	return Action{Does: "(nothing more)"}
}

// Play is the script in which people do what they did. It expects nothing.
func (tp *Tape) Play(s *Script) {
	people := map[identity.ID]*Person{}
	for _, id := range tp.People {
		if s.stage.plays(id) {
			continue
		}
		people[id] = s.Person(nameOf(id))
	}
	bot := s.Bot()
	people[tp.Caller].Calls()
	after, since := -1, time.Duration(0)
	for _, a := range tp.Acts {
		if people[a.Who] == nil { // another bot
			continue
		}
		if a.After != after {
			bot.acted(a.After)
			after, since = a.After, s.Elapsed()
		}
		s.Passes(since + a.begins(s.stage) - s.Elapsed())
		people[a.Who].does(a)
	}
	bot.acted(len(tp.Actions))
	s.Passes(time.Second) // for what it did not do then
}

// begins is how long after the bot's action it begins: what somebody says was
// understood when it had been said.
func (a Act) begins(s *stage) time.Duration {
	if a.Does == "says" {
		return a.Wait - s.lasts(a.What)
	}
	return a.Wait
}

// nameOf is the name of somebody on the stage.
func nameOf(id identity.ID) string {
	if name, ok := strings.CutPrefix(string(id), string(ID(""))); ok {
		return name
	}
	return string(id)
}

// acted waits until the bot has asked for so much, or has had time enough to.
func (b *Bot) acted(actions int) {
	lines := -1
	b.stage.wait(func() bool {
		all := b.stage.journal.from(0)
		if len(all) == lines {
			return false
		}
		lines = len(all)
		r := &reading{}
		for _, e := range all {
			r.take(e)
		}
		return len(r.tape.Actions) >= actions
	}, behind)
}

// does has the person do what they did, if they can.
func (p *Person) does(a Act) {
	there := p.connected()
	switch {
	case a.Does == "presses" && there:
		p.Presses(a.What)
	case a.Does == "says" && there:
		p.BeginsToSay(a.What)
	case a.Does == "hangs up" && there:
		p.HangsUp()
	case slices.Contains([]string{"answers", "declines", "is busy"}, a.Does) && p.ringing() != nil:
		p.reacts(a.Does)
	}
}
