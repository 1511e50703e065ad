package bottest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// critic is a test that may fail.
type critic struct {
	testing.TB
	said []string
}

func (c *critic) Errorf(format string, args ...any) {
	c.said = append(c.said, fmt.Sprintf(format, args...))
}

// review gives a play and returns what is said of it.
func review(t *testing.T, h bot.Handler, script func(s *Script)) string {
	t.Helper()
	c := &critic{TB: t}
	synctest.Test(t, func(*testing.T) {
		s := newStage(c, Stage{Seed: 42}, h)
		s.start(func() { script(&Script{s}) })
		s.run()
		s.finish()
		s.close()
		s.verdict()
	})
	return strings.Join(c.said, "\n")
}

func greets(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	if err := c.Say(ctx, "Hello there."); err != nil {
		return err
	}
	return errors.New("out of words")
}

func TestWhatDoesNotComeIsToldWithWhatDid(t *testing.T) {
	for name, c := range map[string]struct {
		script func(s *Script)
		says   []string
	}{
		"words that are not said": {
			func(s *Script) {
				alice := s.Person("alice")
				alice.Calls()
				alice.Within(4 * time.Second).Hears("goodbye")
			},
			[]string{"within 4s it did not happen that alice hears goodbye", "inside_test.go:", "seed 42", "0.000  alice    calls", "alice    hears Hello there.", "bot returned: out of words"},
		},
		"words that were not cut": {
			func(s *Script) {
				alice := s.Person("alice")
				alice.Calls()
				alice.HearsUpTo("hello")
			},
			[]string{`alice heard "Hello there.", not up to "hello"`},
		},
		"silence that is none": {
			func(s *Script) {
				alice := s.Person("alice")
				alice.Calls()
				alice.HearsNothing(time.Second)
			},
			[]string{`alice heard "Hello", not nothing`},
		},
		"somebody who is not called": {
			func(s *Script) {
				s.Person("alice").Calls()
				s.Person("bob").IsCalled()
			},
			[]string{"within 30s it did not happen that bob is called"},
		},
		"an event that does not come": {
			func(s *Script) {
				s.Person("alice").Calls()
				s.Happens("CallConnected", "PlayFailed")
			},
			[]string{"it did not happen that there is PlayFailed"},
		},
		"a transfer that is not made": {
			func(s *Script) {
				s.Person("alice").Calls()
				s.Bot().Within(time.Second).Transfers("sales")
			},
			[]string{"within 1s it did not happen that the bot transfers to sales"},
		},
		"another reason": {
			func(s *Script) {
				alice := s.Person("alice")
				alice.Calls()
				alice.IsHungUpOn(call.ReasonBusy)
			},
			[]string{"alice was hung up on for 0/7000"},
		},
		"a part played meanwhile": {
			func(s *Script) {
				s.Meanwhile(func(s *Script) { s.Fails("the %s fell", "curtain") })
				s.Passes(time.Hour)
			},
			[]string{"the curtain fell"},
		},
		"keys that are on no phone": {
			func(s *Script) { s.Person("alice").Presses("1x") },
			[]string{`alice cannot press "1x"`},
		},
		"nothing is said of a play that goes well": {
			func(s *Script) { s.Person("alice").Calls("bot") },
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := review(t, greets, c.script)
			for _, want := range c.says {
				if !strings.Contains(got, want) {
					t.Errorf("it does not say %q:\n%s", want, got)
				}
			}
			if len(c.says) == 0 && got != "" {
				t.Errorf("it is said: %s", got)
			}
		})
	}
}

func TestABotThatPanicsFailsTheTest(t *testing.T) {
	got := review(t, func(context.Context, *bot.Call) error { panic("planted") }, func(s *Script) {
		s.Person("alice").Calls()
	})
	if !strings.Contains(got, "bot panicked: planted") {
		t.Errorf("it is said: %s", got)
	}
}

// openGate is one at which nobody waits.
func openGate() *gate {
	g := newGate()
	g.unlock()
	return g
}

// hears is what an ear of the stage understands of a text at a rate.
func hears(t *testing.T, rate int, says string, cut int) []speech.Heard {
	t.Helper()
	l := newLanguage(newNames(1))
	ear, err := (&recognizer{l, openGate()}).Listen(t.Context(), speech.Listening{Partial: true})
	if err != nil {
		t.Fatal(err)
	}
	frames := l.text("somebody", says).frames()
	var samples []int16
	for _, f := range append(frames[:len(frames)-cut], make([][]int16, silence+5)...) {
		if f == nil {
			f = make([]int16, media.FrameSize)
		}
		samples = append(samples, f...)
	}
	src := media.Chain(speech.PCM(samples, media.Rate), media.Resample(rate))
	for f := media.NewFrame(rate); src.Read(f) == nil; {
		if err := ear.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	ear.Finish()
	var list []speech.Heard
	for {
		h, err := ear.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, h)
	}
}

func TestTheStagesEarUnderstandsItsVoice(t *testing.T) {
	const says = "One two, three and four words more."
	for _, rate := range []int{16000, 24000, 48000} {
		heard := hears(t, rate, says, 0)
		if n := len(heard); n != 8 || !heard[7].Final || heard[7].Text != says || heard[2].Text != "One two, three" {
			t.Errorf("at %d Hz it heard %+v", rate, heard)
		}
	}
	cut := hears(t, 16000, says, 40)
	if n := len(cut); n == 0 || !cut[n-1].Final || cut[n-1].Text != "One two, three and four" {
		t.Errorf("of what was cut it heard %+v", cut)
	}
}
