package main

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/bot/bottest"
)

// frontdesk is the menu with a colleague at it.
var frontdesk = menu{bottest.ID("olga")}

func TestACallerPressesAKey(t *testing.T) {
	bottest.Run(t, frontdesk.answer, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("welcome say hours or press 1")
		alice.Presses("1") // in the middle of the prompt, which ends
		alice.HearsUpTo("press 1")
		alice.Hears("we are here from nine to five")
		alice.IsHungUpOn()
	})
}

func TestACallerSaysWhatTheyWant(t *testing.T) {
	bottest.Run(t, frontdesk.answer, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("say operator or press 0")
		alice.Says("Where are you?")
		alice.Hears("we are at 1 example street")
		alice.IsHungUpOn()
	})
}

func TestACallerTalksOverThePrompt(t *testing.T) {
	bottest.Run(t, frontdesk.answer, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("welcome say hours")
		alice.BeginsToSay("opening hours")
		alice.Hears("we are here from nine to five")
		for _, heard := range alice.Heard() {
			if heard == "Welcome. "+offer {
				s.Fails("the prompt went on to its end")
			}
		}
	})
}

func TestACallerWantsAPerson(t *testing.T) {
	bottest.Run(t, frontdesk.answer, func(s *bottest.Script) {
		alice, olga := s.Person("alice"), s.Person("olga").WillAnswer(4*time.Second)
		alice.Calls()
		alice.Hears("press 0")
		alice.Presses("0")
		alice.Hears("one moment")
		s.Bot().Transfers("olga")
		alice.IsWith("olga")
		olga.Says("Good morning.")
		alice.Hears("good morning")
		alice.HangsUp()
		olga.IsHungUpOn()
	})
}

func TestThePersonIsBusy(t *testing.T) {
	bottest.Run(t, frontdesk.answer, func(s *bottest.Script) {
		alice := s.Person("alice")
		s.Person("olga").WillBeBusy()
		alice.Calls()
		alice.Hears("press 0")
		alice.Says("A person")
		alice.Hears("nobody is free")
		alice.IsHungUpOn()
	})
}

func TestWrongKeysAndSilenceAreForgivenTwice(t *testing.T) {
	bottest.Run(t, frontdesk.answer, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("press 0")
		alice.Presses("7")
		alice.Hears("sorry I do not have that")
		alice.Hears("press 0")
		alice.Waits(7 * time.Second)
		alice.Hears("are you there")
		alice.Hears("press 0")
		alice.Says("Bananas")
		alice.Hears("goodbye")
		alice.IsHungUpOn()
	})
}

func TestACallerHangsUpInTheMiddle(t *testing.T) {
	bottest.Run(t, frontdesk.answer, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("welcome")
		alice.HangsUp()
		s.Happens("RecognizeCanceled", "CallDisconnected")
	})
}
