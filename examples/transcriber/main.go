// Command transcriber is botd with a bot that writes down who said what, a line an
// utterance, to standard output or to the file TRANSCRIPT. Run it with --dev and
// call "transcriber", or add it to a call.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

func main() {
	t := transcriber{cmp.Or(os.Getenv("TRANSCRIPT"), "/dev/stdout")}
	botd.Main(botd.Bot("transcriber", t.listen))
}

// transcriber writes to the end of one file, whatever calls it is in.
type transcriber struct{ file string }

// listen writes until the call is over.
func (t transcriber) listen(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	out, err := os.OpenFile(t.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return errors.Join(err, c.Say(ctx, "I cannot write."))
	}
	defer func() { _ = out.Close() }() // every line has been written
	lines, err := c.Transcript(ctx, bot.Transcribe{})
	if err != nil {
		return err
	}
	if err := c.Say(ctx, "From now on I write down what you say."); err != nil {
		return err
	}
	names := map[identity.ID]string{}
	for line := range lines {
		name, err := nameOf(ctx, c, line.Who, names)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s %s: %s\n", line.At.Format(time.TimeOnly), name, line.Text); err != nil {
			return err
		}
	}
	return nil
}

// nameOf is what somebody in the call is called. Known are the names so far: who
// speaks last may have left when it is understood.
func nameOf(ctx context.Context, c *bot.Call, who identity.ID, known map[identity.ID]string) (string, error) {
	if known[who] == "" {
		people, err := c.Participants(ctx)
		if err != nil {
			return "", err
		}
		for _, p := range people {
			known[p.ID] = p.Name
		}
	}
	return cmp.Or(known[who], string(who)), nil
}
