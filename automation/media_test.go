package automation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media/prompt"
)

// speak is a source that lasts as long as its text says.
func speak(length string) automation.PlaySource {
	return automation.PlaySource{Kind: "text", Text: &automation.TextSource{Text: length}}
}

func play(lengths ...string) automation.PlayRequest {
	r := automation.PlayRequest{OperationContext: "ctx"}
	for _, l := range lengths {
		r.PlaySources = append(r.PlaySources, speak(l))
	}
	return r
}

func TestAPlayIsStartedAndThenCompleted(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		w.want(w.Play(w.Context(), cn, play("1s", "2s")), nil)
		time.Sleep(2900 * time.Millisecond)
		w.want(w.told(), []string{"PlayStarted"})
		time.Sleep(200 * time.Millisecond)
		w.want(w.told(), []string{"PlayStarted", "PlayCompleted"})
		var e result
		w.last("PlayCompleted", &e)
		w.want(e.OperationContext, "ctx")
		w.want(e.Result.Code, 200)
	})
}

func TestALoopNeverCompletes(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		r := play("1s")
		r.PlayOptions = &automation.PlayOptions{Loop: true}
		w.want(w.Play(w.Context(), cn, r), nil)
		time.Sleep(time.Minute)
		w.want(w.CancelMedia(w.Context(), cn), nil)
		time.Sleep(time.Second)
		w.want(w.told(), []string{"PlayStarted", "PlayCanceled"})
	})
}

func TestAnInterruptingPlayCancelsWhatRuns(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		w.want(w.Play(w.Context(), cn, play("10s")), nil)
		time.Sleep(time.Second)
		r := play("1s")
		r.InterruptCallMediaOperation = true
		w.want(w.Play(w.Context(), cn, r), nil)
		time.Sleep(1500 * time.Millisecond)
		w.want(w.told(), []string{"PlayStarted", "PlayCanceled", "PlayStarted", "PlayCompleted"})
	})
}

func TestAPromptThatCannotBePlayedFailsWithItsCode(t *testing.T) {
	for _, row := range []struct {
		err     error
		subcode int
	}{
		{prompt.ErrFormat, 8535},
		{prompt.ErrDownload, 8536},
		{prompt.ErrEmpty, 8582},
		{prompt.ErrSpeech, 8565},
		{errors.New("planted"), 9999},
	} {
		t.Run(row.err.Error(), func(t *testing.T) {
			inWorld(t, library{fail: &prompt.Error{Index: 1, Err: row.err}}, func(w *world) {
				_, cn := w.answered()
				w.want(w.Play(w.Context(), cn, play("1s", "1s")), nil)
				synctest.Wait()
				var e result
				w.last("PlayFailed", &e)
				w.want(e.Result.Subcode, row.subcode)
				w.want(e.Index, 1)
			})
		})
	}
}

// keys is a recognition of at most three keys, or up to pound.
func keys(prompts ...automation.PlaySource) automation.RecognizeRequest {
	return automation.RecognizeRequest{
		RecognizeInputType: "dtmf", PlayPrompts: prompts, OperationContext: "menu",
		RecognizeOptions: automation.RecognizeOptions{
			TargetParticipant: alice,
			DTMFOptions:       &automation.DTMFOptions{MaxTonesToCollect: 3, StopTones: []call.Tone{"pound"}},
		},
	}
}

func TestWhatIsEnteredEndsInTheRightWay(t *testing.T) {
	for _, row := range []struct {
		name    string
		press   []call.Tone
		event   string
		subcode int
		tones   []string
	}{
		{"enough keys", []call.Tone{"one", "two", "asterisk", "four"}, "RecognizeCompleted", 8531, []string{"one", "two", "asterisk"}},
		{"a stop key", []call.Tone{"one", "pound"}, "RecognizeCompleted", 8514, []string{"one"}},
		{"only a stop key", []call.Tone{"pound"}, "RecognizeCompleted", 8514, []string{}},
		{"too few keys", []call.Tone{"one"}, "RecognizeCompleted", 8532, []string{"one"}},
		{"nothing", nil, "RecognizeFailed", 8510, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			inWorld(t, library{}, func(w *world) {
				l, cn := w.answered()
				w.want(w.Recognize(w.Context(), cn, keys()), nil)
				for _, tone := range row.press {
					time.Sleep(time.Second)
					l.p.Tone(tone)
				}
				time.Sleep(10 * time.Second)
				var e result
				w.last(row.event, &e)
				w.want(e.Result.Subcode, row.subcode)
				w.want(e.DTMF.Tones, row.tones)
				w.want(e.OperationContext, "menu")
				w.want(w.told(), []string{row.event})
			})
		})
	}
}

