package bottest_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/bottest"
)

// minutes asks for a key every minute.
func minutes(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	for {
		_, err := c.Ask(ctx, bot.Question{Keys: bot.Keys{Max: 1}, Prompts: []bot.Prompt{bot.Say("Are you still there? Press any key.")}})
		if err != nil && !errors.Is(err, bot.ErrNoInput) {
			return err
		}
		select {
		case <-time.After(50 * time.Second):
		case <-ctx.Done():
			return nil
		}
	}
}

// stays is a caller who is there for so long.
func stays(s *bottest.Script, name string, long time.Duration) {
	p := s.Person(name)
	p.Calls()
	for s.Elapsed() < long {
		p.Within(2 * time.Minute).Hears("still there")
		p.Waits(time.Second)
		p.Presses("5")
	}
	p.HangsUp()
}

// TestALongCallTakesLittleTime prints how long an hour takes, with one caller and
// with eight. With -bench it is an hour, otherwise a part of it.
func TestALongCallTakesLittleTime(t *testing.T) {
	long := 5 * time.Minute
	if flag.Lookup("test.bench").Value.String() != "" {
		long = time.Hour
	}
	for _, callers := range []int{1, 8} {
		began := time.Now()
		log := bottest.Run(t, minutes, func(s *bottest.Script) {
			for i := range callers {
				s.Meanwhile(func(s *bottest.Script) { stays(s, fmt.Sprint("caller", i), long) })
			}
		})
		took := time.Since(began)
		t.Logf("%d callers: %v took %v, an hour %v", callers, long, took.Round(time.Millisecond), time.Duration(float64(took)*float64(time.Hour/long)).Round(time.Millisecond))
		if n := bytes.Count(log, []byte("bottest.presses")); n < callers*int(long/time.Minute) {
			t.Errorf("%d callers pressed %d keys", callers, n)
		}
	}
}
