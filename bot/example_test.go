package bot_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/botd-dev/botd/bot"
)

// rehearse runs a handler for a call whose caller answers every question with
// the result of a recognition, and prints what the bot does.
func rehearse(result string, h bot.Handler) {
	b := newScript(nil)
	b.answer = func(a bot.Action) []bot.Event {
		switch a := a.(type) {
		case bot.Play:
			fmt.Println("plays:", a.Prompts[0].Text)
			return []bot.Event{event("PlayCompleted", a.Context, "{}")}
		case bot.Recognize:
			fmt.Println("asks:", a.Prompts[0].Text)
			return []bot.Event{event("RecognizeCompleted", a.Context, result)}
		case bot.Transfer:
			fmt.Println("transfers to", a.To)
			return []bot.Event{event("CallTransferAccepted", a.Context, "{}")}
		case bot.Add:
			fmt.Println("invites", a.Who, "for", a.Timeout)
			return []bot.Event{event("AddParticipantSucceeded", a.Context, "{}")}
		case bot.Save:
			fmt.Printf("saves %s\n", a.State)
		}
		return closing(a)
	}
	if err := bot.Serve(context.Background(), b, h); err != nil {
		fmt.Println(err)
	}
}

func ExampleCall_Say() {
	rehearse("", func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		return c.Say(ctx, "Hello.")
	})
	// Output: plays: Hello.
}

func ExampleCall_Ask() {
	const said = `{"recognitionType":"choices","choiceResult":{"label":"sales","recognizedPhrase":"buy something","confidence":0.9}}`
	rehearse(said, func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		reply, err := c.Ask(ctx, bot.Question{
			Prompts: bot.Saying("What can we do for you?"),
			Choices: []bot.Choice{
				{Label: "sales", Phrases: []string{"sales", "buy something"}, Key: "1"},
				{Label: "support", Key: "2"},
			},
			Silence: 8 * time.Second,
		})
		if errors.Is(err, bot.ErrNoInput) {
			return c.Say(ctx, "Goodbye.")
		}
		if err != nil {
			return err
		}
		if reply.Choice == "sales" {
			return c.Transfer(ctx, "4:+15551230001")
		}
		return c.Transfer(ctx, "8:acs:r_dana")
	})
	// Output:
	// asks: What can we do for you?
	// transfers to 4:+15551230001
}

func ExampleCall_Invite() {
	rehearse("", func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		return c.Invite(ctx, "8:acs:r_dana", 20*time.Second)
	})
	// Output: invites 8:acs:r_dana for 20s
}

func ExampleCall_Save() {
	rehearse("", func(ctx context.Context, c *bot.Call) error {
		var step int
		if _, err := c.Saved(&step); err != nil {
			return err
		}
		if err := c.Answer(ctx); err != nil {
			return err
		}
		for ; step < 2; step++ {
			if err := c.Say(ctx, fmt.Sprintf("This is step %d.", step+1)); err != nil {
				return err
			}
			if err := c.Save(ctx, step+1); err != nil {
				return err
			}
		}
		return nil
	})
	// Output:
	// plays: This is step 1.
	// saves 1
	// plays: This is step 2.
	// saves 2
}
