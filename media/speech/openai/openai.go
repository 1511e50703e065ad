// Package openai speaks and understands with a server that offers OpenAI's audio
// endpoints over HTTP, /audio/speech and /audio/transcriptions, of which there are
// hosted ones and ones that run at home.
package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/botd-dev/botd/media/speech"
)

// Config says where the server is.
type Config struct {
	// BaseURL is what comes before /audio: "https://api.openai.com/v1".
	BaseURL string
	// Key is shown as a bearer token; empty shows none.
	Key string
	// Model is the one that is asked for; empty is "tts-1" for a Synthesizer and
	// "whisper-1" for a Recognizer.
	Model string
	// Voice speaks when nothing is asked for; empty is "alloy".
	Voice string
	// HTTP sends the requests. It decides where one may connect to.
	HTTP *http.Client
	// Timeout is how long the server may take to begin to answer, and for an
	// answer in text to be there; zero is 15 s.
	Timeout time.Duration
}

func (c Config) withDefaults(model string) Config {
	if c.Model == "" {
		c.Model = model
	}
	if c.Voice == "" {
		c.Voice = "alloy"
	}
	if c.Timeout <= 0 {
		c.Timeout = 15 * time.Second
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	return c
}

// maxComplaint is how much of an error's answer is read, in bytes.
const maxComplaint = 2 << 10

// post asks the server. The answer's body has to be closed; it is there until ctx
// ends.
func (c Config) post(ctx context.Context, path, kind string, body io.Reader) (*http.Response, error) {
	ctx, stop := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.Timeout, func() { stop(fmt.Errorf("%w: no answer within %v", speech.ErrTimeout, c.Timeout)) })
	defer timer.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.BaseURL+path, body)
	if err != nil {
		stop(err)
		return nil, fmt.Errorf("%w: %w", speech.ErrUnavailable, err)
	}
	req.Header.Set("Content-Type", kind)
	if c.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.Key)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		defer stop(err)
		return nil, explain(ctx, err)
	}
	res.Body = &answer{res.Body, stop}
	if res.StatusCode/100 != 2 {
		defer res.Body.Close() //nolint:errcheck // what it says has been read
		return nil, refusal(res)
	}
	return res, nil
}

// answer is a body that ends its request.
type answer struct {
	io.ReadCloser
	stop context.CancelCauseFunc
}

// Close fits io.Closer.
func (a *answer) Close() error {
	a.stop(context.Canceled)
	return a.ReadCloser.Close()
}

// explain makes an error of what went wrong on the way.
func explain(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, speech.ErrTimeout):
		return cause
	case cause != nil:
		return cause
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", speech.ErrTimeout, err)
	}
	return fmt.Errorf("%w: %w", speech.ErrUnavailable, err)
}

// refusal is the error of an answer that is no success.
func refusal(res *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxComplaint)) // what came is enough
	return fmt.Errorf("%w: status %d: %q", speech.OfStatus(res.StatusCode), res.StatusCode, speech.Plain(string(text)))
}
