package automation_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/dtmf"
)

var continuous = automation.ContinuousDTMFRequest{TargetParticipant: alice, OperationContext: "keys"}

// toneTold is a key that was told.
type toneTold struct {
	Context  string    `json:"operationContext"`
	Sequence int       `json:"sequenceId"`
	Tone     call.Tone `json:"tone"`
}

func (w *world) tonesTold() (all []toneTold) {
	w.book.mu.Lock()
	defer w.book.mu.Unlock()
	for _, r := range w.book.records {
		if r.Type == "Microsoft.Communication.ContinuousDtmfRecognitionToneReceived" {
			var one toneTold
			if err := json.Unmarshal(r.Data, &one); err != nil {
				w.Fatal(err)
			}
			all = append(all, one)
		}
	}
	return all
}

func TestEveryKeyIsToldWithItsNumber(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		l, cn := w.answered()
		w.want(w.StartContinuousDTMF(w.Context(), cn, continuous), nil)
		synctest.Wait()
		l.p.Tone("one")
		l.p.Tone("pound")
		synctest.Wait()
		stop := continuous
		stop.OperationContext = "enough"
		w.want(w.StopContinuousDTMF(w.Context(), cn, stop), nil)
		synctest.Wait()
		var e result
		w.last("ContinuousDtmfRecognitionStopped", &e)
		w.want([]any{e.OperationContext, e.Result.Code}, []any{"enough", 200})
		l.p.Tone("two")
		w.want(w.StartContinuousDTMF(w.Context(), cn, continuous), nil)
		synctest.Wait()
		l.p.Tone("three")
		synctest.Wait()
		w.want(w.tonesTold(), []toneTold{{"keys", 1, "one"}, {"keys", 2, "pound"}, {"keys", 3, "three"}})
		w.want(w.HangUp(w.Context(), cn), nil)
		synctest.Wait()
		if got := w.told(); got[len(got)-1] != "ContinuousDtmfRecognitionStopped" {
			w.Errorf("told %v", got)
		}
	})
}

func TestKeysAreToldOnceWhoeverAsksForThem(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		if err := w.StopContinuousDTMF(w.Context(), cn, continuous); !errors.Is(err, call.ErrWrongState) {
			w.Errorf("stopping what does not run: %v", err)
		}
		w.want(w.StartContinuousDTMF(w.Context(), cn, continuous), nil)
		if err := w.StartContinuousDTMF(w.Context(), cn, continuous); !errors.Is(err, call.ErrConflict) {
			w.Errorf("starting twice: %v", err)
		}
		who := continuous
		who.TargetParticipant = bob
		if err := w.StartContinuousDTMF(w.Context(), cn, who); !errors.Is(err, call.ErrNoParticipant) {
			w.Errorf("of somebody who is not there: %v", err)
		}
	})
}

func TestKeysGoOnBesideARecognition(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		l, cn := w.answered()
		w.want(w.StartContinuousDTMF(w.Context(), cn, continuous), nil)
		w.want(w.Recognize(w.Context(), cn, keys()), nil)
		w.want(w.CancelMedia(w.Context(), cn), nil)
		w.want(w.Recognize(w.Context(), cn, keys()), nil)
		synctest.Wait()
		for range 3 {
			l.p.Tone("nine")
		}
		synctest.Wait()
		w.want(len(w.tonesTold()), 3)
		var e result
		w.last("RecognizeCompleted", &e)
		w.want(e.DTMF.Tones, []string{"nine", "nine", "nine"})
	})
}

func TestKeysAreFoundInTheSoundOfWhoSendsNoOthers(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		l, cn := w.answeredBy(&leg{mute: true})
		w.want(w.StartContinuousDTMF(w.Context(), cn, continuous), nil)
		synctest.Wait()
		for _, k := range []dtmf.Tone{dtmf.Four, dtmf.Asterisk} {
			time.Sleep(500 * time.Millisecond)
			w.stage.says(all(media.Chain(dtmf.Sound(k, -13), media.Limit(100*time.Millisecond))))
		}
		time.Sleep(50 * time.Millisecond)
		l.p.Tone("asterisk") // the same press
		time.Sleep(500 * time.Millisecond)
		w.stage.says(all(media.Chain(dtmf.Sound(dtmf.One, -13), media.Limit(100*time.Millisecond))))
		l.p.Tone("one")
		time.Sleep(500 * time.Millisecond)
		w.want(w.tonesTold(), []toneTold{{"keys", 1, "four"}, {"keys", 2, "asterisk"}, {"keys", 3, "one"}})
		w.want(w.StopContinuousDTMF(w.Context(), cn, continuous), nil)
		synctest.Wait()
		w.want(w.stage.taps, 0)
	})
}

func TestKeysAreSentAndThenToldOf(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		l, cn := w.answered()
		send := automation.SendDTMFRequest{Tones: []call.Tone{"one", "a", "pound"}, TargetParticipant: alice, OperationContext: "dial"}
		w.want(w.SendDTMF(w.Context(), cn, send), nil)
		synctest.Wait()
		w.want(w.CancelMedia(w.Context(), cn), nil) // takes no key back
		if err := w.SendDTMF(w.Context(), cn, send); !errors.Is(err, call.ErrIncompatible) {
			w.Errorf("two at once: %v", err)
		}
		if err := w.StartContinuousDTMF(w.Context(), cn, continuous); !errors.Is(err, call.ErrIncompatible) {
			w.Errorf("keys are told while some are sent: %v", err)
		}
		r := play("1s")
		r.PlayTo = []identity.ID{alice}
		if err := w.Play(w.Context(), cn, r); !errors.Is(err, call.ErrIncompatible) {
			w.Errorf("a play to the same: %v", err)
		}
		w.want(w.Play(w.Context(), cn, play("1s")), nil)
		time.Sleep(530 * time.Millisecond)
		w.want(w.told(), []string{"PlayStarted"})
		time.Sleep(20 * time.Millisecond)
		w.want(w.told(), []string{"PlayStarted", "SendDtmfTonesCompleted"})
		if !slices.Equal(l.pressed, send.Tones) {
			w.Errorf("pressed %v", l.pressed)
		}
	})
}

func TestWhoTakesNoKeysIsSentNone(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answeredBy(&leg{mute: true})
		w.want(w.SendDTMF(w.Context(), cn, automation.SendDTMFRequest{Tones: []call.Tone{"one"}, TargetParticipant: alice}), nil)
		synctest.Wait()
		var e result
		w.last("SendDtmfTonesFailed", &e)
		w.want(e.Result.Subcode, 8500)
	})
}

func TestKeysThatCannotBeNameTheirField(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		for field, err := range map[string]error{
			"tones":             w.SendDTMF(w.Context(), cn, automation.SendDTMFRequest{TargetParticipant: alice}),
			"tones[1]":          w.SendDTMF(w.Context(), cn, automation.SendDTMFRequest{Tones: []call.Tone{"one", "1"}, TargetParticipant: alice}),
			"targetParticipant": w.StartContinuousDTMF(w.Context(), cn, automation.ContinuousDTMFRequest{}),
		} {
			var wrong *automation.Invalid
			if !errors.As(err, &wrong) || wrong.Field != field {
				w.Errorf("%s: got %v", field, err)
			}
		}
		many := automation.SendDTMFRequest{Tones: slices.Repeat([]call.Tone{"one"}, 19), TargetParticipant: alice}
		if err := w.SendDTMF(w.Context(), cn, many); !errors.Is(err, automation.ErrInvalid) {
			w.Errorf("19 keys: %v", err)
		}
	})
}
