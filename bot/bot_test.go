package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/media"
)

// script is a backend that answers every action with events.
type script struct {
	events  chan bot.Event
	over    chan struct{} // closed when the call has ended
	actions []bot.Action
	answer  func(bot.Action) []bot.Event
	refuse  error
	id      string // of the invitation
}

func newScript(answer func(bot.Action) []bot.Event) *script {
	return &script{events: make(chan bot.Event, 16), over: make(chan struct{}), answer: answer}
}

func (s *script) Incoming() bot.Incoming { return bot.Incoming{From: "8:acs:r_alice", To: "echo"} }
func (s *script) Microphone() media.Sink { return nil }
func (s *script) Speaker() media.Source  { return nil }

func (s *script) Participants(context.Context) ([]bot.Participant, error) { return nil, nil }

func (s *script) Do(_ context.Context, a bot.Action) (string, error) {
	s.actions = append(s.actions, a)
	if _, leaving := a.(bot.HangUp); leaving {
		return "", nil
	}
	if s.refuse != nil {
		return "", s.refuse
	}
	for _, e := range s.answer(a) {
		s.events <- e
	}
	return s.id, nil
}

func (s *script) Next(ctx context.Context) (bot.Event, error) {
	select {
	case e := <-s.events:
		return e, nil
	case <-s.over:
		return bot.Event{}, io.EOF
	case <-ctx.Done():
		return bot.Event{}, ctx.Err()
	}
}

func event(name, context, data string) bot.Event {
	return bot.Event{Type: "Microsoft.Communication." + name, OperationContext: context, Data: json.RawMessage(data)}
}

// closing answers every action with the event that ends it.
func closing(a bot.Action) []bot.Event {
	switch a := a.(type) {
	case bot.Answer:
		return []bot.Event{event("CallConnected", a.Context, "{}")}
	case bot.Play:
		return []bot.Event{event("PlayStarted", a.Context, "{}"), event("PlayCompleted", a.Context, "{}")}
	case bot.Recognize:
		return []bot.Event{event("RecognizeCompleted", a.Context, `{"dtmfResult":{"tones":["one","asterisk","pound"]}}`)}
	case bot.Add:
		return []bot.Event{event("AddParticipantFailed", a.Context, `{"resultInformation":{"code":603,"subCode":8538,"message":"no"}}`)}
	}
	return nil
}

func TestActionsReturnWhenTheirClosingEventHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(closing)
		err := bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
			if err := c.Answer(ctx); err != nil {
				return err
			}
			if err := c.Play(ctx, bot.Say("hello")); err != nil {
				return err
			}
			keys, err := c.Recognize(ctx, bot.Keys{Max: 3})
			if keys != "1*#" || err != nil {
				t.Errorf("got %q, %v", keys, err)
			}
			return c.Add(ctx, "8:acs:r_bob")
		})
		if failed := (*bot.Failure)(nil); !errors.As(err, &failed) || failed.Subcode != 8538 {
			t.Errorf("the refusal got lost: %v", err)
		}
		if last := b.actions[len(b.actions)-1]; last != (bot.HangUp{}) {
			t.Errorf("the bot's part ended with %#v", last)
		}
	})
}

func TestTheHandlersContextEndsWithTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(closing)
		time.AfterFunc(time.Minute, func() { close(b.over) })
		err := bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
			if err := c.Answer(ctx); err != nil {
				return err
			}
			<-ctx.Done()
			return ctx.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestWaitingForAnEventEndsWithTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(func(bot.Action) []bot.Event { return nil })
		time.AfterFunc(time.Minute, func() { close(b.over) })
		var inside error
		_ = bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
			inside = c.Play(ctx, bot.Say("for ever"))
			return nil
		})
		if !errors.Is(inside, bot.ErrEnded) && !errors.Is(inside, context.Canceled) {
			t.Errorf("got %v", inside)
		}
	})
}

func TestAPanicInAHandlerIsItsError(t *testing.T) {
	b := newScript(closing)
	err := bot.Serve(t.Context(), b, func(context.Context, *bot.Call) error { panic("planted") })
	if err == nil || len(b.actions) != 1 {
		t.Errorf("got %v after %v", err, b.actions)
	}
}

func TestWhatIsRefusedIsReturnedAtOnce(t *testing.T) {
	b := newScript(closing)
	b.refuse = errors.New("no such call")
	err := bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error { return c.Answer(ctx) })
	if !errors.Is(err, b.refuse) {
		t.Errorf("got %v", err)
	}
}

func TestSilenceIsAnErrorOfItsOwn(t *testing.T) {
	b := newScript(func(a bot.Action) []bot.Event {
		r, _ := a.(bot.Recognize)
		return []bot.Event{event("RecognizeFailed", r.Context, `{"resultInformation":{"code":400,"subCode":8510}}`)}
	})
	err := bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
		_, err := c.Recognize(ctx, bot.Keys{})
		return err
	})
	if !errors.Is(err, bot.ErrNoInput) {
		t.Errorf("got %v", err)
	}
}

func TestEveryKeyOfAPhoneHasAName(t *testing.T) {
	for _, row := range []struct {
		keys, names string
		ok          bool
	}{
		{"0123456789", "[zero one two three four five six seven eight nine]", true},
		{"aD#*", "[a d pound asterisk]", true},
		{"", "[]", true},
		{"1x", "[]", false},
	} {
		names, ok := bot.Named(row.keys)
		if fmt.Sprint(names) != row.names || ok != row.ok {
			t.Errorf("%q: got %v, %v", row.keys, names, ok)
		}
	}
}

func TestAPanicInWhatListensEndsTheBotsPart(t *testing.T) {
	b := newScript(closing)
	err := bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
		c.Listen(func(bot.Event) { panic("planted") })
		if _, err := c.Do(ctx, bot.Answer{}); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if last := b.actions[len(b.actions)-1]; !errors.Is(err, bot.ErrPanicked) || last != (bot.HangUp{}) {
		t.Errorf("got %v; the bot's part ended with %#v", err, last)
	}
}

func TestAnAdditionThatIsWithdrawnIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(func(bot.Action) []bot.Event { return nil })
		b.id = "id"
		time.AfterFunc(time.Second, func() {
			b.events <- event("CancelAddParticipantSucceeded", "of who withdrew it", `{"invitationId":"id"}`)
		})
		err := bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error { return c.Add(ctx, "8:acs:r_bob") })
		if !errors.Is(err, bot.ErrCanceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAPlayWhoseContextEndsFallsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(func(bot.Action) []bot.Event { return nil })
		_ = bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
			brief, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			return c.Play(brief, bot.Say("for ever"))
		})
		if len(b.actions) != 3 || b.actions[1] != (bot.CancelMedia{}) {
			t.Errorf("asked for %v", b.actions)
		}
	})
}
