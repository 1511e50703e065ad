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
	key, err := c.Recognize(ctx, bot.Keys{
		Prompts: []bot.Prompt{bot.Say("For opening hours, press 1. For our address, press 2.")},
		Max:     1,
		Silence: 8 * time.Second,
	})
	switch {
	case errors.Is(err, bot.ErrNoInput):
		return c.Play(ctx, bot.Say("Goodbye."))
	case err != nil:
		return err
	case key == "1":
		return c.Play(ctx, bot.Say("We are here from nine to five."))
	case key == "2":
		return c.Play(ctx, bot.Say("We are at 1 Example Street."))
	}
	return c.Play(ctx, bot.Say("There is nothing on that key."))
}
