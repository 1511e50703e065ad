package automation_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
)

// asks is a recognition of a type; of choices it has four.
func asks(kind string, prompts ...automation.PlaySource) automation.RecognizeRequest {
	r := automation.RecognizeRequest{
		RecognizeInputType: kind, PlayPrompts: prompts, OperationContext: "ask",
		RecognizeOptions: automation.RecognizeOptions{TargetParticipant: alice},
	}
	if kind == "choices" {
		r.RecognizeOptions.Choices = []automation.Choice{
			{Label: "Sales", Phrases: []string{"sales", "new order"}, Tone: "one"},
			{Label: "Support", Phrases: []string{"support", "technical support"}, Tone: "two"},
			{Label: "Five", Phrases: []string{"five"}, Tone: "five"},
			{Label: "Café", Phrases: []string{"the Café"}, Tone: "nine"},
		}
	}
	return r
}

// hearing is a world with a recognizer.
func hearing(t *testing.T, p *parrot, f func(w *world, l *leg, cn *call.Connection)) {
	inWorld(t, library{}, func(w *world) {
		w.with(func(c *automation.Config) { c.Speech = p })
		l, cn := w.answered()
		f(w, l, cn)
		time.Sleep(2 * time.Second)
		w.stage.mu.Lock()
		defer w.stage.mu.Unlock()
		p.mu.Lock()
		defer p.mu.Unlock()
		if w.stage.taps != 0 || p.open != 0 {
			t.Errorf("%d taps and %d ears are still open", w.stage.taps, p.open)
		}
	})
}

