package automation_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// ways are the operations of rest.md section 7.1, each for alice, and none that
// interrupts.
var ways = map[string]func(w *world, cn *call.Connection) error{
	"play to all": func(w *world, cn *call.Connection) error { return w.Play(w.Context(), cn, play("1h")) },
	"play to one": func(w *world, cn *call.Connection) error {
		r := play("1h")
		r.PlayTo = []identity.ID{alice}
		return w.Play(w.Context(), cn, r)
	},
	"recognize": func(w *world, cn *call.Connection) error {
		r, no := keys(speak("1h")), false
		r.InterruptCallMediaOperation = &no
		return w.Recognize(w.Context(), cn, r)
	},
	"send keys": func(w *world, cn *call.Connection) error {
		return w.SendDTMF(w.Context(), cn, automation.SendDTMFRequest{Tones: []call.Tone{"one"}, TargetParticipant: alice})
	},
	"tell keys": func(w *world, cn *call.Connection) error {
		return w.StartContinuousDTMF(w.Context(), cn, continuous)
	},
}

func TestOperationsExcludeEachOtherAsTheContractSays(t *testing.T) {
	four := []string{"play to one", "recognize", "send keys", "tell keys"}
	for _, row := range []struct {
		running string
		group   bool
		refused []string
	}{
		{"play to all", false, nil},
		{"play to all", true, nil},
		{"recognize", false, nil},
		{"recognize", true, four},
		{"play to one", true, four},
		{"send keys", true, four},
		{"tell keys", true, nil},
	} {
		for next, start := range ways {
			if next == row.running && next == "tell keys" {
				continue // 409: it is told already
			}
			inWorld(t, library{}, func(w *world) {
				_, cn := w.answered()
				if row.group {
					w.third(cn)
				}
				w.want(ways[row.running](w, cn), nil)
				synctest.Wait()
				refused := false
				for _, r := range row.refused {
					refused = refused || r == next
				}
				if err := start(w, cn); errors.Is(err, call.ErrIncompatible) != refused || !refused && err != nil {
					t.Errorf("%s (group: %v), then %s: %v", row.running, row.group, next, err)
				}
			})
		}
	}
}

// third brings bob into the call.
func (w *world) third(cn *call.Connection) {
	w.Helper()
	if _, err := w.Add(w.Context(), cn, automation.AddRequest{ParticipantToAdd: bob}); err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	if _, err := w.bell.latest().Accept(w.Context(), call.Acceptance{Leg: &leg{}}); err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
}
