package main

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/bot/bottest"
)

func TestWhoComesAndGoesIsSaid(t *testing.T) {
	bottest.Run(t, announce, func(s *bottest.Script) {
		alice, bob, carol := s.Person("alice"), s.Person("bob"), s.Person("carol")
		alice.Joins("standup")
		s.SendBot("standup")
		s.Happens("CallConnected")

		bob.Joins("standup")
		alice.Hears("bob joined")
		bob.Hears("bob joined")
		carol.Joins("standup")
		alice.Hears("carol joined")
		bob.HangsUp()
		alice.Hears("bob left")
		alice.HearsNothing(10 * time.Second)
	})
}

func TestTheStarKeyHasTheRollCalled(t *testing.T) {
	bottest.Run(t, announce, func(s *bottest.Script) {
		alice, bob, carol := s.Person("alice"), s.Person("bob"), s.Person("carol")
		alice.Joins("standup")
		bob.Joins("standup")
		s.SendBot("standup")
		s.Happens("CallConnected")
		bob.Presses("*")
		alice.Hears("on the line alice and bob")

		carol.Joins("standup")
		carol.Hears("carol joined")
		carol.Presses("5") // nothing is on that key
		carol.Presses("*")
		for _, p := range []*bottest.Person{alice, bob, carol} {
			p.Hears("on the line alice bob and carol")
		}
	})
}

func TestTwoWhoComeWhileItSpeaksAreSaidTogether(t *testing.T) {
	bottest.Run(t, announce, func(s *bottest.Script) {
		alice, bob, carol, dave := s.Person("alice"), s.Person("bob"), s.Person("carol"), s.Person("dave")
		alice.Joins("standup")
		s.SendBot("standup")
		s.Happens("CallConnected")
		bob.Joins("standup")
		alice.Hears("bob")
		carol.Joins("standup")
		dave.Joins("standup")
		alice.Hears("carol and dave joined")
	})
}

func TestItIsAddedToACallAndLeavesWithTheLast(t *testing.T) {
	bottest.Run(t, announce, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Presses("*")
		alice.Hears("on the line alice")
		alice.HangsUp()
		s.Happens("CallDisconnected")
	})
}