// ended waits for the end of a recognition and says how long that took.
func (w *world) ended(within time.Duration) (e result, name string, took time.Duration) {
	w.Helper()
	began := time.Now()
	for time.Since(began) < within {
		synctest.Wait()
		for _, n := range w.told() {
			if strings.HasPrefix(n, "Recognize") {
				w.last(n, &e)
				return e, n, time.Since(began)
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	w.Fatalf("it has not ended after %v", within)
	return e, "", 0
}

func TestWhatIsSaidIsRecognized(t *testing.T) {
	for _, row := range []struct {
		name, kind, said string
		event            string
		code, subcode    int
		label, phrase    string
	}{
		{"speech", "speech", "I want a refund", "RecognizeCompleted", 200, 8569, "", ""},
		{"speech where keys would do", "speechOrDtmf", "I want a refund", "RecognizeCompleted", 200, 8569, "", ""},
		{"a choice", "choices", "Sales.", "RecognizeCompleted", 200, 8545, "Sales", "sales"},
		{"a choice among other words", "choices", "I have a NEW ORDER, please", "RecognizeCompleted", 200, 8545, "Sales", "new order"},
		{"the longest phrase", "choices", "technical support", "RecognizeCompleted", 200, 8545, "Support", "technical support"},
		{"a number as a digit", "choices", "5", "RecognizeCompleted", 200, 8545, "Five", "five"},
		{"without an accent", "choices", "to the cafe", "RecognizeCompleted", 200, 8545, "Café", "the Café"},
		{"no choice", "choices", "something else", "RecognizeFailed", 400, 8547, "", ""},
		{"a number within another", "choices", "twenty-five", "RecognizeFailed", 400, 8547, "", ""},
		{"nothing that was understood", "speech", "", "RecognizeFailed", 400, 8563, "", ""},
		{"no choice that was understood", "choices", "", "RecognizeFailed", 400, 8563, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := &parrot{says: []speech.Heard{{Text: row.said, Confidence: 0.75}}}
			hearing(t, p, func(w *world, _ *leg, cn *call.Connection) {
				w.want(w.Recognize(w.Context(), cn, asks(row.kind)), nil)
				time.Sleep(time.Second)
				w.stage.says(voiceOf(time.Second))
				e, name, _ := w.ended(20 * time.Second)
				w.want([]any{name, e.Result.Code, e.Result.Subcode, e.OperationContext}, []any{row.event, row.code, row.subcode, "ask"})
				switch row.subcode {
				case 8569:
					w.want([]any{e.Kind, e.Speech, e.Choice}, []any{"speech", automation.SpeechResult{Speech: row.said, Confidence: 0.75}, nil})
				case 8545:
					w.want([]any{e.Kind, e.Choice}, []any{"choices", automation.ChoiceResult{
						Label: row.label, RecognizedPhrase: row.phrase, Confidence: 0.75,
					}})
				}
				if l := p.listened[0]; l.Locale != "en-US" || row.kind == "choices" && len(l.Phrases) != 6 {
					w.Errorf("listened for %+v", l)
				}
			})
		})
	}
}

func TestTheEndOfSpeechIsTheSilenceThatWasAskedFor(t *testing.T) {
	for _, ms := range []int{500, 2000, 5000} {
		p := &parrot{says: []speech.Heard{{Text: "hello there"}}}
		hearing(t, p, func(w *world, _ *leg, cn *call.Connection) {
			r := asks("speech")
			r.RecognizeOptions.SpeechOptions = &automation.SpeechOptions{EndSilenceTimeout: &ms}
			w.want(w.Recognize(w.Context(), cn, r), nil)
			time.Sleep(time.Second)
			w.stage.says(voiceOf(time.Second))
			_, _, took := w.ended(20 * time.Second)
			want := time.Second + time.Duration(ms)*time.Millisecond
			if took < want-200*time.Millisecond || took > want+200*time.Millisecond {
				t.Errorf("with %d ms it took %v", ms, took)
			}
		})
	}
}

func TestAPauseShorterThanTheSilenceIsPartOfWhatIsSaid(t *testing.T) {
	p := &parrot{
		at:   []speech.Heard{{Text: "my number is", Final: true, Confidence: 0.9, To: 2500 * time.Millisecond}},
		says: []speech.Heard{{Text: "five five", Confidence: 0.6}},
	}
	hearing(t, p, func(w *world, _ *leg, cn *call.Connection) {
		w.want(w.Recognize(w.Context(), cn, asks("speech")), nil)
		time.Sleep(time.Second)
		w.stage.says(voiceOf(time.Second))
		time.Sleep(2 * time.Second)
		w.stage.says(voiceOf(time.Second))
		e, _, _ := w.ended(10 * time.Second)
		w.want(e.Speech, automation.SpeechResult{Speech: "my number is five five", Confidence: 0.6})
	})
}

func TestKeysAreAnAnswerToo(t *testing.T) {
	for _, row := range []struct {
		name, kind string
		press      []call.Tone
		event      string
		subcode    int
	}{
		{"a key of a choice", "choices", []call.Tone{"two"}, "RecognizeCompleted", 8533},
		{"a key of no choice", "choices", []call.Tone{"seven"}, "RecognizeFailed", 8534},
		{"keys first", "speechOrDtmf", []call.Tone{"one", "two", "pound"}, "RecognizeCompleted", 8514},
		{"keys where only speech is an answer", "speech", []call.Tone{"one", "two"}, "RecognizeFailed", 8510},
	} {
		t.Run(row.name, func(t *testing.T) {
			hearing(t, &parrot{}, func(w *world, l *leg, cn *call.Connection) {
				r := asks(row.kind)
				r.RecognizeOptions.DTMFOptions = &automation.DTMFOptions{StopTones: []call.Tone{"pound"}}
				w.want(w.Recognize(w.Context(), cn, r), nil)
				for _, k := range row.press {
					time.Sleep(time.Second)
					l.p.Tone(k)
				}
				e, name, _ := w.ended(20 * time.Second)
				w.want([]any{name, e.Result.Subcode}, []any{row.event, row.subcode})
				switch row.subcode {
				case 8533:
					w.want([]any{e.Kind, e.Choice}, []any{"choices", automation.ChoiceResult{Label: "Support"}})
				case 8514:
					w.want([]any{e.Kind, e.DTMF.Tones, e.Speech}, []any{"dtmf", []string{"one", "two"}, nil})
				}
			})
		})
	}
}

func TestAChoiceWithoutKeysIsNotMadeByOne(t *testing.T) {
	p := &parrot{says: []speech.Heard{{Text: "support"}}}
	hearing(t, p, func(w *world, l *leg, cn *call.Connection) {
		r := asks("choices")
		for i := range r.RecognizeOptions.Choices {
			r.RecognizeOptions.Choices[i].Tone = ""
		}
		w.want(w.Recognize(w.Context(), cn, r), nil)
		time.Sleep(time.Second)
		l.p.Tone("two")
		w.stage.says(voiceOf(time.Second))
		e, _, _ := w.ended(10 * time.Second)
		w.want(e.Result.Subcode, 8545)
	})
}

func TestNobodySpeaks(t *testing.T) {
	p := &parrot{}
	hearing(t, p, func(w *world, _ *leg, cn *call.Connection) {
		w.want(w.Recognize(w.Context(), cn, asks("speech", speak("3s"))), nil)
		e, name, took := w.ended(20 * time.Second)
		w.want([]any{name, e.Result.Subcode}, []any{"RecognizeFailed", 8510})
		if took < 7900*time.Millisecond || took > 8100*time.Millisecond {
			t.Errorf("5 s after a prompt of 3 s it is %v", took)
		}
	})
}

func TestSpeechStopsThePromptAndIsTheAnswer(t *testing.T) {
	p := &parrot{says: []speech.Heard{{Text: "stop it"}}}
	hearing(t, p, func(w *world, _ *leg, cn *call.Connection) {
		w.want(w.Recognize(w.Context(), cn, asks("speech", speak("1h"))), nil)
		time.Sleep(2 * time.Second)
		spoke := time.Now()
		w.stage.says(voiceOf(time.Second))
		e, _, _ := w.ended(20 * time.Second)
		w.want(e.Result.Subcode, 8569)
		prompt := w.stage.plays[0]
		<-prompt.done
		took := prompt.ended.Sub(spoke)
		t.Logf("the prompt ended %v after the first sample of speech", took)
		if took > 220*time.Millisecond || took < 0 {
			t.Errorf("the prompt ended %v after the first sample of speech", took)
		}
	})
}

func TestACoughAfterThePromptIsForgiven(t *testing.T) {
	p := &parrot{says: []speech.Heard{{}, {Text: "sorry, sales"}}}
	hearing(t, p, func(w *world, _ *leg, cn *call.Connection) {
		w.want(w.Recognize(w.Context(), cn, asks("choices")), nil)
		time.Sleep(time.Second)
		w.stage.says(voiceOf(100 * time.Millisecond))
		time.Sleep(3 * time.Second)
		w.stage.says(voiceOf(time.Second))
		e, _, _ := w.ended(20 * time.Second)
		w.want(e.Result.Subcode, 8545)
	})
}

func TestAPromptThatMayNotBeInterruptedHearsNobodyMeanwhile(t *testing.T) {
	p := &parrot{says: []speech.Heard{{Text: "later"}}}
	hearing(t, p, func(w *world, l *leg, cn *call.Connection) {
		r, no := asks("speechOrDtmf", speak("5s")), false
		r.RecognizeOptions.InterruptPrompt = &no
		w.want(w.Recognize(w.Context(), cn, r), nil)
		time.Sleep(time.Second)
		w.stage.says(voiceOf(time.Second))
		l.p.Tone("one")
		time.Sleep(3900 * time.Millisecond)
		p.mu.Lock()
		w.want(p.written, 0)
		p.mu.Unlock()
		time.Sleep(time.Second)
		w.stage.says(voiceOf(time.Second))
		e, _, _ := w.ended(20 * time.Second)
		w.want(e.Speech.Speech, "later")
	})
}

func TestABackchannelHoldsThePromptOnlyAsLongAsItLasts(t *testing.T) {
	p := &parrot{}
	hearing(t, p, func(w *world, _ *leg, cn *call.Connection) {
		r := asks("speech", speak("10s"))
		r.RecognizeOptions.PromptPolicy = "duck"
		w.want(w.Recognize(w.Context(), cn, r), nil)
		time.Sleep(2 * time.Second)
		w.stage.says(voiceOf(120 * time.Millisecond))
		time.Sleep(140 * time.Millisecond)
		w.want(w.stage.plays[0].ducked.Load() > 0, true)
		time.Sleep(time.Second)
		w.want(w.stage.plays[0].ducked.Load(), 0)
		w.want(w.told(), []string(nil))
		e, _, took := w.ended(20 * time.Second)
		w.want(e.Result.Subcode, 8510)
		if took < 11*time.Second {
			t.Errorf("after %v", took)
		}
	})
}

func TestARecognizerThatIsNoGoodEndsInBoundedTime(t *testing.T) {
	for _, row := range []struct {
		name          string
		parrot        *parrot
		code, subcode int
		within        time.Duration
	}{
		{"nobody has one", nil, 400, 8565, 0},
		{"it does not know us", &parrot{fail: speech.ErrAuth}, 401, 8565, 0},
		{"it will not", &parrot{fail: speech.ErrForbidden}, 403, 8565, 0},
		{"it is busy", &parrot{fail: speech.ErrBusy}, 429, 8565, 0},
		{"it is not there", &parrot{fail: speech.ErrUnavailable}, 400, 8565, 0},
		{"it breaks", &parrot{fail: errors.New("planted")}, 500, 9999, 0},
		{"it hangs at the beginning", &parrot{hangs: true}, 408, 8570, 10 * time.Second},
		{"it never answers", &parrot{mute: true}, 408, 8570, 15 * time.Second},
		{"it dies", &parrot{dies: errors.New("planted")}, 500, 9999, time.Second},
		{"it is too slow", &parrot{dies: speech.ErrTimeout}, 408, 8570, time.Second},
		{"it panics", &parrot{panics: true}, 500, 9999, time.Second},
		{"it says nonsense", &parrot{says: []speech.Heard{{Text: "\x00\xff\n", Confidence: math.NaN()}}}, 400, 8563, 5 * time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			run := func(w *world, _ *leg, cn *call.Connection) {
				w.want(w.Recognize(w.Context(), cn, asks("speech")), nil)
				w.stage.says(append(all(silence(500*time.Millisecond)), voiceOf(time.Second)...))
				e, name, took := w.ended(2 * time.Minute)
				w.want([]any{name, e.Result.Code, e.Result.Subcode}, []any{"RecognizeFailed", row.code, row.subcode})
				if took > row.within+100*time.Millisecond {
					t.Errorf("after %v, want %v", took, row.within)
				}
			}
			if row.parrot != nil {
				hearing(t, row.parrot, run)
				return
			}
			inWorld(t, library{}, func(w *world) {
				l, cn := w.answered()
				run(w, l, cn)
			})
		})
	}
}

func TestWhoNeverStopsSpeakingIsUnderstoodAfterAMinute(t *testing.T) {
	p := &parrot{says: []speech.Heard{{Text: "and so on"}}}
	hearing(t, p, func(w *world, _ *leg, cn *call.Connection) {
		w.want(w.Recognize(w.Context(), cn, asks("speech")), nil)
		time.Sleep(time.Second)
		w.stage.says(slices.Repeat(voiceOf(time.Second), 70))
		e, _, took := w.ended(2 * time.Minute)
		w.want(e.Result.Subcode, 8569)
		if took > 61*time.Second {
			t.Errorf("after %v", took)
		}
	})
}

func TestAPromptThatFailsSaysWhichWhenItFails(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		bad := &prompt.Error{Index: 1, Err: prompt.ErrDownload}
		w.with(func(c *automation.Config) { c.Prompts, c.Speech = library{fail: bad}, &parrot{} })
		_, cn := w.answered()
		w.want(w.Recognize(w.Context(), cn, asks("speech", speak("1s"), speak("1s"))), nil)
		e, _, _ := w.ended(time.Second)
		w.want([]any{e.Result.Code, e.Result.Subcode, e.Index}, []any{500, 8511, 1})
	})
}

