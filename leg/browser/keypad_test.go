package browser

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media/dtmf"
)

// pressed is the end of an operation that pressed keys.
type pressedKeys struct{}

func (pressedKeys) Type() string { return "botd.test.pressed" }

// press has an application press keys for a user, and returns what came of it.
func (w *world) press(t *testing.T, cn *call.Connection, user identity.ID, keys ...call.Tone) <-chan error {
	t.Helper()
	result := make(chan error, 1)
	fatal(t, cn.Start(t.Context(), call.Operation{
		Name: "press", Listen: user, To: []identity.ID{user}, Failed: pressedKeys{}, Canceled: pressedKeys{},
		Run: func(ctx context.Context, s *call.Stage) call.Event {
			ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			result <- s.Press(ctx, keys...)
			return pressedKeys{}
		},
	}))
	return result
}

// called is a client in a call with an application.
func (w *world) called(t *testing.T, l line) (*client, *call.Connection) {
	t.Helper()
	c := w.signIn(t, ann)
	cn, err := w.registry.Create(t.Context(), call.Creation{Seat: call.Seat{As: "bot"}, To: []identity.ID{ann}})
	fatal(t, err)
	in := c.expect("incoming")
	c.say(map[string]any{"type": "accept", "ref": 1, "call": in.Call, "sdp": c.offer(l)})
	c.take(c.expect("answer").SDP)
	c.state("Connected")
	<-c.up
	soon(t, "the connection is up", func() bool { return cn.View().State == call.Connected })
	return c, cn
}

func TestABrowserIsSentKeysInTheStreamOfItsSound(t *testing.T) {
	w := newWorld(t)
	c, cn := w.called(t, line{})
	c.speak(440)
	c.hears(440)
	if err := <-w.press(t, cn, ann, "five", "five", "pound"); err != nil {
		t.Fatal(err)
	}
	soon(t, "the last key has ended", func() bool {
		e := c.keysReceived()
		return len(e) > 0 && e[len(e)-1].Code == 11 && e[len(e)-1].End
	})
	c.hears(440)
	var receiver dtmf.Receiver
	var keys []dtmf.Tone
	events := c.keysReceived()
	for i, e := range events {
		p := &rtp.Packet{Header: e.Header, Payload: e.Append(nil)}
		if k, ok := receiver.Push(p, time.Now()); ok {
			keys = append(keys, k)
			if !e.Marker {
				t.Error("the first packet of a press has no marker")
			}
		}
		if e.SSRC != events[0].SSRC || e.PayloadType != 110 {
			t.Errorf("packet %d is of stream %d, type %d", i, e.SSRC, e.PayloadType)
		}
		if e.End && e.Duration != 4800 {
			t.Errorf("pressed for %d of 48,000", e.Duration)
		}
	}
	if want := []dtmf.Tone{dtmf.Five, dtmf.Five, dtmf.Pound}; !slices.Equal(keys, want) {
		t.Errorf("received %v", keys)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	missing := 0
	for i := range c.order[1:] {
		missing += int(c.order[i+1] - c.order[i] - 1)
	}
	if missing != 0 {
		t.Errorf("%d sequence numbers are missing", missing)
	}
}

func TestAClientWithoutTelephoneEventsIsSentNone(t *testing.T) {
	w := newWorld(t)
	_, cn := w.called(t, line{noKeys: true})
	if err := <-w.press(t, cn, ann, "one"); !errors.Is(err, call.ErrNoKeypad) {
		t.Errorf("got %v", err)
	}
	asked := make(chan *call.Audible, 1)
	fatal(t, cn.Start(t.Context(), call.Operation{
		Name: "look", Listen: ann, Failed: pressedKeys{},
		Run: func(_ context.Context, s *call.Stage) call.Event {
			asked <- s.Target()
			return pressedKeys{}
		},
	}))
	if who := <-asked; who == nil || !who.InBand {
		t.Errorf("its keys are looked for: %+v", who)
	}
}
