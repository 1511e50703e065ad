package bottest_test

import (
	"context"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/bottest"
)

func TestABadNetworkLosesSoundAndNotTheSense(t *testing.T) {
	talker := func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		return c.Play(ctx, bot.Say("Everything that is said here arrives, more or less, at the other end."))
	}
	frames, missing := 0, 0
	log := bottest.Run(t, talker, func(s *bottest.Script) {
		far := s.Person("far")
		far.Network(bottest.Network{Loss: 5, Jitter: 60 * time.Millisecond})
		far.Listen(func(sound []int16) {
			frames++
			if sound == nil {
				missing++
			}
		})
		far.Calls()
		far.Hears("everything that is said here arrives more or less at the other end")
	})
	t.Logf("%d of %d missing\n%s", missing, frames, bottest.Timeline(log))
}
