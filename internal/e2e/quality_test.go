package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestWhoSpeaksToTheEchoAndHowItSoundsCanBeRead looks at a call of a browser,
// which measures its half by itself, from an application's side.
func TestWhoSpeaksToTheEchoAndHowItSoundsCanBeRead(t *testing.T) {
	s := serve(t)
	p := browse(t, s.page, 440)
	run[bool](p, watchCall)
	p.do(
		chromedp.SendKeys(control("name-input"), "Alice"),
		chromedp.Click(control("continue-button")),
		chromedp.Click(control("bot-echo")),
		chromedp.WaitVisible(chromedp.CSS("[data-testid=call-state][data-state=Connected]")),
		chromedp.WaitVisible(chromedp.CSS("[data-testid=person][data-id=echo][data-speaking=true]")),
	)
	p.heard("Connected", 14*time.Second)

	calls := reads[struct {
		Value []struct {
			ServerCallID string
			Participants []seen
		}
	}](t, s, "/calling/calls")
	i := slices.IndexFunc(calls.Value[0].Participants, func(p seen) bool { return p.EndpointType == "browser" })
	q := calls.Value[0].Participants[i].Quality
	t.Logf("%+v", q)
	if q == nil || q.Codec != "opus" || q.In.MOS < 1 || q.Out.MOS < 1 || q.Out.RoundTripMs <= 0 {
		t.Errorf("how Alice sounds: %+v", q)
	}
	log := reads[json.RawMessage](t, s, "/calling/events?call="+calls.Value[0].ServerCallID)
	if !strings.Contains(string(log), "botd.dominantspeakers.changed") {
		t.Errorf("nobody spoke in %s", log)
	}
}

// reads reads something as an application.
func reads[T any](t *testing.T, s server, target string) (found T) {
	t.Helper()
	a, err := s.ask(t.Context(), "GET", target, nil)
	if err == nil {
		err = a.decode(&found)
	}
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// seen is a participant in the overview, as far as it matters here.
type seen struct {
	EndpointType string
	Quality      *struct {
		Codec   string
		In, Out struct {
			Packets                             int
			MOS, LostPercent, DelayMs, JitterMs float64
			RoundTripMs, ConcealedPercent       float64
		}
	}
}
