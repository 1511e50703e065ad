// Frontdesk is a bot with a test: it connects who presses 1 to sales, and takes a
// number from everybody else.
package main

import (
	"context"
	"errors"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

const sales identity.ID = "8:acs:frontdesk_sales"

func main() { botd.Main(botd.Bot("frontdesk", frontdesk)) }

func frontdesk(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	reply, err := c.Ask(ctx, bot.Question{
		Prompts: []bot.Prompt{bot.Say("Welcome. For sales, press 1. To be called back, press 2.")},
		Keys:    bot.Keys{Max: 1},
	})
	switch {
	case errors.Is(err, bot.ErrNoInput):
		return c.Say(ctx, "Goodbye.")
	case err != nil:
		return err
	case reply.Keys == "1":
		return connect(ctx, c)
	}
	return takeNumber(ctx, c)
}

// connect rings sales, with the caller listening.
func connect(ctx context.Context, c *bot.Call) error {
	if err := c.Say(ctx, "One moment."); err != nil {
		return err
	}
	if err := c.Add(ctx, sales); err != nil {
		return takeNumber(ctx, c)
	}
	<-ctx.Done() // they talk until one of them leaves
	return nil
}

func takeNumber(ctx context.Context, c *bot.Call) error {
	reply, err := c.Ask(ctx, bot.Question{
		Prompts: []bot.Prompt{bot.Say("Please enter your number, and the hash key.")},
		Keys:    bot.Keys{Stop: "#"},
	})
	if err != nil {
		return err
	}
	return c.Say(ctx, "We call you at "+reply.Keys+".")
}
