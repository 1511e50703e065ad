package bottest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/bottest"
	"github.com/botd-dev/botd/identity"
)

// host says who it is to everybody at once, asks somebody for a key, plays to
// each, and calls a colleague: much of it at the same moment.
func host(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	if c.From() == "" {
		return roll(ctx, c)
	}
	reply, err := c.Ask(ctx, bot.Question{Keys: bot.Keys{Max: 1}, Prompts: []bot.Prompt{bot.Say("Who are you? Press any key, please.")}})
	if errors.Is(err, bot.ErrNoInput) {
		return c.Play(ctx, bot.Say("You are nobody."))
	}
	if err != nil {
		return err
	}
	if err := c.Play(ctx, bot.Say("You are number "+reply.Keys)); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// roll greets everybody in a conference in their own ear, all at once.
func roll(ctx context.Context, c *bot.Call) error {
	people, err := c.Participants(ctx)
	if err != nil {
		return err
	}
	done := make(chan error)
	n := 0
	for i, p := range people {
		if p.ID.Kind() == "unknown" {
			continue
		}
		n++
		go func() { done <- c.PlayTo(ctx, who(p), bot.Say(fmt.Sprintf("Hello number %d of many.", i))) }()
	}
	for range n {
		err = errors.Join(err, <-done)
	}
	if err == nil {
		<-ctx.Done()
	}
	return err
}

// eight is eight callers at once: two in a conference, one with a bad network who
// loses it, and five who call, speak, press and leave.
func eight(s *bottest.Script) {
	for i := range 5 {
		s.Meanwhile(func(s *bottest.Script) {
			p := s.Person(fmt.Sprintf("caller%d", i))
			p.Calls()
			p.Hears("who are you")
			p.BeginsToSay("I am me")
			if i%2 == 0 {
				p.Presses(fmt.Sprint(i))
				p.Hears(fmt.Sprintf("number %d", i))
				p.HangsUp()
			} else {
				p.Hears("you are nobody")
				p.IsHungUpOn()
			}
		})
	}
	for i := range 2 {
		s.Meanwhile(func(s *bottest.Script) {
			p := s.Person(fmt.Sprintf("guest%d", i))
			p.Joins("party")
			if i == 1 {
				s.SendBot("party")
			}
			p.Hears("hello number")
			p.Says("Nice to be here.")
			p.Waits(time.Second)
			p.HangsUp()
		})
	}
	far := s.Person("far")
	far.Network(bottest.Network{Loss: 5, Jitter: 60 * time.Millisecond})
	far.Calls()
	far.Hears("press any key")
	far.LosesNetwork(5500 * time.Millisecond)
	far.Hears("you are nobody")
}

func who(p bot.Participant) []identity.ID { return []identity.ID{p.ID} }

func TestTheSameSeedGivesTheSameLog(t *testing.T) {
	first := bottest.Stage{Seed: 7}.Run(t, host, eight)
	for _, kind := range []string{"botd.participant.lost", "botd.participant.back", "PlayCanceled", "RecognizeFailed"} {
		if !bytes.Contains(first, []byte(kind)) {
			t.Errorf("there is no %s in it", kind)
		}
	}
	for _, processors := range []int{1, 2} {
		was := runtime.GOMAXPROCS(processors)
		for range 50 {
			if diff := bottest.Diff(bottest.Stage{Seed: 7}.Run(t, host, eight), first); diff != "" {
				t.Fatalf("with GOMAXPROCS %d: %s\n%s", processors, diff, bottest.Timeline(first))
			}
		}
		runtime.GOMAXPROCS(was)
	}
}

func TestAnotherSeedGivesAnotherLogOfTheSamePlay(t *testing.T) {
	one, other := bottest.Stage{Seed: 7}.Run(t, host, eight), bottest.Stage{Seed: 8}.Run(t, host, eight)
	if bottest.Diff(one, other) == "" {
		t.Error("they are the same")
	}
	keys := func(log []byte) int { return bytes.Count(log, []byte("bottest.presses")) }
	if keys(one) != 3 || keys(other) != 3 {
		t.Errorf("%d and %d keys were pressed, want 3", keys(one), keys(other))
	}
}
