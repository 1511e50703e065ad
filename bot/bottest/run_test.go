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
	key, err := c.Recognize(ctx, bot.Keys{Prompts: []bot.Prompt{bot.Say("Welcome. For sales, press 1.")}})
	if err != nil {
		return c.Play(ctx, bot.Say("Goodbye."))
	}
	if key != "1" {
		return c.Play(ctx, bot.Say("There is nobody at "+key+"."))
	}
	if err := c.Play(ctx, bot.Say("One moment.")); err != nil {
		return err
	}
	_, err = c.Do(ctx, bot.Transfer{To: bottest.ID("sales")})
	if err == nil {
		<-ctx.Done()
	}
	return err
}

func TestAPlayIsGiven(t *testing.T) {
	log := bottest.Run(t, menu, func(s *bottest.Script) {
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