func TestAKeyStopsThePromptAndCounts(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		l, cn := w.answered()
		w.want(w.Recognize(w.Context(), cn, keys(speak("1h"))), nil)
		time.Sleep(time.Second)
		for range 3 {
			l.p.Tone("seven")
		}
		synctest.Wait()
		var e result
		w.last("RecognizeCompleted", &e)
		w.want(e.DTMF.Tones, []string{"seven", "seven", "seven"})
	})
}

func TestAPromptThatMayNotBeInterruptedIsHeardOut(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		l, cn := w.answered()
		r := keys(speak("10s"))
		no := false
		r.RecognizeOptions.InterruptPrompt = &no
		w.want(w.Recognize(w.Context(), cn, r), nil)
		time.Sleep(time.Second)
		l.p.Tone("one")
		time.Sleep(13 * time.Second)
		w.want(w.told(), []string(nil))
		time.Sleep(2 * time.Second)
		w.want(w.told(), []string{"RecognizeFailed"})
	})
}

func TestARecognitionInAGroupExcludesAnotherForTheSameParticipant(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		if _, err := w.Add(w.Context(), cn, automation.AddRequest{ParticipantToAdd: bob}); err != nil {
			w.Fatal(err)
		}
		synctest.Wait()
		if _, err := w.bell.latest().Accept(w.Context(), call.Acceptance{Leg: &leg{}}); err != nil {
			w.Fatal(err)
		}
		synctest.Wait()
		no := false
		r := keys(speak("10s"))
		r.InterruptCallMediaOperation = &no
		w.want(w.Recognize(w.Context(), cn, r), nil)
		if err := w.Recognize(w.Context(), cn, r); !errors.Is(err, call.ErrIncompatible) {
			w.Errorf("the second one: %v", err)
		}
		synctest.Wait()
		w.want(w.stage.played, []string{"one"})
	})
}

func TestLeavingCancelsWhatPlaysBeforeTheConnectionIsGone(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		w.want(w.Play(w.Context(), cn, play("1h")), nil)
		w.want(w.Play(w.Context(), cn, play("1h")), nil)
		time.Sleep(time.Second)
		w.want(w.HangUp(w.Context(), cn), nil)
		synctest.Wait()
		w.want(w.told(), []string{"PlayStarted", "PlayCanceled", "PlayCanceled"})
		w.book.mu.Lock()
		defer w.book.mu.Unlock()
		for _, r := range w.book.records {
			if r.Closing && r.Type != "Microsoft.Communication.CallDisconnected" {
				w.Errorf("closed by %s", r.Type)
			}
		}
	})
}

