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
	for line := range lines {
		name := cmp.Or(line.Name, string(line.Who))
		if _, err := fmt.Fprintf(out, "%s %s: %s\n", line.At.Format(time.TimeOnly), name, line.Text); err != nil {
			return err
		}
	}
	return nil
}
