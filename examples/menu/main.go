// Command menu is botd with an IVR: it greets, takes what is said or pressed, and
// does that, or hands over to somebody. Run it with --dev and call "frontdesk".
package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

func main() {
	operator := cmp.Or(os.Getenv("OPERATOR"), "8:echo123") // the audio test, which is always in
	botd.Main(botd.Bot("frontdesk", menu{identity.ID(operator)}.answer))
}

// menu is the IVR of somewhere.
type menu struct {
	operator identity.ID // who gets those that want to talk to a person
}

// choices are what one may say or press.
var choices = []bot.Choice{
	{Label: "hours", Phrases: []string{"hours", "opening hours"}, Key: "1"},
	{Label: "address", Phrases: []string{"address", "where are you"}, Key: "2"},
	{Label: "operator", Phrases: []string{"operator", "a person"}, Key: "0"},
}

const offer = "Say hours or press 1. Say address or press 2. For a person, say operator or press 0."

// answer offers the choices up to three times, and then says goodbye.
func (m menu) answer(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	prompt := "Welcome. " + offer
	for range 3 {
		reply, err := c.Ask(ctx, bot.Question{
			Prompts: bot.Saying(prompt), Choices: choices, Silence: 6 * time.Second,
		})
		switch {
		case errors.Is(err, bot.ErrNoInput):
			prompt = "Are you there? " + offer
		case errors.Is(err, bot.ErrNoMatch):
			prompt = "Sorry, I do not have that. " + offer
		case err != nil:
			return err
		default:
			return m.serve(ctx, c, reply.Choice)
		}
	}
	return c.Say(ctx, "Goodbye.")
}

// serve does what was chosen.
func (m menu) serve(ctx context.Context, c *bot.Call, choice string) error {
	switch choice {
	case "hours":
		return c.Say(ctx, "We are here from nine to five.")
	case "address":
		return c.Say(ctx, "We are at 1 Example Street.")
	}
	if err := c.Say(ctx, "One moment."); err != nil {
		return err
	}
	err := c.Transfer(ctx, m.operator)
	if refused := (*bot.Failure)(nil); errors.As(err, &refused) {
		return c.Say(ctx, "Nobody is free. Please call again later.")
	}
	return err
}
