package bottest_test

import (
	"context"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/bottest"
	"github.com/botd-dev/botd/call"
)

// menu says hello, and connects who presses 1 to sales.
func menu(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	reply, err := c.Ask(ctx, bot.Question{Keys: bot.Keys{Max: 1}, Prompts: []bot.Prompt{bot.Say("Welcome. For sales, press 1.")}})
	if err != nil {
		return c.Play(ctx, bot.Say("Goodbye."))
	}
	if reply.Keys != "1" {
		return c.Play(ctx, bot.Say("There is nobody at "+reply.Keys+"."))
	}
	if err := c.Play(ctx, bot.Say("One moment.")); err != nil {
		return err
	}
	return c.Transfer(ctx, bottest.ID("sales"))
}

func TestAPlayIsGiven(t *testing.T) {
	log := bottest.Stage{Golden: told}.Run(t, menu, func(s *bottest.Script) {
		sales := s.Person("sales").WillAnswer(3 * time.Second)
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("for sales press")
		alice.Presses("1")
		alice.Hears("one moment")
		s.Bot().Transfers("sales")
		alice.IsWith("sales")
		sales.Says("Sales, good morning.")
		alice.Hears("good morning")
		alice.HangsUp()
		sales.IsHungUpOn(call.ReasonLocal)
	})
	t.Logf("\n%s", bottest.Timeline(log))
}
