package automation_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

func TestWhoWasCalledByNumberIsAnsweredFor(t *testing.T) {
	for to, want := range map[identity.ID]string{"4:+15551230001": `"answeredFor":{"value":"+15551230001"}`, app: ""} {
		inWorld(t, library{}, func(w *world) {
			if _, err := w.calls.Offer(w.Context(), call.Offer{Leg: &leg{}, From: alice, To: []identity.ID{to}}); err != nil {
				w.Fatal(err)
			}
			synctest.Wait()
			cn, err := w.Answer(w.Context(), automation.AnswerRequest{
				IncomingCallContext: w.context(), CallbackURI: "https://example.com/events",
			})
			if err != nil {
				w.Fatal(err)
			}
			written, err := json.Marshal(automation.PropertiesOf(cn))
			if err != nil {
				w.Fatal(err)
			}
			for _, absent := range []string{"null", `""`, "mediaStreamingSubscription", "answeredBy"} {
				if strings.Contains(string(written), absent) {
					w.Errorf("%s in %s", absent, written)
				}
			}
			if !strings.Contains(string(written), want) || want == "" && strings.Contains(string(written), "answeredFor") {
				w.Errorf("%s", written)
			}
		})
	}
}
