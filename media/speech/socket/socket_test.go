package socket_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/socket"
	"github.com/botd-dev/botd/media/speech/speechtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestItPassesTheSuite(t *testing.T) {
	speechtest.RunRecognizer(t, espeak.New(espeak.Config{}), func(t *testing.T) speech.Recognizer { return socket.New(server(t)) })
}

// open listens to something that goes on for a while.
func open(t *testing.T, cfg socket.Config) speech.Ear {
	t.Helper()
	ear, err := socket.New(cfg).Listen(t.Context(), speech.Listening{Locale: "en-US", Model: "m", Phrases: []string{"yes"}, Partial: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ear.Close() })
	return ear
}

func TestAServerThatDoesNotLetUsInIsNamed(t *testing.T) {
	for _, c := range []struct {
		says string
		do   http.HandlerFunc
		want error
	}{
		{"a bad request", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }, speech.ErrRequest},
		{"a wrong key", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, speech.ErrAuth},
		{"no right", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, speech.ErrForbidden},
		{"too many requests", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, speech.ErrBusy},
		{"a fault", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, speech.ErrUnavailable},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, speech.ErrUnavailable},
		{"no answer", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, speech.ErrTimeout},
	} {
		cfg := answer(t, c.do)
		cfg.Timeout = 200 * time.Millisecond
		if _, err := socket.New(cfg).Listen(t.Context(), speech.Listening{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.says, err, c.want)
		}
	}
}

func TestAServerThatMisbehavesEndsTheEar(t *testing.T) {
	say := func(kind websocket.MessageType, text string) func(context.Context, *websocket.Conn) {
		return func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, kind, []byte(text))
			_, _, _ = c.Read(ctx) // until the client goes
		}
	}
	for _, c := range []struct {
		says string
		do   func(context.Context, *websocket.Conn)
		want error
	}{
		{"it dies", func(_ context.Context, c *websocket.Conn) { _ = c.CloseNow() }, speech.ErrUnavailable},
		{"it says goodbye too early", func(_ context.Context, c *websocket.Conn) { _ = c.Close(websocket.StatusNormalClosure, "") }, speech.ErrUnavailable},
		{"it does not like us", func(_ context.Context, c *websocket.Conn) { _ = c.Close(websocket.StatusPolicyViolation, "") }, speech.ErrRequest},
		{"it has too much to do", func(_ context.Context, c *websocket.Conn) { _ = c.Close(websocket.StatusTryAgainLater, "") }, speech.ErrBusy},
		{"it says an error", say(websocket.MessageText, `{"type":"Error","description":"oops"}`), speech.ErrUnavailable},
		{"it talks nonsense", say(websocket.MessageText, `hello`), speech.ErrUnavailable},
		{"it sends bytes", say(websocket.MessageBinary, `hello`), speech.ErrUnavailable},
		{"it sends a book", say(websocket.MessageText, strings.Repeat(" ", 1<<20)), speech.ErrUnavailable},
	} {
		t.Run(c.says, func(t *testing.T) {
			if _, err := open(t, serve(t, c.do)).Next(); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

func TestAServerThatDoesNotEndIsGivenUp(t *testing.T) {
	cfg := serve(t, func(ctx context.Context, c *websocket.Conn) {
		for ctx.Err() == nil {
			if _, _, err := c.Read(ctx); err != nil {
				return
			}
		}
	})
	cfg.Timeout = 200 * time.Millisecond
	ear := open(t, cfg)
	ear.Finish()
	if _, err := ear.Next(); !errors.Is(err, speech.ErrTimeout) {
		t.Errorf("error is %v", err)
	}
}

func TestAServerThatDoesNotReadIsGivenUp(t *testing.T) {
	cfg := serve(t, func(context.Context, *websocket.Conn) { <-t.Context().Done() })
	cfg.Timeout = 200 * time.Millisecond
	ear := open(t, cfg)
	ended := make(chan error, 1)
	go func() {
		_, err := ear.Next()
		ended <- err
	}()
	// More than the sockets of both sides hold; each second of it is taken at once.
	second := &media.Frame{Samples: make([]int16, 16000), Rate: 16000}
	for err := error(nil); err == nil; {
		err = ear.Write(second)
	}
	if err := <-ended; !errors.Is(err, speech.ErrTimeout) {
		t.Errorf("error is %v", err)
	}
}

func TestHypothesesComeBeforeTheResultAndPartsAreJoined(t *testing.T) {
	cfg := serve(t, func(ctx context.Context, c *websocket.Conn) {
		for _, m := range []string{
			`{"type":"Metadata"}`,
			`{"type":"Results","start":1,"duration":1,"channel":{"alternatives":[{"transcript":"I","confidence":0.5}]}}`,
			`{"type":"Results","is_final":true,"start":1,"duration":1,"channel":{"alternatives":[{"transcript":"I would","confidence":0.9,
				"words":[{"word":"i","punctuated_word":"I","start":1.1,"end":1.2},{"word":"would","start":1.3,"end":1.5}]}]}}`,
			`{"type":"Results","start":2,"duration":1,"channel":{"alternatives":[{"transcript":"like","confidence":0.5}]}}`,
			`{"type":"Results","is_final":true,"speech_final":true,"start":2,"duration":1,"channel":{"alternatives":[{"transcript":"like tea.","confidence":0.7,
				"words":[{"word":"like","start":2.1,"end":2.3},{"word":"tea","punctuated_word":"tea.","start":2.4,"end":2.8}]}]}}`,
			`{"type":"Results","is_final":true,"speech_final":true,"start":3,"duration":1,"channel":{"alternatives":[{"transcript":""}]}}`,
			`{"type":"Results","is_final":true,"start":4,"duration":0.5,"channel":{"alternatives":[{"transcript":"Bye","confidence":0.6}]}}`,
		} {
			_ = c.Write(ctx, websocket.MessageText, []byte(m))
		}
		_, _, _ = c.Read(ctx)
		_ = c.Close(websocket.StatusNormalClosure, "")
	})
	ear := open(t, cfg)
	ear.Finish()
	for _, want := range []struct {
		text     string
		final    bool
		from, to time.Duration
		words    int
	}{
		{"I", false, time.Second, 2 * time.Second, 0},
		{"I would like", false, 1100 * time.Millisecond, 3 * time.Second, 2},
		{"I would like tea.", true, 1100 * time.Millisecond, 2800 * time.Millisecond, 4},
		{"Bye", true, 4 * time.Second, 4500 * time.Millisecond, 0},
	} {
		h, err := ear.Next()
		if err != nil || h.Text != want.text || h.Final != want.final || h.From != want.from || h.To != want.to || len(h.Words) != want.words {
			t.Errorf("heard %+v, %v, want %+v", h, err, want)
		}
	}
	if _, err := ear.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("ended with %v", err)
	}
}
