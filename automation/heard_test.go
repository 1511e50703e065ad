package automation_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
)

// reader says a word every half a second, and knows when if it is timed.
type reader struct {
	timed bool
	fail  error
	said  int // how often it was asked
}

func (r *reader) Synthesize(_ context.Context, u speech.Utterance) (media.Source, error) {
	if r.fail != nil {
		return nil, r.fail
	}
	r.said++
	words := strings.Fields(u.Text)
	src := media.Chain(media.Tone(440, -20), media.Limit(time.Duration(len(words))*time.Second/2))
	if !r.timed {
		return src, nil
	}
	t := &timed{Source: src}
	for i, w := range words {
		at := time.Duration(i) * time.Second / 2
		t.words = append(t.words, speech.Word{Text: w, From: at, To: at + 400*time.Millisecond})
	}
	return t, nil
}

type timed struct {
	media.Source
	words []speech.Word
}

func (t *timed) Words() []speech.Word { return t.words }

// reading is a world whose texts a reader says.
func reading(t *testing.T, r *reader, f func(w *world, l *leg, cn *call.Connection)) {
	inWorld(t, library{}, func(w *world) {
		w.with(func(c *automation.Config) { c.Prompts = prompt.New(prompt.Config{Speech: r}) })
		l, cn := w.answered()
		f(w, l, cn)
	})
}

// heardTold is the last botd.play.heard.
func (w *world) heardTold() (e automation.PlayHeard) {
	w.Helper()
	synctest.Wait()
	w.book.mu.Lock()
	defer w.book.mu.Unlock()
	for _, r := range w.book.records {
		if r.Type == "botd.play.heard" {
			e = automation.PlayHeard{}
			if err := json.Unmarshal(r.Data, &e); err != nil {
				w.Fatal(err)
			}
		}
	}
	if e.Operation == "" {
		w.Fatal("nothing was heard")
	}
	return e
}

func TestWhatWasHeardIsToldToTheWord(t *testing.T) {
	for _, row := range []struct {
		name  string
		timed bool
		after time.Duration // of the play it is stopped
		want  []automation.TextHeard
	}{
		{"the provider knows when", true, 1450 * time.Millisecond, []automation.TextHeard{{Heard: "one two three"}}},
		{"and a word that is cut does not count", true, 1350 * time.Millisecond, []automation.TextHeard{{Heard: "one two"}}},
		{"in the second text", true, 3000 * time.Millisecond, []automation.TextHeard{
			{Heard: "one two three four", Whole: true}, {PlaySourceIndex: 1, Heard: "five six"},
		}},
		{"all of it", true, time.Minute, []automation.TextHeard{
			{Heard: "one two three four", Whole: true}, {PlaySourceIndex: 1, Heard: "five six seven", Whole: true},
		}},
		{"the provider does not know", false, 600 * time.Millisecond, []automation.TextHeard{{Heard: "one two", Estimated: true}}},
		{"nothing", true, 0, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			reading(t, &reader{timed: row.timed}, func(w *world, _ *leg, cn *call.Connection) {
				w.want(w.Play(w.Context(), cn, play("one two three four", "five six seven")), nil)
				time.Sleep(row.after + 10*time.Millisecond)
				w.want(w.CancelMedia(w.Context(), cn), nil)
				time.Sleep(300 * time.Millisecond)
				e := w.heardTold()
				w.want([]any{e.OperationContext, e.Operation, len(e.Listeners), e.Listeners[0].Identifier}, []any{"ctx", "play", 1, alice})
				w.want(e.Listeners[0].Texts, row.want)
				if ms := row.after.Milliseconds(); row.after < time.Minute && (e.Listeners[0].Heard < ms-20 || e.Listeners[0].Heard > ms+20) {
					t.Errorf("heard %d ms of %d", e.Listeners[0].Heard, ms)
				}
			})
		})
	}
}

func TestThePromptOfARecognitionIsHeardAsFarAsItWasNotStopped(t *testing.T) {
	reading(t, &reader{timed: true}, func(w *world, l *leg, cn *call.Connection) {
		w.want(w.Recognize(w.Context(), cn, keys(speak("press one for sales"))), nil)
		time.Sleep(1010 * time.Millisecond)
		for range 3 {
			l.p.Tone("one")
		}
		time.Sleep(time.Second)
		e := w.heardTold()
		w.want([]any{e.Operation, e.Listeners[0].Texts}, []any{"recognize", []automation.TextHeard{{Heard: "press one"}}})
	})
}

