package bot_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/bot"
)

// spoken is the line of a transcript as the log has it, half a second after 1970
// began.
const spoken = `{"identifier":{"rawId":"8:acs:r_alice"},"displayName":"Alice","text":"good morning","confidence":0.8,` +
	`"offset":621355968005000000,"duration":12000000}`

// clerk is a call in which a line is said as soon as they are written down.
func clerk(a bot.Action) []bot.Event {
	switch a := a.(type) {
	case bot.Transcribe:
		return []bot.Event{
			event("TranscriptionStarted", a.Context, "{}"), {Type: "botd.transcription.line", Data: []byte(spoken)},
		}
	case bot.StopTranscribing:
		return []bot.Event{event("TranscriptionStopped", "", "{}")}
	case bot.DetectMachine:
		return []bot.Event{{
			Type: "botd.answerer.detected", OperationContext: a.Context, Data: []byte(`{"answerer":"beep","confidence":0.95}`),
		}}
	}
	return nil
}

func TestATranscriptIsReadLineByLineUntilItIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(clerk)
		err := bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
			ctx, stop := context.WithCancel(ctx)
			defer stop()
			lines, err := c.Transcript(ctx, bot.Transcribe{Locale: "en-GB"})
			if err != nil {
				return err
			}
			if _, err := c.Transcript(ctx, bot.Transcribe{}); !errors.Is(err, bot.ErrConflict) {
				t.Errorf("a second one: %v", err)
			}
			line := <-lines
			line.At = line.At.UTC()
			if want := (bot.Line{
				Who: "8:acs:r_alice", Name: "Alice", Text: "good morning", Confidence: 0.8,
				At: time.Unix(0, 5e8).UTC(), For: 1200 * time.Millisecond,
			}); line != want {
				t.Errorf("got %+v, want %+v", line, want)
			}
			stop()
			if _, more := <-lines; more {
				t.Error("it goes on")
			}
			again, err := c.Transcript(t.Context(), bot.Transcribe{})
			if err == nil {
				<-again
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if first := b.actions[0].(bot.Transcribe); first.Locale != "en-GB" || first.Context == "" {
			t.Errorf("it asked for %+v", first)
		}
	})
}

func TestATranscriptThatIsRefusedMayBeAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(clerk)
		b.refuse = bot.ErrUnsupported
		_ = bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
			for range 2 {
				if _, err := c.Transcript(ctx, bot.Transcribe{}); !errors.Is(err, bot.ErrUnsupported) {
					t.Errorf("got %v", err)
				}
			}
			return nil
		})
	})
}

func TestATranscriptEndsWithTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(clerk)
		time.AfterFunc(time.Minute, func() { close(b.over) })
		_ = bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
			lines, err := c.Transcript(context.WithoutCancel(ctx), bot.Transcribe{})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for range lines {
				n++
			}
			if n != 1 {
				t.Errorf("%d lines", n)
			}
			if _, err := c.Transcript(ctx, bot.Transcribe{}); !errors.Is(err, bot.ErrEnded) {
				t.Errorf("after the end: %v", err)
			}
			return nil
		})
	})
}

func TestWhoAnsweredIsAskedOfTheOtherSide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(clerk)
		_ = bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
			if who, sure, err := c.WhoAnswered(ctx); who != bot.Beep || sure != 0.95 || err != nil {
				t.Errorf("got %s, %v, %v", who, sure, err)
			}
			return nil
		})
		asked, _ := b.actions[0].(bot.DetectMachine)
		if asked.Who != "8:acs:r_alice" || !asked.Beep {
			t.Errorf("it asked for %+v", asked)
		}
	})
}
