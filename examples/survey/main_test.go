package main

import (
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot/bottest"
)

// result is the line that is written of calls to alice that go as the script says.
func result(t *testing.T, script func(s *bottest.Script, alice *bottest.Person)) string {
	t.Helper()
	var out strings.Builder
	bottest.Run(t, survey{&out}.call, func(s *bottest.Script) {
		script(s, s.Person("alice"))
	})
	return strings.TrimPrefix(strings.TrimSpace(out.String()), string(bottest.ID("alice"))+",")
}

func TestAPersonAnswersBothQuestions(t *testing.T) {
	got := result(t, func(s *bottest.Script, alice *bottest.Person) {
		s.BotCalls("alice")
		alice.Answers()
		alice.Waits(300 * time.Millisecond)
		alice.Says("Hello, Alice here.")
		alice.Hears("how did you like it")
		alice.Presses("4")
		alice.Hears("what did you miss")
		alice.Says("More benches, and a map.")
		alice.Hears("thank you")
		alice.IsHungUpOn()
	})
	if got != `human,4,"More benches, and a map."` {
		t.Errorf("it wrote %s", got)
	}
}

func TestAMarkMayBeSaid(t *testing.T) {
	got := result(t, func(s *bottest.Script, alice *bottest.Person) {
		s.BotCalls("alice")
		alice.Answers()
		alice.Waits(300 * time.Millisecond)
		alice.Says("Alice here.")
		alice.Hears("from 1 to 5")
		alice.Says("five")
		alice.Hears("what did you miss")
		alice.Says("Nothing.")
		alice.IsHungUpOn()
	})
	if got != "human,5,Nothing." {
		t.Errorf("it wrote %s", got)
	}
}

func TestAMachineGetsAMessageAfterItsBeep(t *testing.T) {
	got := result(t, func(s *bottest.Script, alice *bottest.Person) {
		alice.HasVoicemail(3*time.Second, "This is the mailbox of Alice, who is not at home just now. Please leave a message after the beep.")
		s.BotCalls("alice")
		alice.Hears("this is the survey of the museum we will call again")
		alice.IsHungUpOn()
		if n := len(alice.Heard()); n != 1 {
			t.Errorf("it said %q", alice.Heard())
		}
	})
	if got != "beep" {
		t.Errorf("it wrote %s", got)
	}
}

func TestWhoSaysNothingIsAskedTwice(t *testing.T) {
	got := result(t, func(s *bottest.Script, alice *bottest.Person) {
		s.BotCalls("alice")
		alice.Answers()
		alice.Hears("how did you like it")
		alice.Hears("how did you like it")
		alice.Presses("9") // is no mark
		alice.Hears("what did you miss")
		alice.Hears("what did you miss")
		alice.Hears("thank you")
		alice.IsHungUpOn()
	})
	if got != "unknown,," {
		t.Errorf("it wrote %s", got)
	}
}

func TestWhoHangsUpInTheMiddleHasAnsweredOneQuestion(t *testing.T) {
	got := result(t, func(s *bottest.Script, alice *bottest.Person) {
		s.BotCalls("alice")
		alice.Answers()
		alice.Waits(300 * time.Millisecond)
		alice.Says("Hello, Alice here.")
		alice.Hears("how did you like it")
		alice.Presses("1")
		alice.Hears("what did you")
		alice.HangsUp()
		s.Passes(time.Second)
	})
	if got != "human,1,hung up" {
		t.Errorf("it wrote %s", got)
	}
}

func TestWhoDoesNotAnswerIsWrittenDownToo(t *testing.T) {
	for want, will := range map[string]func(alice *bottest.Person){
		"not reached,the callee is busy.":      func(alice *bottest.Person) { alice.WillBeBusy() },
		"not reached,the callee declined.":     func(alice *bottest.Person) { alice.WillDecline(time.Second) },
		"not reached,nobody answered in time.": func(*bottest.Person) {},
	} {
		got := result(t, func(s *bottest.Script, alice *bottest.Person) {
			will(alice)
			s.BotCalls("alice")
			s.Passes(3 * time.Minute)
		})
		if !strings.EqualFold(got, want) {
			t.Errorf("it wrote %s, not %s", got, want)
		}
	}
}
