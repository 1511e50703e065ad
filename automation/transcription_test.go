package automation_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// epoch is 1970 in ticks of 100 ns since the year 1.
const epoch = 621_355_968_000_000_000

// clerk is a recognizer that hears in every utterance how long it was, and whose
// language. It counts its ears.
type clerk struct {
	mu     sync.Mutex
	opened []speech.Listening
	open   int
	most   int
	fail   error         // of Listen
	fails  map[int]error // of the n-th Listen, from 1
	heard  int           // how often Listen was asked
	hang   chan struct{} // if not nil, Listen waits for it
}

func (c *clerk) Listen(ctx context.Context, l speech.Listening) (speech.Ear, error) {
	if c.hang != nil {
		<-c.hang
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard++
	if err := cmp.Or(c.fail, c.fails[c.heard]); err != nil {
		return nil, err
	}
	c.opened = append(c.opened, l)
	c.open++
	c.most = max(c.most, c.open)
	return speech.NewEar(ctx, 16000, func(_ context.Context, sound media.Source, tell func(speech.Heard) error) error {
		defer func() { c.mu.Lock(); c.open--; c.mu.Unlock() }()
		return hearLengths(l, sound, tell)
	}), nil
}

// hearLengths tells how long there was sound, and from when.
func hearLengths(l speech.Listening, sound media.Source, tell func(speech.Heard) error) error {
	from, n, at := -1, 0, 0
	for f := media.NewFrame(16000); ; at++ {
		if err := sound.Read(f); err != nil {
			if !errors.Is(err, io.EOF) {
				return err
			}
			break
		}
		if media.Level(f) > 60 {
			continue
		}
		if n++; from < 0 {
			from = at
			if l.Partial {
				_ = tell(speech.Heard{Text: "speech"})
			}
		}
	}
	start := time.Duration(max(from, 0)) * media.FrameDuration
	length := time.Duration(n) * media.FrameDuration
	return tell(speech.Heard{
		Text: fmt.Sprintf("%s %dms", l.Locale, length.Milliseconds()), Final: true, Confidence: 0.9, From: start, To: start + length,
		Words: []speech.Word{{Text: l.Locale, From: start, To: start + length}},
	})
}

func (c *clerk) ears() (opened, open, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.opened), c.open, c.most
}

func transcribed(url string, change ...func(*automation.TranscriptionOptions)) automation.MediaOptions {
	o := &automation.TranscriptionOptions{TransportType: "websocket", TransportURL: url, Locale: "en-US", StartTranscription: true}
	for _, c := range change {
		c(o)
	}
	return automation.MediaOptions{TranscriptionOptions: o}
}

func (h *hall) understands(c *clerk) {
	h.with(func(cfg *automation.Config) { cfg.Speech = c })
}

// vowel is something like a voice, of so long: a tone that comes and goes with
// its overtones, as no fan does.
func vowel(d time.Duration) media.Source {
	n, low, high := 0, media.Tone(180, -16), media.Tone(720, -22)
	other := media.NewFrame(media.Rate)
	return media.Chain(media.SourceFunc(func(f *media.Frame) error {
		if err := low.Read(f); err != nil {
			return err
		}
		if err := high.Read(other); err != nil {
			return err
		}
		n++
		for i := range f.Samples {
			f.Samples[i] = media.Clip(int(f.Samples[i])*(2+n%5)/6 + int(other.Samples[i])*(7-n%5)/6)
		}
		return nil
	}), media.Limit(d))
}

// lines are the lines that have come, by status.
func lines(list []message, status string) (found []message) {
	for _, m := range list {
		if m.Kind == "TranscriptionData" && m.Transcribed.Status == status {
			found = append(found, m)
		}
	}
	return found
}

type transcriptionEvent struct {
	result
	Update automation.TranscriptionUpdate `json:"transcriptionUpdate"`
}

func (h *hall) transcriptionEvent(name string) transcriptionEvent {
	h.world.Helper()
	h.until(name, func() bool { return h.told(name) > 0 })
	var e transcriptionEvent
	h.last(name, &e)
	return e
}

func TestWhatIsSaidComesLineByLine(t *testing.T) {
	h, app, c := newHall(t), newSocket(t), &clerk{}
	h.understands(c)
	l, cn := h.answers(transcribed(app.url(), func(o *automation.TranscriptionOptions) { o.EnableIntermediateResults = true }))
	h.transcriptionEvent("TranscriptionStarted")
	if opened, _, _ := c.ears(); opened != 0 {
		t.Error("somebody listens to nobody")
	}
	began := time.Now()
	l.say(vowel(700 * time.Millisecond))
	h.until("a line has come", func() bool { return len(lines(app.messages(0), "Final")) == 1 })
	got := app.messages(0)
	h.want(got[0].Kind, "TranscriptionMetadata")
	h.want(got[0].Transcription.Locale, "en-US")
	h.want(len(lines(got, "Intermediate")), 1)
	line := lines(got, "Final")[0].Transcribed
	h.want(line.Who, string(alice))
	h.want(len(line.Words), 1)
	if heard := time.Duration(line.Duration * 100); heard < 650*time.Millisecond || heard > 760*time.Millisecond {
		t.Errorf("%v were heard of 700 ms: the first syllable or the last is missing", heard)
	}
	if at := time.Unix(0, int64(line.Offset-epoch)*100); at.Before(began.Add(-100*time.Millisecond)) || at.After(began.Add(time.Second)) {
		t.Errorf("it was said at %v, began at %v", at, began)
	}
	h.want(h.told("transcription.line"), 1)
	h.want(automation.PropertiesOf(cn).Transcription.SubscribedResultTypes, []string{"final", "intermediate"})
	h.until("the ear is closed", func() bool { _, open, _ := c.ears(); return open == 0 })
}

