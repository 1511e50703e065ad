// Command voicemail is botd with a mailbox, whose messages are WAV files in the
// directory MESSAGES. Run it with --dev and call "voicemail".
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
)

func main() {
	botd.Main(botd.Bot("voicemail", mailbox{cmp.Or(os.Getenv("MESSAGES"), ".")}.answer))
}

const (
	rate    = 16000           // of recordings, in hertz
	quiet   = 50              // -dBov: what is quieter is silence
	hush    = 3 * time.Second // so much silence ends a message
	longest = 2 * time.Minute // of a message
	beep    = time.Second / 2 // is how long the tone is
	pitch   = 1000            // of the tone, in hertz
)

// mailbox keeps messages in a directory.
type mailbox struct{ dir string }

func (m mailbox) answer(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	if err := c.Say(ctx, "Please leave a message after the tone, and press the hash key."); err != nil {
		return err
	}
	for {
		message, err := record(ctx, c)
		if err != nil {
			return err
		}
		if len(message) == 0 {
			return c.Say(ctx, "There is no message. Goodbye.")
		}
		if err := m.keep(c.ID(), message); err != nil {
			return err
		}
		if again, err := offer(ctx, c, message); !again {
			return err
		}
	}
}

// record beeps and returns what the caller says then, without the silence at its
// end; also what they said before they hung up.
func record(ctx context.Context, c *bot.Call) ([]int16, error) {
	if err := media.Copy(ctx, c.Microphone(), media.Chain(media.Tone(pitch, -20), media.Limit(beep))); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel() // which ends the ear and the keys too
	ear, err := c.Ear(ctx, c.From(), rate)
	if err != nil {
		return nil, err
	}
	keys := c.Keys(ctx, c.From())
	var message []int16
	spoken := 0 // samples, up to the last sound
	for f := media.NewFrame(rate); len(message)-spoken < int(hush.Seconds()*rate); {
		select {
		case <-keys: // any key, or the end of the call
			return message[:spoken], nil
		default:
		}
		if ear.Read(f) != nil { // they hung up, or that was long enough
			break
		}
		message = append(message, f.Samples...)
		if media.Level(f) < quiet {
			spoken = len(message)
		}
	}
	return message[:spoken], nil
}

// offer says how long the message is and plays it as often as they like. It is
// true if they want to record another one in its place.
func offer(ctx context.Context, c *bot.Call, message []int16) (again bool, err error) {
	text := fmt.Sprintf("Seconds of your message: %d. ", (len(message)+rate/2)/rate)
	const choices = "To hear it, press 1. To record it again, press 2. To keep it, hang up."
	for {
		reply, err := c.Ask(ctx, bot.Question{Prompts: bot.Saying(text + choices), Keys: bot.Keys{Max: 1}})
		switch {
		case errors.Is(err, bot.ErrNoInput):
			return false, c.Say(ctx, "Goodbye.")
		case err != nil || reply.Keys == "2":
			return err == nil, err
		}
		if err := media.Copy(ctx, c.Microphone(), speech.PCM(message, rate)); err != nil {
			return false, err
		}
		text = "" // is said once
	}
}

// keep writes a message to the file of its call.
func (m mailbox) keep(call string, message []int16) error {
	file, err := os.Create(filepath.Join(m.dir, call+".wav"))
	if err != nil {
		return err
	}
	return errors.Join(prompt.WriteWAV(file, speech.PCM(message, rate), rate), file.Close())
}
