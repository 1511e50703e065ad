package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/bottest"
	"github.com/botd-dev/botd/identity"
)

// helpLine gives a play in which anna is the agent and sven the supervisor, and
// carl calls.
func helpLine(t *testing.T, script func(s *bottest.Script, carl, anna, sven *bottest.Person)) {
	t.Helper()
	var d duty
	stage := bottest.Stage{Bot: "help", Others: map[identity.ID]bot.Handler{"agent": d.signIn, "supervisor": d.signIn}}
	stage.Run(t, d.help, func(s *bottest.Script) {
		anna, sven := s.Person("anna"), s.Person("sven")
		anna.Calls("agent")
		anna.Hears("you are on duty")
		anna.IsHungUpOn()
		sven.Calls("supervisor")
		sven.IsHungUpOn()

		carl := s.Person("carl")
		carl.Calls()
		carl.Hears("one moment")
		script(s, carl, anna, sven)
	})
}

func TestOnlyTheAgentHearsTheSupervisor(t *testing.T) {
	helpLine(t, func(s *bottest.Script, carl, anna, sven *bottest.Person) {
		anna.Answers()
		carl.Says("My radio is broken.")
		anna.Hears("my radio is broken")

		anna.Presses("*")
		sven.Answers()
		sven.Hears("only the agent hears you")
		sven.Says("Offer him a new one.")
		anna.Hears("offer him a new one")
		carl.Says("Are you still there?")
		sven.Hears("are you still there")
		s.Passes(time.Second)
		if whispered(carl) {
			s.Fails("the customer heard %q", carl.Heard())
		}

		sven.Presses("2")
		sven.Says("You get a new one.")
		carl.Hears("you get a new one")

		sven.Presses("1")
		sven.Says("Say that it is blue.")
		anna.Hears("say that it is blue")
		if whispered(carl) {
			s.Fails("the customer heard %q", carl.Heard())
		}
		carl.HangsUp()
		anna.Says("He is gone.")
		sven.Hears("he is gone")
	})
}

// whispered says that the customer has heard what was not for them.
func whispered(carl *bottest.Person) bool {
	return slices.ContainsFunc(carl.Heard(), func(text string) bool {
		return strings.HasPrefix(text, "Offer") || strings.HasPrefix(text, "Only") || strings.HasPrefix(text, "Say")
	})
}

func TestTheSupervisorComesAgain(t *testing.T) {
	helpLine(t, func(_ *bottest.Script, carl, anna, sven *bottest.Person) {
		anna.Answers()
		for range 2 {
			anna.Presses("*")
			sven.Answers()
			sven.Hears("only the agent hears you")
			sven.HangsUp()
			carl.Says("Hello?")
			anna.Hears("hello")
		}
	})
}

func TestASupervisorWhoIsNotThereIsToldToTheAgentAlone(t *testing.T) {
	helpLine(t, func(_ *bottest.Script, carl, anna, sven *bottest.Person) {
		anna.Answers()
		anna.Presses("*")
		sven.IsBusy()
		anna.Hears("the supervisor is not here")
		if len(carl.Heard()) > 1 {
			t.Errorf("the customer heard %q", carl.Heard())
		}
	})
}

func TestNobodyIsOnDuty(t *testing.T) {
	var d duty
	bottest.Run(t, d.help, func(s *bottest.Script) {
		carl := s.Person("carl")
		carl.Calls()
		carl.Hears("nobody is here")
		carl.IsHungUpOn()
	})
}

func TestTheCustomerIsGoneWhenTheAgentAnswers(t *testing.T) {
	helpLine(t, func(s *bottest.Script, carl, anna, _ *bottest.Person) {
		anna.IsCalled()
		carl.HangsUp()
		anna.Answers()
		anna.HearsNothing(10 * time.Second)
		anna.HangsUp()
		s.Happens("AddParticipantSucceeded", "CallDisconnected")
	})
}
