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
	past    bot.Past
	acked   uint64
}

func newScript(answer func(bot.Action) []bot.Event) *script {
	return &script{events: make(chan bot.Event, 16), over: make(chan struct{}), answer: answer}
}

func (s *script) Incoming() bot.Incoming { return bot.Incoming{From: "8:acs:r_alice", To: "echo"} }
func (s *script) Resume() bot.Past       { return s.past }
func (s *script) Ack(sequence uint64)    { s.acked = sequence }
func (s *script) Microphone() media.Sink { return nil }
func (s *script) Speaker() media.Source  { return nil }

func (s *script) Participants(context.Context) ([]bot.Participant, error) { return nil, nil }

func (s *script) Ear(context.Context, bot.Listening) (bot.Ear, error) {
	return nil, bot.ErrUnsupported
}

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
			reply, err := c.Ask(ctx, bot.Question{Keys: bot.Keys{Max: 3}})
			if reply.Keys != "1*#" || err != nil {
				t.Errorf("got %+v, %v", reply, err)
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

func TestAPanicInAHandlerIsItsErrorAndHangsUpOnNobody(t *testing.T) {
	b := newScript(closing)
	err := bot.Serve(t.Context(), b, func(context.Context, *bot.Call) error { panic("planted") })
	if !errors.Is(err, bot.ErrPanicked) || len(b.actions) != 0 {
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
		_, err := c.Ask(ctx, bot.Question{})
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

func TestAPanicInWhatListensEndsTheHandlerAndHangsUpOnNobody(t *testing.T) {
	b := newScript(closing)
	err := bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
		c.OnEvent(func(bot.Event) { panic("planted") })
		if _, err := c.Do(ctx, bot.Answer{}); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if len(b.actions) != 1 || !errors.Is(err, bot.ErrPanicked) {
		t.Errorf("got %v after %v", err, b.actions)
	}
	if b.acked != 0 {
		t.Errorf("the event that it panicked at is acknowledged: %d", b.acked)
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
		played, _ := b.actions[0].(bot.Play)
		if len(b.actions) != 3 || b.actions[1] != (bot.Cancel{Context: played.Context}) {
			t.Errorf("asked for %v", b.actions)
		}
	})
}

func TestAQuestionHasTheAnswerThatWasGiven(t *testing.T) {
	for _, row := range []struct {
		name, event, data string
		want              bot.Reply
		is                error
	}{
		{"keys", "RecognizeCompleted", `{"recognitionType":"dtmf","dtmfResult":{"tones":["one","pound"]}}`, bot.Reply{Keys: "1#", Confidence: 1}, nil},
		{"words", "RecognizeCompleted", `{"recognitionType":"speech","speechResult":{"speech":"hello there","confidence":0.7}}`, bot.Reply{Text: "hello there", Confidence: 0.7}, nil},
		{"a choice that was said", "RecognizeCompleted", `{"recognitionType":"choices","choiceResult":{"label":"yes","recognizedPhrase":"sure","confidence":0.9}}`, bot.Reply{Choice: "yes", Text: "sure", Confidence: 0.9}, nil},
		{"a choice that was pressed", "RecognizeCompleted", `{"recognitionType":"choices","choiceResult":{"label":"yes"}}`, bot.Reply{Choice: "yes", Confidence: 1}, nil},
		{"nothing", "RecognizeFailed", `{"resultInformation":{"code":400,"subCode":8510}}`, bot.Reply{}, bot.ErrNoInput},
		{"no choice", "RecognizeFailed", `{"resultInformation":{"code":400,"subCode":8547}}`, bot.Reply{}, bot.ErrNoMatch},
		{"cancelled", "RecognizeCanceled", `{"resultInformation":{"code":400,"subCode":8508}}`, bot.Reply{}, bot.ErrCanceled},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := newScript(func(a bot.Action) []bot.Event {
				r, _ := a.(bot.Recognize)
				if r.From != "8:acs:r_alice" {
					t.Errorf("asked %q", r.From)
				}
				return []bot.Event{event(row.event, r.Context, row.data)}
			})
			_ = bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
				got, err := c.Ask(ctx, bot.Question{})
				if got != row.want || !errors.Is(err, row.is) {
					t.Errorf("got %+v, %v", got, err)
				}
				return nil
			})
		})
	}
}

func TestKeysAreGivenToWhoeverWaitsForThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(func(bot.Action) []bot.Event { return nil })
		key := func(who, tone string) {
			b.events <- bot.Event{Type: "botd.participant.dtmf", Data: json.RawMessage(`{"identifier":{"rawId":"` + who + `"},"tone":"` + tone + `"}`)}
		}
		_ = bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
			brief, cancel := context.WithCancel(ctx)
			hers, all := c.Keys(brief, "8:acs:r_alice"), c.Keys(ctx, "")
			key("8:acs:r_alice", "one")
			key("8:acs:r_bob", "pound")
			synctest.Wait()
			if a, b, c := <-all, <-all, <-hers; a+b+c != "1#1" {
				t.Errorf("got %q, %q and of her %q", a, b, c)
			}
			cancel()
			if _, more := <-hers; more {
				t.Error("a key after the end")
			}
			close(b.over)
			if _, more := <-all; more {
				t.Error("a key after the call")
			}
			if _, more := <-c.Keys(context.WithoutCancel(ctx), ""); more {
				t.Error("a key of a call that is over")
			}
			return nil
		})
	})
}

func TestWhoSpeaksIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newScript(func(bot.Action) []bot.Event { return nil })
		b.events <- bot.Event{
			Type: "botd.dominantspeakers.changed",
			Data: json.RawMessage(`{"speakers":[{"participantId":"1","identifier":{"rawId":"8:acs:r_alice"},"isSpeaking":true}]}`),
		}
		_ = bot.Serve(t.Context(), b, func(_ context.Context, c *bot.Call) error {
			synctest.Wait()
			if got := c.Speakers(); len(got) != 1 || got[0] != (bot.Speaker{ID: "8:acs:r_alice", Speaking: true}) {
				t.Errorf("got %+v", got)
			}
			return nil
		})
	})
}

func TestWhatPlaysIsStoppedAloneAndSaysWhoHeardIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var music string
		b := newScript(nil)
		b.answer = func(a bot.Action) []bot.Event {
			switch a := a.(type) {
			case bot.Play:
				music = a.Context
			case bot.Cancel:
				return []bot.Event{{
					Type: "botd.play.heard", OperationContext: a.Context, Data: json.RawMessage(`{"listeners":[
						{"identifier":{"rawId":"8:acs:r_alice"},"heardInMs":1240,"texts":[{"heard":"one two","whole":true},{"heard":"three","estimated":true}]}]}`),
				}, event("PlayCanceled", a.Context, "{}")}
			}
			return nil
		}
		_ = bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
			p, err := c.Start(ctx, bot.Play{Prompts: []bot.Prompt{bot.File("file:///music.wav")}, Loop: true})
			if err != nil {
				return err
			}
			if err := p.Stop(ctx); err != nil {
				t.Error(err)
			}
			played, err := p.Wait(ctx)
			want := bot.HeardBy{Who: "8:acs:r_alice", For: 1240 * time.Millisecond, Text: "one two three", Estimated: true}
			if !errors.Is(err, bot.ErrCanceled) || len(played.Heard) != 1 || played.Heard[0] != want {
				t.Errorf("it ended with %v after %+v", err, played)
			}
			return nil
		})
		if b.actions[1] != (bot.Cancel{Context: music}) {
			t.Errorf("asked for %v", b.actions)
		}
	})
}
