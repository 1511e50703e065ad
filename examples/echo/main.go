// Command echo is botd with one bot: it answers calls to "echo" and says back
// what it hears. Run it with --dev and open the address it prints.
package main

import (
	"context"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/media"
)

func main() {
	botd.Main(botd.Bot("echo", echo))
}

// echo answers every call and says back what it hears.
func echo(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	return media.Copy(ctx, c.Microphone(), c.Speaker())
}