func TestARequestThatCannotBeNamesItsField(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		ctx := w.Context()
		many := 301
		bad := func(change func(*automation.RecognizeRequest)) automation.RecognizeRequest {
			r := keys()
			change(&r)
			return r
		}
		_, noContext := w.Answer(ctx, automation.AnswerRequest{CallbackURI: "https://example.com"})
		_, forged := w.Answer(ctx, automation.AnswerRequest{IncomingCallContext: "x.y", CallbackURI: "https://example.com"})
		_, noTargets := w.Create(ctx, automation.CreateRequest{CallbackURI: "https://example.com"})
		_, private := w.Create(ctx, automation.CreateRequest{Targets: []identity.ID{bob}, CallbackURI: "https://10.0.0.1/"})
		_, phone := w.Create(ctx, automation.CreateRequest{Targets: []identity.ID{"4:+15551230001"}, CallbackURI: "https://example.com"})
		_, relative := w.Create(ctx, automation.CreateRequest{Targets: []identity.ID{bob}, CallbackURI: "/events"})
		_, tooLong := w.Add(ctx, cn, automation.AddRequest{ParticipantToAdd: bob, InvitationTimeout: 181})
		_, noSource := w.Create(ctx, automation.CreateRequest{
			Targets: []identity.ID{bob}, CallbackURI: "https://example.com", Source: &automation.User{ID: "8:acs:r\x00_u"},
		})
		_, longContext := w.Create(ctx, automation.CreateRequest{
			Targets: []identity.ID{bob}, CallbackURI: "https://example.com", OperationContext: strings.Repeat("<", 9<<10),
		})
		along := func(key, value string) error {
			_, err := w.Add(ctx, cn, automation.AddRequest{
				ParticipantToAdd: bob, CustomCallingContext: &automation.CallingContext{CustomContext: call.CustomContext{SIPHeaders: map[string]string{key: value}}},
			})
			return err
		}
		injected, foreign := along("X-MS-Custom-order", "7\r\nVia: x"), along("Via", "x")
		nobody := play("1s")
		nobody.PlayTo = []identity.ID{alice, ""}
		for _, row := range []struct {
			err   error
			field string
		}{
			{noContext, "incomingCallContext"},
			{forged, "incomingCallContext"},
			{noTargets, "targets"},
			{private, "callbackUri"},
			{relative, "callbackUri"},
			{phone, "sourceCallerIdNumber"},
			{tooLong, "invitationTimeoutInSeconds"},
			{noSource, "source.id"},
			{longContext, "operationContext"},
			{injected, "customCallingContext.sipHeaders"},
			{foreign, "customCallingContext.sipHeaders"},
			{w.Play(ctx, cn, nobody), "playTo[1]"},
			{w.Play(ctx, cn, automation.PlayRequest{}), "playSources"},
			{w.Play(ctx, cn, automation.PlayRequest{PlaySources: []automation.PlaySource{{Kind: "midi"}}}), "playSources[0].kind"},
			{w.Play(ctx, cn, automation.PlayRequest{PlaySources: []automation.PlaySource{{Kind: "file"}}}), "playSources[0].file"},
			{w.Recognize(ctx, cn, bad(func(r *automation.RecognizeRequest) { r.RecognizeInputType = "thought" })), "recognizeInputType"},
			{w.Recognize(ctx, cn, bad(func(r *automation.RecognizeRequest) { r.RecognizeOptions.DTMFOptions = nil })), "recognizeOptions.dtmfOptions.maxTonesToCollect"},
			{w.Recognize(ctx, cn, bad(func(r *automation.RecognizeRequest) { r.RecognizeOptions.InitialSilenceTimeout = &many })), "recognizeOptions.initialSilenceTimeoutInSeconds"},
			{w.Mute(ctx, cn, automation.MuteRequest{TargetParticipants: []identity.ID{"4:+15551230001"}}), "targetParticipants[0]"},
			{w.Remove(ctx, cn, automation.RemoveRequest{}), "participantToRemove"},
			{w.Reject(ctx, automation.RejectRequest{IncomingCallContext: "x", CallRejectReason: "bored"}), "callRejectReason"},
		} {
			var wrong *automation.Invalid
			if !errors.As(row.err, &wrong) || wrong.Field != row.field {
				w.Errorf("%s: got %v", row.field, row.err)
			}
		}
		w.want(w.calls.Counts().Calls, 1)
	})
}

func TestAnExpiredContextIsGone(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		c := w.contexts.Seal("id", time.Now().Add(time.Minute))
		id, err := w.contexts.Open(c)
		w.want([]any{id, fmt.Sprint(err)}, []any{"id", "<nil>"})
		time.Sleep(2 * time.Minute)
		if _, err := w.contexts.Open(c); !errors.Is(err, call.ErrNoCall) {
			w.Errorf("got %v", err)
		}
	})
}

func FuzzContexts(f *testing.F) {
	c := automation.NewContexts(make([]byte, 32), time.Now)
	f.Add(c.Seal("id", time.Now()))
	f.Add(".")
	other := automation.NewContexts(make([]byte, 33)[1:], time.Now)
	f.Fuzz(func(t *testing.T, s string) {
		_, err := c.Open(s)
		if _, again := other.Open(s); (err == nil) != (again == nil) {
			t.Errorf("%q: %v, then %v", s, err, again)
		}
	})
}
