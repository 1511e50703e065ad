// Package socket understands with a server that takes sound over a WebSocket and
// gives text back while somebody speaks. The messages are those of Deepgram, which
// others speak too: PCM in binary frames there; Results in JSON back.
package socket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/media/speech"
)

// rate is that of the sound that is sent, in hertz.
const rate = 16000

const (
	// maxMessage is the longest message that is taken, in bytes.
	maxMessage = 256 << 10
	// maxTerms is how many of the phrases the server is told, as long as they are
	// not longer than maxTerm bytes.
	maxTerms, maxTerm = 100, 60
)

// Config says where the server is.
type Config struct {
	// URL of the socket, ws or wss. Its query is kept.
	URL string
	// Key is shown in the header Authorization, after Scheme; empty shows none.
	Key string
	// Scheme is what comes before Key; empty is "Token".
	Scheme string
	// Model is the one that is asked for; empty leaves it to the server.
	Model string
	// HTTP opens the socket. It decides where one may connect to.
	HTTP *http.Client
	// Timeout is how long the server may take to answer the opening, to take a
	// frame of sound, to answer a ping, and to end; zero is 10 s.
	Timeout time.Duration
}

func (c Config) withDefaults() Config {
	if c.Scheme == "" {
		c.Scheme = "Token"
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	return c
}

// Recognizer fits speech.Recognizer.
type Recognizer struct {
	cfg Config
}

// New makes a recognizer. It connects when there is something to be heard.
func New(cfg Config) *Recognizer { return &Recognizer{cfg.withDefaults()} }

// Listen fits speech.Recognizer. Each ear has a socket of its own; one that is
// lost is not opened again.
func (r *Recognizer) Listen(ctx context.Context, l speech.Listening) (speech.Ear, error) {
	address, err := r.cfg.address(l)
	if err != nil {
		return nil, err
	}
	conn, err := r.cfg.dial(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	conn.SetReadLimit(maxMessage)
	h := &hearing{conn: conn, cfg: r.cfg, finished: make(chan struct{}), failed: make(chan error, 3)}
	return speech.NewEar(ctx, rate, h.hear), nil
}

// address is the URL with what is wanted in its query.
func (c Config) address(l speech.Listening) (string, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return "", fmt.Errorf("%w: %w", speech.ErrUnavailable, err)
	}
	q := u.Query()
	q.Set("encoding", "linear16")
	q.Set("sample_rate", strconv.Itoa(rate))
	q.Set("channels", "1")
	q.Set("interim_results", strconv.FormatBool(l.Partial))
	if l.Locale != "" {
		q.Set("language", l.Locale)
	}
	if model := first(l.Model, c.Model); model != "" {
		q.Set("model", model)
	}
	for _, phrase := range l.Phrases[:min(len(l.Phrases), maxTerms)] {
		if len(phrase) <= maxTerm {
			q.Add("keyterm", speech.Plain(phrase))
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// first is the first of the texts that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// dial opens the socket.
func (c Config) dial(ctx context.Context, address string) (*websocket.Conn, error) {
	within, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	header := http.Header{}
	if c.Key != "" {
		header.Set("Authorization", strings.TrimSpace(c.Scheme)+" "+c.Key)
	}
	conn, res, err := websocket.Dial(within, address, &websocket.DialOptions{HTTPClient: c.HTTP, HTTPHeader: header})
	switch {
	case err == nil:
		return conn, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(within.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%w: no answer within %v", speech.ErrTimeout, c.Timeout)
	case res != nil && res.StatusCode != http.StatusSwitchingProtocols:
		return nil, fmt.Errorf("%w: status %d", speech.OfStatus(res.StatusCode), res.StatusCode)
	}
	return nil, fmt.Errorf("%w: %w", speech.ErrUnavailable, err)
}
