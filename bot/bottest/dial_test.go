package bottest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/bottest"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

func TestABotThatCallsKnowsItAndRingsWhenItAnswers(t *testing.T) {
	caller := func(ctx context.Context, c *bot.Call) error {
		if in := c.Incoming(); !in.Outgoing || in.From != bottest.ID("alice") || in.To != "bot" {
			t.Errorf("it knows %+v", in)
		}
		if err := c.Say(ctx, "Too early."); !errors.Is(err, bot.ErrWrongState) {
			t.Errorf("before they answer: %v", err)
		}
		if err := c.Reject(ctx, "busy"); !errors.Is(err, bot.ErrWrongState) {
			t.Errorf("it rejects its own call: %v", err)
		}
		if err := c.Answer(ctx); err != nil {
			return err
		}
		return c.Say(ctx, "This is a bot.")
	}
	bottest.Run(t, caller, func(s *bottest.Script) {
		alice := s.Person("alice")
		s.BotCalls("alice")
		alice.IsCalled()
		alice.Waits(20 * time.Second)
		if len(alice.Heard()) > 0 {
			s.Fails("it spoke before she answered")
		}
		alice.Answers()
		alice.Hears("this is a bot")
		alice.IsHungUpOn(call.ReasonEnded)
	})
}

func TestABotMayBeCalledByABot(t *testing.T) {
	meets := answering(func(ctx context.Context, c *bot.Call) error {
		_, err := c.Listen(ctx)
		return err
	})
	stage := bottest.Stage{Others: map[identity.ID]bot.Handler{"other": meets}}
	stage.Run(t, answering(func(ctx context.Context, c *bot.Call) error { return c.Say(ctx, "Hello, other.") }), func(s *bottest.Script) {
		s.BotCalls("other")
		s.Bot().Answers()
		s.Happens("CallConnected", "CallConnected", "CallDisconnected")
	})
}