func TestWhoIsCancelledLetsGoOfTheRecognizer(t *testing.T) {
	hearing(t, &parrot{}, func(w *world, _ *leg, cn *call.Connection) {
		w.want(w.Recognize(w.Context(), cn, asks("speech", speak("1h"))), nil)
		time.Sleep(time.Second)
		w.want(w.CancelMedia(w.Context(), cn), nil)
		e, name, _ := w.ended(time.Second)
		w.want([]any{name, e.Result.Subcode}, []any{"RecognizeCanceled", 8508})
	})
}

func TestChoicesThatCannotBeNameTheirField(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		for field, change := range map[string]func(*automation.RecognizeOptions){
			"recognizeOptions.choices":               func(o *automation.RecognizeOptions) { o.Choices = nil },
			"recognizeOptions.choices[1].label":      func(o *automation.RecognizeOptions) { o.Choices[1].Label = "" },
			"recognizeOptions.choices[2].phrases":    func(o *automation.RecognizeOptions) { o.Choices[2].Phrases = nil },
			"recognizeOptions.choices[0].phrases[1]": func(o *automation.RecognizeOptions) { o.Choices[0].Phrases[1] = "…" },
			"recognizeOptions.choices[3].tone":       func(o *automation.RecognizeOptions) { o.Choices[3].Tone = "" },
			"recognizeOptions.choices[1].tone":       func(o *automation.RecognizeOptions) { o.Choices[1].Tone = "one" },
			"recognizeOptions.choices[0].tone":       func(o *automation.RecognizeOptions) { o.Choices[0].Tone = "1" },
			"recognizeOptions.promptPolicy":          func(o *automation.RecognizeOptions) { o.PromptPolicy = "shout" },
			"recognizeOptions.speechOptions.endSilenceTimeoutInMs": func(o *automation.RecognizeOptions) {
				n := 5
				o.SpeechOptions = &automation.SpeechOptions{EndSilenceTimeout: &n}
			},
		} {
			r := asks("choices")
			change(&r.RecognizeOptions)
			var wrong *automation.Invalid
			if err := w.Recognize(context.Background(), cn, r); !errors.As(err, &wrong) || wrong.Field != field {
				w.Errorf("%s: got %v", field, err)
			}
		}
	})
}
