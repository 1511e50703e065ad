package bottest_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/bottest"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// answering is a handler that answers first.
func answering(f func(ctx context.Context, c *bot.Call) error) bot.Handler {
	return func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		return f(ctx, c)
	}
}

// adding adds somebody, and says what came of it.
func adding(name string) bot.Handler {
	return answering(func(ctx context.Context, c *bot.Call) error {
		err := c.Add(ctx, bottest.ID(name))
		if failure := (*bot.Failure)(nil); errors.As(err, &failure) {
			return c.Say(ctx, "Sorry: "+failure.Message)
		}
		if err != nil {
			return err
		}
		return c.Say(ctx, "There you are.")
	})
}

func TestWhoIsCalledDoesWhatTheyWill(t *testing.T) {
	for name, c := range map[string]struct {
		will  func(p *bottest.Person)
		after time.Duration
		hears string
	}{
		"answers":             {func(p *bottest.Person) { p.WillAnswer(4 * time.Second) }, 4 * time.Second, "there you are"},
		"declines":            {func(p *bottest.Person) { p.WillDecline(2 * time.Second) }, 2 * time.Second, "the callee declined"},
		"is busy":             {func(p *bottest.Person) { p.WillBeBusy() }, 0, "the callee is busy"},
		"does not answer":     {func(*bottest.Person) {}, 115 * time.Second, "nobody answered in time"},
		"has a voice mailbox": {func(p *bottest.Person) { p.HasVoicemail(6*time.Second, "Leave a message.") }, 6 * time.Second, "there you are"},
	} {
		t.Run(name, func(t *testing.T) {
			bottest.Run(t, adding("bob"), func(s *bottest.Script) {
				c.will(s.Person("bob"))
				alice := s.Person("alice")
				alice.Calls()
				s.Bot().Adds("bob")
				alice.Within(3 * time.Minute).Hears(c.hears)
				if late := s.Elapsed() - c.after; late < 0 || late > 2500*time.Millisecond {
					s.Fails("it was heard after %v", s.Elapsed())
				}
			})
		})
	}
}

func TestAVoiceMailboxGreetsAndBeeps(t *testing.T) {
	var beep, other int
	bottest.Run(t, adding("bob"), func(s *bottest.Script) {
		s.Person("bob").HasVoicemail(time.Second, "Leave a message.")
		alice := s.Person("alice")
		alice.Listen(func(sound []int16) {
			if power := goertzel(sound, 1000); power > 4000 {
				beep++
			} else if sound != nil {
				other++
			}
		})
		alice.Calls()
		alice.Hears("leave a message")
		alice.Hears("there you are")
		alice.Waits(time.Second)
	})
	if beep < 24 || beep > 26 {
		t.Errorf("1000 Hz for %d ms, want 500", beep*20)
	}
	if other < 20 {
		t.Errorf("nothing but the beep: %d", other)
	}
}

// goertzel is the amplitude of a tone in 20 ms at 48 kHz.
func goertzel(sound []int16, hz float64) float64 {
	var re, im float64
	for i, s := range sound {
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / media.Rate)
		re, im = re+float64(s)*cos, im+float64(s)*sin
	}
	return 2 * math.Hypot(re, im) / media.FrameSize
}

func TestABargeInIsHeardWhereItCuts(t *testing.T) {
	bottest.Run(t, menu, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("welcome for")
		alice.Presses("2")
		alice.HearsUpTo("welcome for")
		alice.Hears("there is nobody at 2")
		alice.IsHungUpOn(call.ReasonEnded)
		if got := strings.Join(alice.Heard(), "|"); got != "Welcome. For —|There is nobody at 2." {
			s.Fails("she heard %s", got)
		}
	})
}

func TestSomebodyWhoSaysNothingIsToldSo(t *testing.T) {
	bottest.Run(t, menu, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("press 1")
		alice.HearsNothing(4900 * time.Millisecond)
		alice.Hears("goodbye")
		s.Bot().HangsUp()
		s.Happens("CallConnected", "RecognizeFailed", "PlayCompleted", "CallDisconnected")
	})
}