func TestATextIsSaidOnceAndPlayedAgain(t *testing.T) {
	r := &reader{timed: true}
	reading(t, r, func(w *world, _ *leg, cn *call.Connection) {
		for range 3 {
			w.want(w.Play(w.Context(), cn, play("welcome back")), nil)
			time.Sleep(2 * time.Second)
			w.want(w.heardTold().Listeners[0].Texts, []automation.TextHeard{{Heard: "welcome back", Whole: true}})
		}
		w.want(r.said, 1)
		other := play("welcome back")
		other.PlaySources[0].Text.VoiceName = "another"
		w.want(w.Play(w.Context(), cn, other), nil)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		w.want(r.said, 2)
	})
}

func TestAnErrorOfTheSpeechEngineHasItsCode(t *testing.T) {
	for code, err := range map[int]error{
		400: speech.ErrRequest, 401: speech.ErrAuth, 403: speech.ErrForbidden, 408: speech.ErrTimeout, 429: speech.ErrBusy,
	} {
		reading(t, &reader{fail: err}, func(w *world, _ *leg, cn *call.Connection) {
			w.want(w.Play(w.Context(), cn, play("hello")), nil)
			synctest.Wait()
			var e result
			w.last("PlayFailed", &e)
			w.want([]any{e.Result.Code, e.Result.Subcode, e.Index}, []any{code, 8565, 0})
		})
	}
}

// breaking plays for a second and then fails.
type breaking struct{ why error }

func (b breaking) Open(context.Context, ...prompt.Source) (media.Source, error) {
	n, tone := 0, media.Tone(440, -20)
	return media.SourceFunc(func(f *media.Frame) error {
		if n++; n > 50 {
			return b.why
		}
		return tone.Read(f)
	}), nil
}

func (b breaking) Prepare(context.Context, ...prompt.Source) (*prompt.Prompt, error) {
	return nil, errors.ErrUnsupported
}

func TestASourceThatFailsWhileItPlaysSaysWhichAndWhy(t *testing.T) {
	for _, row := range []struct {
		why           error
		code, subcode int
		index         any
	}{
		{&prompt.Error{Index: 2, Err: prompt.ErrFormat}, 400, 8535, 2},
		{&prompt.Error{Index: 1, Err: errors.Join(prompt.ErrSpeech, speech.ErrTimeout)}, 408, 8565, 1},
		{mix.ErrClosed, 500, 8572, nil},
		{errors.New("planted"), 500, 9999, nil},
	} {
		inWorld(t, library{}, func(w *world) {
			w.with(func(c *automation.Config) { c.Prompts = breaking{row.why} })
			_, cn := w.answered()
			w.want(w.Play(w.Context(), cn, play("a", "b", "c")), nil)
			time.Sleep(2 * time.Second)
			var e result
			w.last("PlayFailed", &e)
			w.want([]any{e.Result.Code, e.Result.Subcode, e.Index}, []any{row.code, row.subcode, row.index})
			w.want(w.told(), []string{"PlayStarted", "PlayFailed"})
		})
	}
}

func TestAListenerStopsAPlayThatMayBeStopped(t *testing.T) {
	for _, row := range []struct {
		policy string
		speaks bool // else a key
		want   string
	}{
		{"stop", true, "PlayCanceled"},
		{"stop", false, "PlayCanceled"},
		{"pause", true, "PlayCanceled"},
		{"duck", false, "PlayCanceled"},
		{"", true, "PlayCompleted"},
		{"uninterruptible", false, "PlayCompleted"},
	} {
		reading(t, &reader{timed: true}, func(w *world, l *leg, cn *call.Connection) {
			r := play("one two three four five six seven eight")
			r.PlayOptions = &automation.PlayOptions{PromptPolicy: row.policy}
			w.want(w.Play(w.Context(), cn, r), nil)
			w.want(w.Play(w.Context(), cn, play("next")), nil)
			time.Sleep(2 * time.Second)
			if row.speaks {
				w.stage.says(voiceOf(time.Second))
			} else {
				l.p.Tone("one")
			}
			time.Sleep(5 * time.Second)
			w.want(w.told(), []string{"PlayStarted", row.want, "PlayStarted", "PlayCompleted"})
			w.want(w.stage.taps, 0)
		})
	}
}
