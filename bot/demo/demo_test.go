package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/demo"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
)

// caller is the far end of a bot in virtual time: it speaks into the bot's
// speaker, keeps what the bot says, and presses keys when asked for some.
type caller struct {
	pair   *media.Pair
	says   media.Source // nil says nothing
	keys   []string     // the tones of one recognition after another
	refuse bool         // additions are declined

	mu     sync.Mutex
	said   []string // what prompts said
	added  []identity.ID
	heard  []int16
	events chan bot.Event
	over   chan struct{}
}

func newCaller() *caller {
	return &caller{pair: media.NewPair(), events: make(chan bot.Event, 64), over: make(chan struct{})}
}

// run ticks both directions until the bot has left.
func (c *caller) run() {
	ticks := time.NewTicker(media.FrameDuration)
	defer ticks.Stop()
	in, out := media.NewFrame(media.Rate), media.NewFrame(media.Rate)
	for {
		select {
		case <-c.over:
			return
		case <-ticks.C:
		}
		c.pair.Level()
		_ = c.pair.Read(in)
		c.heard = append(c.heard, in.Samples...)
		if c.says == nil || c.says.Read(out) != nil {
			out.Resize(media.FrameSize, media.Rate)
			out.Silence()
		}
		c.pair.Hear(media.Sound{Frame: out})
	}
}

func (c *caller) Incoming() bot.Incoming { return bot.Incoming{From: "8:acs:r_ada"} }
func (c *caller) Resume() bot.Past       { return bot.Past{} }
func (c *caller) Ack(uint64)             {}
func (c *caller) Microphone() media.Sink { return c.pair.Microphone() }
func (c *caller) Speaker() media.Source  { return c.pair.Speaker() }

func (c *caller) Participants(context.Context) ([]bot.Participant, error) { return nil, nil }

func (c *caller) Ear(context.Context, bot.Listening) (bot.Ear, error) {
	return nil, bot.ErrUnsupported
}

func (c *caller) Next(ctx context.Context) (bot.Event, error) {
	select {
	case e := <-c.events:
		return e, nil
	case <-c.over:
		return bot.Event{}, io.EOF
	case <-ctx.Done():
		return bot.Event{}, ctx.Err()
	}
}

func (c *caller) Do(_ context.Context, a bot.Action) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch a := a.(type) {
	case bot.Answer:
		c.tell("CallConnected", a.Context, "{}")
	case bot.Play:
		c.said = append(c.said, a.Prompts[0].Text)
		c.tell("PlayCompleted", a.Context, "{}")
	case bot.Recognize:
		c.press(a)
	case bot.Add:
		c.added = append(c.added, a.Who)
		if c.refuse {
			c.tell("AddParticipantFailed", a.Context, `{"resultInformation":{"code":480,"subCode":8541}}`)
		} else {
			c.tell("AddParticipantSucceeded", a.Context, "{}")
		}
	}
	return "", nil
}

// press answers a recognition with the next key, or with silence.
func (c *caller) press(a bot.Recognize) {
	c.said = append(c.said, a.Prompts[0].Text)
	if len(c.keys) == 0 {
		c.tell("RecognizeFailed", a.Context, `{"resultInformation":{"code":400,"subCode":8510}}`)
		return
	}
	tones, _ := json.Marshal([]string{c.keys[0]})
	c.keys = c.keys[1:]
	c.tell("RecognizeCompleted", a.Context, `{"dtmfResult":{"tones":`+string(tones)+`}}`)
}

func (c *caller) tell(name, context, data string) {
	c.events <- bot.Event{Type: "Microsoft.Communication." + name, OperationContext: context, Data: json.RawMessage(data)}
}

// call runs a handler against the caller until it returns, or for a while.
func (c *caller) call(t *testing.T, h bot.Handler, atMost time.Duration) error {
	t.Helper()
	go c.run()
	ctx, cancel := context.WithTimeout(t.Context(), atMost)
	defer cancel()
	err := bot.Serve(ctx, c, h)
	c.pair.Close()
	close(c.over)
	synctest.Wait()
	return err
}

func TestEchoSaysBackWhatItHears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCaller()
		c.says = media.Tone(440, 20)
		if err := c.call(t, demo.Echo, 3*time.Second); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		second := c.heard[media.Rate : 2*media.Rate]
		if hz, part := measure.Peak(second, media.Rate); hz < 435 || hz > 445 || part < 0.9 {
			t.Errorf("heard %.0f Hz, %.0f %% of the sound", hz, part*100)
		}
	})
}

func TestTheAudioTestPlaysBackWhatWasSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCaller()
		c.says = media.Chain(media.Tone(440, 20), media.Limit(3*time.Second))
		if err := c.call(t, demo.AudioTest, time.Minute); err != nil {
			t.Fatal(err)
		}
		if len(c.said) != 2 {
			t.Errorf("it spoke %d times", len(c.said))
		}
		beep := measure.ToneLevel(c.heard[:media.Rate/4], media.Rate, 1000)
		if beep < -30 {
			t.Errorf("the beep is at %.0f dBFS", beep)
		}
		back := c.heard[len(c.heard)*6/10:]
		if hz, _ := measure.Peak(back[:media.Rate], media.Rate); hz < 435 || hz > 445 {
			t.Errorf("played back %.0f Hz", hz)
		}
	})
}

func TestTheMenuDoesWhatItsKeysSay(t *testing.T) {
	const dana identity.ID = "8:acs:r_dana"
	for _, row := range []struct {
		name   string
		keys   []string
		refuse bool
		says   string // the last thing it says
		added  []identity.ID
	}{
		{"a key for a branch, then goodbye", []string{"one", "nine"}, false, "Goodbye.", nil},
		{"a colleague who comes is left alone with the caller", []string{"three"}, false, "One moment, I am calling a colleague.", []identity.ID{dana}},
		{"a colleague who does not come leaves the menu", []string{"three", "nine"}, true, "Goodbye.", []identity.ID{dana}},
		{"nobody there", nil, false, "It seems that nobody is there. Goodbye.", nil},
		{"a key with nothing on it", []string{"five", "nine"}, false, "Goodbye.", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCaller()
				c.keys, c.refuse = row.keys, row.refuse
				if err := c.call(t, demo.Menu(dana), time.Minute); err != nil {
					t.Fatal(err)
				}
				if got := c.said[len(c.said)-1]; got != row.says {
					t.Errorf("it ended with %q", got)
				}
				if !slices.Equal(c.added, row.added) {
					t.Errorf("it added %v", c.added)
				}
			})
		})
	}
}