func TestTheLanguageChangesOnTheOpenSocket(t *testing.T) {
	h, app, c := newHall(t), newSocket(t), &clerk{}
	h.understands(c)
	l, cn := h.answers(transcribed(app.url()))
	h.until("it is active", func() bool { return automation.PropertiesOf(cn).Transcription.State == "active" })
	h.want(h.UpdateTranscription(h.Context(), cn, automation.TranscriptionRequest{Locale: "sv-SE", OperationContext: "swedish"}), nil)
	e := h.transcriptionEvent("TranscriptionUpdated")
	h.want(e.Update, automation.TranscriptionUpdate{Status: "transcriptionUpdated", Details: "transcriptionLocaleUpdated"})
	h.want(e.OperationContext, "swedish")
	h.until("it is shown", func() bool { return automation.PropertiesOf(cn).Transcription.Locale == "sv-SE" })
	l.say(vowel(500 * time.Millisecond))
	h.until("a line has come", func() bool { return len(lines(app.messages(0), "Final")) == 1 })
	h.want(lines(app.messages(0), "Final")[0].Transcribed.Text[:5], "sv-SE")
	h.want(len(app.messages(1)), 0)
}

func TestWhatWasBeingSaidIsUnderstoodBeforeItStops(t *testing.T) {
	h, app, c := newHall(t), newSocket(t), &clerk{}
	h.understands(c)
	l, cn := h.answers(transcribed(app.url()))
	h.transcriptionEvent("TranscriptionStarted")
	l.say(vowel(time.Minute))
	h.until("somebody listens", func() bool { _, open, _ := c.ears(); return open == 1 })
	h.want(h.StopTranscription(h.Context(), cn, automation.OperationRequest{OperationContext: "stop"}), nil)
	h.want(h.transcriptionEvent("TranscriptionStopped").OperationContext, "stop")
	h.until("the line has come", func() bool { return len(lines(app.messages(0), "Final")) == 1 })
	_, open, _ := c.ears()
	h.want(open, 0)
	h.want(h.StartTranscription(h.Context(), cn, automation.TranscriptionRequest{Locale: "de-DE"}), nil)
	h.until("a second socket", func() bool { return len(app.messages(1)) > 0 })
	h.want(app.messages(1)[0].Transcription.Locale, "de-DE")
}

func TestARecognizerThatFailsEndsTheTranscriptionAndNotTheCall(t *testing.T) {
	h, app, c := newHall(t), newSocket(t), &clerk{fail: speech.ErrUnavailable}
	h.understands(c)
	l, cn := h.answers(transcribed(app.url()))
	h.transcriptionEvent("TranscriptionStarted")
	l.say(vowel(time.Minute))
	e := h.transcriptionEvent("TranscriptionFailed")
	h.want(e.Update, automation.TranscriptionUpdate{Status: "transcriptionFailed", Details: "speechServicesConnectionError"})
	h.want([]int{e.Result.Code, e.Result.Subcode}, []int{500, 8578})
	h.want(cn.View().State, call.Connected)
	h.until("it is inactive", func() bool { return automation.PropertiesOf(cn).Transcription.State == "inactive" })
}

func TestARecognizerThatHangsFailsInTime(t *testing.T) {
	h, app, c := newHall(t), newSocket(t), &clerk{hang: make(chan struct{})}
	defer close(c.hang)
	h.understands(c)
	h.patience = 15 * time.Second
	l, _ := h.answers(transcribed(app.url()))
	h.transcriptionEvent("TranscriptionStarted")
	l.say(vowel(time.Minute))
	h.want(h.transcriptionEvent("TranscriptionFailed").Result.Subcode, 8578)
}

func TestTranscriptionOptionsThatAreWrongNameTheirField(t *testing.T) {
	h := newHall(t)
	h.offers(alice, &mouth{})
	ask := func(change func(*automation.TranscriptionOptions)) error {
		_, err := h.Answer(h.Context(), automation.AnswerRequest{
			IncomingCallContext: h.context(), CallbackURI: "https://example.com/events", MediaOptions: transcribed("ws://example.com", change),
		})
		return err
	}
	for field, change := range map[string]func(*automation.TranscriptionOptions){
		"transportType": func(o *automation.TranscriptionOptions) { o.TransportType = "pigeon" },
		"locale":        func(o *automation.TranscriptionOptions) { o.Locale = "" },
		"transportUrl":  func(o *automation.TranscriptionOptions) { o.TransportURL = "example.com" },
	} {
		wrong := (*automation.Invalid)(nil)
		if err := ask(change); !errors.As(err, &wrong) || wrong.Field != "transcriptionOptions."+field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := ask(func(*automation.TranscriptionOptions) {}); !errors.Is(err, automation.ErrUnsupported) {
		t.Errorf("without a recognizer: %v", err)
	}
}

func TestTranscriptionsThatAreStoppedWhileTheyWaitForTheOneBeforeOpenNoSocket(t *testing.T) {
	h, app, c := newHall(t), newSocket(t), &clerk{}
	h.understands(c)
	app.refuse = func(int) int { return 503 }
	_, cn := h.answers(transcribed(app.url(), func(o *automation.TranscriptionOptions) { o.StartTranscription = false }))
	for range 5 {
		h.want(h.StartTranscription(h.Context(), cn, automation.TranscriptionRequest{}), nil)
		h.want(h.StopTranscription(h.Context(), cn, automation.OperationRequest{}), nil)
	}
	h.until("all have stopped", func() bool { return h.told("TranscriptionStopped") == 5 })
	app.mu.Lock()
	defer app.mu.Unlock()
	if app.attempts > 3 { // of the first one
		t.Errorf("the socket was asked for %d times", app.attempts)
	}
}
