package automation_test

import (
	"errors"
	"testing"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media/speech"
)

func TestWhatIsSaidComesIntoTheLogWithoutASocket(t *testing.T) {
	h, c := newHall(t), &clerk{}
	h.understands(c)
	l, cn := h.answers(automation.MediaOptions{})
	h.want(h.Transcribe(h.Context(), cn, automation.TranscribeRequest{Locale: "sv-SE", OperationContext: "notes"}), nil)
	h.want(h.transcriptionEvent("TranscriptionStarted").OperationContext, "notes")
	began := time.Now()
	l.say(vowel(700 * time.Millisecond))
	h.until("a line is in the log", func() bool { return h.told("transcription.line") == 1 })
	var line struct {
		Identifier identity.ID
		Text       string
		Offset     int64
		Duration   int64
	}
	h.own("botd.transcription.line", &line)
	h.want([]string{string(line.Identifier), line.Text[:5]}, []string{string(alice), "sv-SE"})
	if late := time.Unix(0, (line.Offset-epoch)*100).Sub(began); late < -100*time.Millisecond || late > 700*time.Millisecond {
		t.Errorf("it was said %v after it was", late)
	}
	if heard := time.Duration(line.Duration * 100); heard < 650*time.Millisecond || heard > 760*time.Millisecond {
		t.Errorf("%v were heard of 700 ms", heard)
	}
	if err := h.Transcribe(h.Context(), cn, automation.TranscribeRequest{}); !errors.Is(err, call.ErrConflict) {
		t.Errorf("a second one: %v", err)
	}
}

func TestWhatIsBeingSaidWhenATranscriptIsStoppedIsInIt(t *testing.T) {
	h, c := newHall(t), &clerk{}
	h.understands(c)
	l, cn := h.answers(automation.MediaOptions{})
	h.want(h.Transcribe(h.Context(), cn, automation.TranscribeRequest{}), nil)
	h.transcriptionEvent("TranscriptionStarted")
	l.say(vowel(time.Minute))
	h.until("somebody listens", func() bool { _, open, _ := c.ears(); return open == 1 })
	h.want(h.StopTranscription(h.Context(), cn, automation.OperationRequest{OperationContext: "stop"}), nil)
	h.want(h.transcriptionEvent("TranscriptionStopped").OperationContext, "stop")
	h.want(h.told("transcription.line"), 1)
}

func TestATranscriptWhoseRecognizerFailsEnds(t *testing.T) {
	h := newHall(t)
	h.understands(&clerk{fail: speech.ErrUnavailable})
	l, cn := h.answers(automation.MediaOptions{})
	h.want(h.Transcribe(h.Context(), cn, automation.TranscribeRequest{}), nil)
	l.say(vowel(time.Minute))
	h.want(h.transcriptionEvent("TranscriptionFailed").Result.Subcode, 8578)
	h.want(cn.View().State, call.Connected)
}

func TestATranscriptNeedsARecognizerAndALanguage(t *testing.T) {
	h := newHall(t)
	_, cn := h.answers(automation.MediaOptions{})
	if err := h.Transcribe(h.Context(), cn, automation.TranscribeRequest{}); !errors.Is(err, automation.ErrUnsupported) {
		t.Errorf("without a recognizer: %v", err)
	}
	wrong := (*automation.Invalid)(nil)
	if err := h.Transcribe(h.Context(), cn, automation.TranscribeRequest{Locale: "s"}); !errors.As(err, &wrong) || wrong.Field != "locale" {
		t.Errorf("no language: %v", err)
	}
}
