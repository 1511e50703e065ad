// Command menu is botd with an IVR: it greets, waits for a key and does what
// the key stands for. Run it with --dev and call "frontdesk".
package main

import (
	"context"
	"errors"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
)

func main() {
	botd.Main(botd.Bot("frontdesk", frontdesk))
}

// frontdesk offers two choices, and says goodbye to whoever presses nothing.
func frontdesk(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	reply, err := c.Ask(ctx, bot.Question{
		Prompts: bot.Saying("For opening hours, press 1. For our address, press 2."),
		Keys:    bot.Keys{Max: 1},
		Silence: 8 * time.Second,
	})
	switch {
	case errors.Is(err, bot.ErrNoInput):
		return c.Say(ctx, "Goodbye.")
	case err != nil:
		return err
	case reply.Keys == "1":
		return c.Say(ctx, "We are here from nine to five.")
	case reply.Keys == "2":
		return c.Say(ctx, "We are at 1 Example Street.")
	}
	return c.Say(ctx, "There is nothing on that key.")
}