func TestWordsAreHeardOfSeveralWhoSpeakAtOnce(t *testing.T) {
	stay := answering(func(ctx context.Context, _ *bot.Call) error { <-ctx.Done(); return nil })
	bottest.Run(t, stay, func(s *bottest.Script) {
		people := []*bottest.Person{s.Person("ann"), s.Person("ben"), s.Person("cid"), s.Person("dan")}
		for _, p := range people {
			p.Joins("party")
			p.IsConnected()
		}
		people[0].BeginsToSay("The quick brown fox jumps over it.")
		people[1].BeginsToSay("Somebody else speaks at the same time.")
		people[2].BeginsToSay("And so does a third one, gladly.")
		dan := people[3]
		dan.Waits(5 * time.Second)
		for _, words := range []string{"The quick brown fox jumps over it.", "Somebody else speaks at the same time.", "And so does a third one, gladly."} {
			if !strings.Contains(strings.Join(dan.Heard(), "\n"), words) {
				s.Fails("dan heard %q, not %q", dan.Heard(), words)
			}
		}
	})
}

func TestABotThatFollowsTheSoundIsNotLeftOutOfSilence(t *testing.T) {
	frames := 0
	counts := answering(func(ctx context.Context, c *bot.Call) error {
		return media.Copy(ctx, media.SinkFunc(func(*media.Frame) error { frames++; return nil }), c.Speaker())
	})
	bottest.Run(t, counts, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		s.Passes(10 * time.Second)
		alice.HangsUp()
	})
	if frames < 495 || frames > 501 {
		t.Errorf("%d frames in 10 s", frames)
	}
}

func TestWhatABotSaysByItselfIsHeard(t *testing.T) {
	echo := answering(func(ctx context.Context, c *bot.Call) error { return media.Copy(ctx, c.Microphone(), c.Speaker()) })
	bottest.Run(t, echo, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.IsConnected()
		alice.Waits(time.Minute)
		alice.Says("Is anybody there?")
		alice.Hears("is anybody there")
	})
}

func TestAFileIsHeardAsItsAddress(t *testing.T) {
	plays := answering(func(ctx context.Context, c *bot.Call) error {
		return c.Play(ctx, bot.File("https://example.com/welcome.wav"))
	})
	bottest.Run(t, plays, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("https://example.com/welcome.wav")
	})
}

func TestWhoIsHeldHearsTheMusic(t *testing.T) {
	holds := answering(func(ctx context.Context, c *bot.Call) error {
		if err := c.Add(ctx, bottest.ID("bob")); err != nil {
			return err
		}
		if err := c.HoldWith(ctx, c.From(), bot.File("https://example.com/music")); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	})
	bottest.Run(t, holds, func(s *bottest.Script) {
		alice, bob := s.Person("alice"), s.Person("bob").WillAnswer(time.Second)
		alice.Calls()
		s.Bot().Holds(alice)
		alice.IsHeld()
		alice.Hears("https://example.com/music")
		alice.Hears("https://example.com/music")
		bob.Says("Hello?")
		bob.HearsNothing(2 * time.Second)
	})
}

func TestASoundBehindEverythingElseGoesOnUntilItIsStopped(t *testing.T) {
	office := answering(func(ctx context.Context, c *bot.Call) error {
		keys := c.Keys(ctx, c.From())
		if err := c.StopBackground(ctx); !errors.Is(err, bot.ErrWrongState) {
			return fmt.Errorf("stopping nothing: %w", err)
		}
		if err := c.Background(ctx, bot.File("https://example.com/typing")); err != nil {
			return err
		}
		if err := c.Background(ctx, bot.File("https://example.com/typing")); !errors.Is(err, bot.ErrConflict) {
			return fmt.Errorf("a second one: %w", err)
		}
		<-keys
		if err := c.StopBackground(ctx); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	})
	bottest.Run(t, office, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("https://example.com/typing")
		alice.Hears("https://example.com/typing")
		alice.Presses("1")
		alice.Waits(time.Second)
		alice.HearsNothing(5 * time.Second)
		alice.HangsUp()
	})
}

func TestABotThatPanicsGoesOnWhereItWas(t *testing.T) {
	forgetful := func(ctx context.Context, c *bot.Call) error {
		if c.Resumed() {
			return c.Say(ctx, "Where were we?")
		}
		if err := c.Answer(ctx); err != nil {
			return err
		}
		if err := c.Say(ctx, "Hello."); err != nil {
			return err
		}
		panic("planted")
	}
	bottest.Stage{Panics: true}.Run(t, forgetful, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Calls()
		alice.Hears("hello")
		alice.Hears("where were we")
		alice.IsHungUpOn(call.ReasonEnded)
	})
}
