// Command listening is a botd with two bots that listen and say nothing: what
// taps cost is seen by the difference they make.
package main

import (
	"context"
	"io"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/internal/bench/control"
	"github.com/botd-dev/botd/media"
)

func main() {
	botd.Main(botd.Bot(control.MixTap, listen), botd.Bot(control.VoiceTap, listen))
}

// listen answers every call and reads what it hears.
func listen(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	return media.Copy(ctx, nowhere{}, c.Speaker())
}

// nowhere takes frames as long as there are any.
type nowhere struct{}

// Write fits media.Sink.
func (nowhere) Write(f *media.Frame) error {
	if len(f.Samples) == 0 {
		return io.ErrClosedPipe
	}
	return nil
}
