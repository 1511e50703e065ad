package bottest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/bottest"
)

func TestWhatSomebodySaysIsUnderstood(t *testing.T) {
	parrot := answering(func(ctx context.Context, c *bot.Call) error {
		for {
			heard, err := c.Listen(ctx)
			if err != nil {
				return err
			}
			if err := c.Say(ctx, "You said: "+heard.Text); err != nil {
				return err
			}
		}
	})
	bottest.Run(t, parrot, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.IsConnected()
		alice.Says("Polly wants a biscuit.")
		alice.Hears("you said polly wants a biscuit")
		alice.Waits(time.Second)
		alice.Says("Two biscuits!")
		alice.Hears("you said two biscuits")
	})
}

func TestAChoiceCanBeSaidOrPressed(t *testing.T) {
	asks := answering(func(ctx context.Context, c *bot.Call) error {
		for {
			got, err := c.Ask(ctx, bot.Question{
				Prompts: []bot.Prompt{bot.Say("Sales or service?")},
				Choices: []bot.Choice{{Label: "sales", Key: "1"}, {Label: "service", Phrases: []string{"service", "my machine is broken"}, Key: "2"}},
			})
			if err != nil {
				return err
			}
			if err := c.Say(ctx, "This is "+got.Choice+"."); err != nil {
				return err
			}
		}
	})
	bottest.Run(t, asks, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("sales or service")
		alice.Says("My machine is broken.")
		alice.Hears("this is service")
		alice.Hears("sales or service")
		alice.Presses("1")
		alice.Hears("this is sales")
	})
}

// asks has somebody choose by what they say, until they hang up.
func asks(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	for {
		got, err := c.Ask(ctx, bot.Question{
			Prompts: []bot.Prompt{bot.Say("Please tell me in a few words whether you want to speak to sales or to service today.")},
			Choices: []bot.Choice{{Label: "sales"}, {Label: "service"}},
		})
		if errors.Is(err, bot.ErrNoMatch) || errors.Is(err, bot.ErrNoInput) {
			continue
		}
		if err != nil {
			return err
		}
		if err := c.Say(ctx, "This is "+got.Choice+"."); err != nil {
			return err
		}
	}
}

func TestSpeechCutsAPromptAndIsUnderstood(t *testing.T) {
	bottest.Run(t, asks, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("in a few")
		alice.BeginsToSay("Service!")
		alice.Hears("this is service")
		if got := alice.Heard()[0]; !strings.HasSuffix(got, "—") {
			s.Fails("the prompt was not cut: %s", got)
		}
	})
}

// four are four callers who speak at the same time as the bot and as each other.
func four(s *bottest.Script) {
	for i := range 4 {
		s.Meanwhile(func(s *bottest.Script) {
			p := s.Person(fmt.Sprint("caller", i))
			if i == 3 {
				p.Network(bottest.Network{Loss: 5, Jitter: 40 * time.Millisecond})
			}
			p.Calls()
			p.Hears("few words whether")
			p.BeginsToSay([]string{"sales", "service", "nothing of that kind", "sales"}[i])
			p.Within(time.Minute).Hears([]string{"this is sales", "this is service", "please tell me", "this is sales"}[i])
			p.HangsUp()
		})
	}
}

func TestSpeechIsUnderstoodTheSameEveryTime(t *testing.T) {
	first := bottest.Stage{Seed: 3}.Run(t, asks, four)
	for range 10 {
		if diff := bottest.Diff(bottest.Stage{Seed: 3}.Run(t, asks, four), first); diff != "" {
			t.Fatalf("%s\n%s", diff, bottest.Timeline(first))
		}
	}
}

func TestACallInWhichSomebodySpokeIsPlayedAgain(t *testing.T) {
	log := bottest.Run(t, asks, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("service today")
		alice.Says("Service.")
		alice.Hears("this is service")
		alice.HangsUp()
	})
	played := bottest.Replay(t, asks, log)
	tape, err := bottest.FromLog(played)
	if err != nil || len(tape.Acts) != 2 || tape.Acts[0].Does != "says" {
		t.Errorf("%v, %+v", err, tape)
	}
}
