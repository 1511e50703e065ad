package main

import (
	"testing"

	"github.com/botd-dev/botd/bot/bottest"
)

func TestEchoSaysBackWhatItHears(t *testing.T) {
	bottest.Run(t, echo, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Says("Is anybody there?")
		alice.Hears("is anybody there")
		alice.HangsUp()
		s.Happens("CallDisconnected")
	})
}
