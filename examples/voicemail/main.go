// Command voicemail is botd with a mailbox: it greets, beeps and records, until #
// or until the caller falls silent, and lets them hear it again. Messages are WAV
// files in the directory MESSAGES. Run it with --dev and call "voicemail".
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
	m := mailbox{cmp.Or(os.Getenv("MESSAGES"), ".")}
	botd.Main(botd.Bot("voicemail", m.answer))
}

const (
	rate    = 16000            // of recordings, in hertz
	quiet   = 50               // -dBov: what is quieter is silence
	hush    = 3 * time.Second  // so much silence ends a message
	longest = 2 * time.Minute  // of a message
	beep    = time.Second / 2  // is how long the tone is
	pitch   = 1000             // of the tone, in hertz
	wait    = 10 * time.Second // for what the caller wants to do with it
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

// record beeps and listens to the caller. It returns the message without the
// silence at its end; also one that they did not finish because they hung up.
func record(ctx context.Context, c *bot.Call) ([]int16, error) {
	tone := media.Chain(media.Tone(pitch, -20), media.Limit(beep))
	if err := media.Copy(ctx, c.Microphone(), tone); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	ear, err := c.Ear(ctx, c.From(), rate)
	if err != nil {
		return nil, err
	}
	defer ear.Close()
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
	text := fmt.Sprintf("Your message has %d seconds. ", (len(message)+rate/2)/rate)
	for {
		reply, err := c.Ask(ctx, bot.Question{
			Prompts: bot.Saying(text + "To hear it, press 1. To record it again, press 2. To keep it, hang up."),
			Keys:    bot.Keys{Max: 1}, Silence: wait,
		})
		if errors.Is(err, bot.ErrNoInput) {
			return false, c.Say(ctx, "Goodbye.")
		}
		if err != nil || reply.Keys == "2" {
			return err == nil, err
		}
		if reply.Keys == "1" {
			if err := media.Copy(ctx, c.Microphone(), speech.PCM(message, rate)); err != nil {
				return false, err
			}
		}
		text = ""
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
