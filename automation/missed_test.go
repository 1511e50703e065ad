package automation_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// says has alice say something after a pause, and waits until so much has come of it.
func (h *hall) says(l *mouth, name string, n int) {
	h.world.Helper()
	silent := len(l.sound())
	h.until("a pause", func() bool { return len(l.sound()) > silent+3*media.Rate/2 })
	l.say(vowel(300 * time.Millisecond))
	h.until(fmt.Sprint(n, " of ", name), func() bool { return h.told(name) == n })
}

func TestARecognizerThatFailsOnceCostsThatUtterance(t *testing.T) {
	h, c := newHall(t), &clerk{fails: map[int]error{
		2: fmt.Errorf("one processor: %w", speech.ErrTimeout), 4: speech.ErrUnavailable, 5: speech.ErrAuth,
	}}
	h.understands(c)
	l, cn := h.answers(automation.MediaOptions{})
	h.want(h.Transcribe(h.Context(), cn, automation.TranscribeRequest{Locale: "sv-SE"}), nil)
	h.transcriptionEvent("TranscriptionStarted")
	var lost struct {
		Identifier     identity.ID
		Locale, Reason string
		Offset         uint64
	}
	h.says(l, "transcription.line", 1)
	began := time.Now()
	h.says(l, "transcription.missed", 1)
	h.own("botd.transcription.missed", &lost)
	h.want([]string{string(lost.Identifier), lost.Locale, lost.Reason}, []string{string(alice), "sv-SE", "slow"})
	if at := time.Unix(0, int64(lost.Offset-epoch)*100); at.Before(began.Add(-time.Second)) || at.After(time.Now().Add(100*time.Millisecond)) {
		t.Errorf("it was said at %v, began at %v", at, began)
	}
	h.says(l, "transcription.line", 2)
	h.says(l, "transcription.missed", 2)
	h.want(h.told("TranscriptionFailed"), 0)
	h.says(l, "TranscriptionFailed", 1) // the key is refused: that does not pass
	h.want(h.told("transcription.missed"), 2)
	h.want(cn.View().State, call.Connected)
}

func TestARecognizerThatOnlyFailsHasFailed(t *testing.T) {
	ok, lost := error(nil), speech.ErrTimeout
	for _, row := range []struct {
		name  string
		ends  []error
		bears bool
	}{
		{"at first", []error{lost}, false},
		{"once", []error{ok, lost}, true},
		{"four times", []error{ok, lost, lost, lost, lost}, true},
		{"five times", []error{ok, lost, lost, lost, lost, lost}, false},
		{"four times and again", append(slices.Repeat([]error{ok, lost, lost, lost, lost}, 3), ok, lost), true},
		{"for a reason that does not pass", []error{ok, fmt.Errorf("%w: no such language", speech.ErrRequest)}, false},
	} {
		if got := automation.Bears(row.ends); got != row.bears {
			t.Errorf("one that fails %s goes on: %v, want %v", row.name, got, row.bears)
		}
	}
}
