// Command survey is botd with a bot that calls people and asks them two questions.
// Where a machine answers it leaves a message after the beep. Whom to call is read
// from standard input, an identifier a line; results are printed as CSV.
//
// Run it with --dev, sign in to the softphone, and type the identifier that it
// shows.
package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

func main() {
	s := survey{os.Stdout}
	botd.Main(botd.Bot("survey", s.call), botd.Ready(func(at *botd.Server) { go s.begin(at, os.Stdin) }))
}

// survey writes down who answered what.
type survey struct{ results io.Writer }

// begin calls everybody who is named on a line.
func (s survey) begin(at *botd.Server, names io.Reader) {
	for lines := bufio.NewScanner(names); lines.Scan(); {
		to := identity.ID(lines.Text())
		if err := at.Call("survey", bot.Dial{To: to, Name: "Survey"}); err != nil {
			_ = s.write(to, "not called", err.Error())
		}
	}
}

// write is one call, as a line.
func (s survey) write(who identity.ID, row ...string) error {
	out := csv.NewWriter(s.results)
	_ = out.Write(append([]string{string(who)}, row...)) // Error tells
	out.Flush()
	return out.Error()
}

// call is the bot's part in one call.
func (s survey) call(ctx context.Context, c *bot.Call) error {
	row, err := interview(ctx, c)
	if failure := (*bot.Failure)(nil); errors.As(err, &failure) {
		row, err = []string{"not reached", failure.Message}, nil
	}
	if err != nil {
		row = append(row, "hung up")
	}
	return errors.Join(err, s.write(c.From(), row...))
}

// interview returns what came of it, as far as it got.
func interview(ctx context.Context, c *bot.Call) (row []string, err error) {
	if err := c.Answer(ctx); err != nil { // it rings until then
		return nil, err
	}
	who, _, err := c.WhoAnswered(ctx)
	if err != nil {
		return nil, err
	}
	row = []string{string(who)}
	if who == bot.Machine || who == bot.Beep {
		return row, c.Say(ctx, "This is the survey of the museum. We will call again.")
	}
	mark, err := ask(ctx, c, bot.Question{
		Prompts: bot.Saying("Hello. This is the survey of the museum. How did you like it? Say or press a number from 1 to 5."),
		Choices: marks,
	})
	if err != nil {
		return row, err
	}
	wish, err := ask(ctx, c, bot.Question{
		Prompts: bot.Saying("What did you miss?"),
		Speech:  &bot.Speech{End: 1500 * time.Millisecond},
	})
	if err != nil {
		return append(row, mark), err
	}
	return append(row, mark, wish), c.Say(ctx, "Thank you. Goodbye.")
}

// marks are the answers to the first question.
var marks = []bot.Choice{
	{Label: "1", Key: "1"}, {Label: "2", Key: "2"}, {Label: "3", Key: "3"}, {Label: "4", Key: "4"}, {Label: "5", Key: "5"},
}

// ask asks up to twice; no answer is empty.
func ask(ctx context.Context, c *bot.Call, q bot.Question) (string, error) {
	for range 2 {
		reply, err := c.Ask(ctx, q)
		switch {
		case errors.Is(err, bot.ErrNoInput), errors.Is(err, bot.ErrNoMatch):
			continue
		case err != nil:
			return "", err
		case reply.Choice != "":
			return reply.Choice, nil
		}
		return reply.Text, nil
	}
	return "", nil
}
