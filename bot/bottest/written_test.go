package bottest_test

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/bot/bottest"
)

func TestACallToTheMenu(t *testing.T) {
	bottest.Stage{Bot: "bot"}.Run(t, menu, func(s *bottest.Script) {
		bot := s.Bot()
		alice := s.Person("alice")
		sales := s.Person("sales")
		alice.Calls()
		bot.Answers()
		bot.Asks("recognize")
		s.Passes(1200 * time.Millisecond)
		alice.Presses("1")
		bot.Asks("play")
		bot.Transfers("sales")
		s.Passes(3000 * time.Millisecond)
		sales.Answers()
		s.Passes(1120 * time.Millisecond)
		alice.HangsUp()
		s.Passes(time.Second)
	})
}
