package openai_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/openai"
	"github.com/botd-dev/botd/media/speech/speechtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheSynthesizerPassesTheSuite(t *testing.T) {
	speechtest.Run(t, func(t *testing.T) speech.Synthesizer {
		return languages{openai.NewSynthesizer(server(t))}
	})
}

// languages has the Swedish of the suite spoken by a voice of its own: the
// server's voices speak every language, and the suite expects to hear that.
type languages struct{ *openai.Synthesizer }

func (l languages) Synthesize(ctx context.Context, u speech.Utterance) (media.Source, error) {
	if u.Locale == "sv-SE" {
		u.Voice = "echo"
	}
	return l.Synthesizer.Synthesize(ctx, u)
}

func TestTheRecognizerPassesTheSuite(t *testing.T) {
	speechtest.RunRecognizer(t, espeak.New(espeak.Config{}), func(t *testing.T) speech.Recognizer {
		return openai.NewRecognizer(server(t))
	})
}

// answers are what a server may do instead of answering well.
var answers = []struct {
	says string
	do   http.HandlerFunc
	want error
}{
	{"a bad request", status(400), speech.ErrRequest},
	{"an unknown model", status(404), speech.ErrRequest},
	{"a wrong key", status(401), speech.ErrAuth},
	{"no right", status(403), speech.ErrForbidden},
	{"too many requests", status(429), speech.ErrBusy},
	{"overload", status(503), speech.ErrBusy},
	{"a fault", status(500), speech.ErrUnavailable},
	{"a redirect", status(302), speech.ErrUnavailable},
	{"no answer", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, speech.ErrTimeout},
	{"nonsense", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>")
	}, speech.ErrUnavailable},
	{"half an answer", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = io.WriteString(w, "{ \"text\": \"hel")
	}, speech.ErrUnavailable},
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", code) }
}

// drained is a handler that first takes the whole request, so that it notices when
// the client is gone.
func drained(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h(w, r)
	}
}

func TestWhatGoesWrongWhileSpeakingIsNamed(t *testing.T) {
	for _, c := range answers {
		t.Run(c.says, func(t *testing.T) {
			cfg := serve(t, drained(c.do))
			cfg.Timeout = 200 * time.Millisecond
			src, err := openai.NewSynthesizer(cfg).Synthesize(t.Context(), speech.Utterance{Text: "hello"})
			if err == nil {
				err = media.Copy(t.Context(), media.SinkFunc(func(*media.Frame) error { return nil }), src)
			}
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// spoken is an ear that has heard a word and then the end.
func spoken(t *testing.T, cfg openai.Config) speech.Ear {
	t.Helper()
	samples := speechtest.Say(t, espeak.New(espeak.Config{}), speech.Utterance{Text: "yes please"}, 16000)
	ear, err := openai.NewRecognizer(cfg).Listen(t.Context(), speech.Listening{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ear.Close() })
	for _, part := range [][]int16{make([]int16, 8000), samples} {
		if err := ear.Write(&media.Frame{Samples: part, Rate: 16000}); err != nil {
			t.Fatal(err)
		}
	}
	ear.Finish()
	return ear
}

func TestWhatGoesWrongWhileListeningIsNamed(t *testing.T) {
	for _, c := range answers {
		t.Run(c.says, func(t *testing.T) {
			cfg := serve(t, drained(c.do))
			cfg.Timeout = 200 * time.Millisecond
			if _, err := spoken(t, cfg).Next(); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

func TestAHugeTranscriptIsRefused(t *testing.T) {
	cfg := serve(t, drained(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"text":"`+strings.Repeat("x", 4<<20)+`"}`)
	}))
	if _, err := spoken(t, cfg).Next(); !errors.Is(err, speech.ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
}

func TestATranscriptThatStopsHalfwayEndsInTime(t *testing.T) {
	cfg := serve(t, drained(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"text":`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	cfg.Timeout = 200 * time.Millisecond
	if _, err := spoken(t, cfg).Next(); !errors.Is(err, speech.ErrTimeout) {
		t.Errorf("error is %v", err)
	}
}

func TestThereIsSoundBeforeAllOfItIsThere(t *testing.T) {
	more := make(chan struct{})
	cfg := serve(t, drained(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 9600))
		w.(http.Flusher).Flush()
		<-more
		_, _ = w.Write(make([]byte, 9601))
	}))
	src, err := openai.NewSynthesizer(cfg).Synthesize(t.Context(), speech.Utterance{Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	f := media.NewFrame(media.Rate)
	if err := src.Read(f); err != nil || f.Rate != 24000 || len(f.Samples) != 480 {
		t.Errorf("the first frame: %v, %d samples at %d Hz", err, len(f.Samples), f.Rate)
	}
	close(more)
	n := len(f.Samples)
	if err := media.Copy(t.Context(), media.SinkFunc(func(f *media.Frame) error {
		n += len(f.Samples)
		return nil
	}), src); err != nil || n != 9600 {
		t.Errorf("%d samples, %v", n, err)
	}
}
