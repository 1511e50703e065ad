// Package demo holds the bots that a development server answers with: echo,
// the audio test service 8:echo123, and a menu. They are ordinary handlers and
// may be copied.
package demo

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Echo answers every call and says back what it hears.
func Echo(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	return media.Copy(ctx, c.Microphone(), c.Speaker())
}

const (
	// longest is how much the audio test records.
	longest = 10 * time.Second
	// hush is how much silence ends a message, once there was one.
	hush = 2 * time.Second
	// quiet is the level, in -dBov, from which on it counts as silence.
	quiet = 50
)

// AudioTest is 8:echo123: it says what to do, records a message, plays it back
// and hangs up.
func AudioTest(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	const welcome = "Welcome to the audio test. After the tone, please say something. " +
		"I will play it back to you."
	if err := c.Say(ctx, welcome); err != nil {
		return err
	}
	beep := media.Chain(media.Tone(1000, 20), media.Limit(300*time.Millisecond))
	if err := media.Copy(ctx, c.Microphone(), beep); err != nil {
		return err
	}
	message, err := record(ctx, c.Speaker())
	if err != nil {
		return err
	}
	if err := media.Copy(ctx, c.Microphone(), replay(message)); err != nil {
		return err
	}
	return c.Say(ctx, "If you heard your own voice, everything works. Goodbye.")
}

// record keeps what it hears until there has been a message and then silence,
// or it is long enough.
func record(ctx context.Context, speaker media.Source) ([]int16, error) {
	var message []int16
	var silence time.Duration
	spoken := false
	f := media.NewFrame(media.Rate)
	for len(message) < int(longest/media.FrameDuration)*media.FrameSize && (!spoken || silence < hush) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := speaker.Read(f); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return nil, err
		}
		message = append(message, f.Samples...)
		silence += media.FrameDuration
		if media.Level(f) < quiet {
			spoken, silence = true, 0
		}
	}
	return message, nil
}

// replay is a source of samples at 48 kHz.
func replay(samples []int16) media.Source {
	return media.SourceFunc(func(f *media.Frame) error {
		if len(samples) == 0 {
			return io.EOF
		}
		f.Resize(media.FrameSize, media.Rate)
		f.Silence()
		samples = samples[copy(f.Samples, samples):]
		return nil
	})
}

// Menu is an IVR: a prompt, two branches, and a key that brings in a colleague
// and leaves the two alone.
func Menu(colleague identity.ID) bot.Handler {
	return func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		const choices = "For opening hours, press 1. For the time, press 2. " +
			"To speak to a colleague, press 3. To end the call, press 9."
		prompt := "Welcome to the demo menu. " + choices
		for range 5 {
			reply, err := c.Ask(ctx, bot.Question{
				Prompts: bot.Saying(prompt), Keys: bot.Keys{Max: 1}, Silence: 8 * time.Second,
			})
			if err != nil && !errors.Is(err, bot.ErrNoInput) {
				return err
			}
			done, err := choose(ctx, c, reply.Keys, colleague)
			if done || err != nil {
				return err
			}
			prompt = choices
		}
		return c.Say(ctx, "It seems that nobody is there. Goodbye.")
	}
}

// choose does what a key stands for and says whether the bot's part is over.
func choose(ctx context.Context, c *bot.Call, key string, colleague identity.ID) (bool, error) {
	switch key {
	case "1":
		return false, c.Say(ctx, "We are here from nine to five, Monday to Friday.")
	case "2":
		return false, c.Say(ctx, "It is "+time.Now().Format("3 04 PM")+".")
	case "3":
		return connect(ctx, c, colleague)
	case "9":
		return true, c.Say(ctx, "Goodbye.")
	case "":
		return false, c.Say(ctx, "I did not hear a key.")
	}
	return false, c.Say(ctx, "There is nothing on that key.")
}

// connect brings the colleague in. When they have joined, the bot's part is
// over and the two are alone.
func connect(ctx context.Context, c *bot.Call, colleague identity.ID) (bool, error) {
	if err := c.Say(ctx, "One moment, I am calling a colleague."); err != nil {
		return true, err
	}
	err := c.Add(ctx, colleague)
	if failure := (*bot.Failure)(nil); errors.As(err, &failure) {
		return false, c.Say(ctx, "Sorry, nobody is at the desk.")
	}
	return err == nil, err
}
