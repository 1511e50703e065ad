package automation_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
)

// Bob begins to speak, which pauses what is played, and is gone before it is clear
// whether he interrupts: it goes on for alice.
func TestAPlayGoesOnWhenWhoHasPausedItLeaves(t *testing.T) {
	for after := 40 * time.Millisecond; after <= 240*time.Millisecond; after += 20 * time.Millisecond {
		inSound(t, func(w *world, alice *handset, _ *leg, cn *call.Connection) {
			bob := &leg{sound: &handset{}}
			if _, err := w.Add(w.Context(), cn, automation.AddRequest{ParticipantToAdd: bobID}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if _, err := w.bell.latest().Accept(w.Context(), call.Acceptance{Leg: bob}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			r := play("1000 5s")
			r.PlayOptions = &automation.PlayOptions{PromptPolicy: "pause"}
			w.want(w.Play(w.Context(), cn, r), nil)
			time.Sleep(2 * time.Second)
			bob.sound.say(voiceOf(time.Second))
			time.Sleep(after)
			bob.p.Gone(call.ReasonLocal)
			time.Sleep(time.Second)
			alice.forget()
			time.Sleep(time.Second)
			ended := alice.forget()
			time.Sleep(10 * time.Second)
			var over bool
			for _, name := range w.told() {
				over = over || name == "PlayCompleted" || name == "PlayCanceled"
				if name == "PlayCompleted" && tone(ended, 1000) < -30 {
					t.Errorf("gone after %v: two seconds before its end it is at %.0f dBov", after, tone(ended, 1000))
				}
			}
			if !over {
				t.Errorf("gone after %v: the play never ends: %v", after, w.told())
			}
		})
	}
}
