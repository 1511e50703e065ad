package main

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/bot/bottest"
	"github.com/botd-dev/botd/call"
)

func TestWhoPressesOneTalksToSales(t *testing.T) {
	bottest.Run(t, frontdesk, func(s *bottest.Script) {
		alice := s.Person("alice")
		clerk := s.Person(string(sales)).WillAnswer(8 * time.Second)

		alice.Calls()
		alice.Hears("welcome")
		alice.Presses("1")
		alice.HearsUpTo("welcome")
		alice.Hears("one moment")
		s.Bot().Adds(string(sales))

		alice.IsWith(string(sales))
		clerk.Says("Sales, good morning.")
		alice.Hears("good morning")
	})
}

func TestWhoCannotBeConnectedIsCalledBack(t *testing.T) {
	bottest.Run(t, frontdesk, func(s *bottest.Script) {
		s.Person(string(sales)).WillBeBusy()
		alice := s.Person("alice")
		alice.Network(bottest.Network{Loss: 5, Jitter: 40 * time.Millisecond})

		alice.Calls()
		alice.Hears("press 1")
		alice.Presses("1")
		alice.Hears("enter your number")
		alice.Presses("4711#")
		alice.Hears("we call you at 4711")
		alice.IsHungUpOn(call.ReasonEnded)
	})
}

func TestWhoIsSilentIsLeftAlone(t *testing.T) {
	bottest.Run(t, frontdesk, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("press 2")
		alice.HearsNothing(4 * time.Second)
		alice.Within(2 * time.Second).Hears("goodbye")
		s.Bot().HangsUp()
	})
}
