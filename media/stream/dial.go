package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// Why an application's socket cannot be had. They are wrapped.
var (
	// ErrURL means that it is no URL of a WebSocket.
	ErrURL = errors.New("stream: not the URL of a WebSocket")
	// ErrUnauthorized means that the application does not accept who we are: 401, or
	// that it closed the socket for its policy (1008).
	ErrUnauthorized = errors.New("stream: the application refused the token")
	// ErrForbidden means that the application answered 403.
	ErrForbidden = errors.New("stream: the application refused")
	// ErrRefused means another 4xx.
	ErrRefused = errors.New("stream: the application does not take the socket")
	// ErrBusy means 429.
	ErrBusy = errors.New("stream: the application has too much to do")
	// ErrTimeout means that it took too long.
	ErrTimeout = errors.New("stream: the application did not answer in time")
	// ErrUnreachable means that there was no connection, or a 5xx.
	ErrUnreachable = errors.New("stream: the application cannot be reached")
	// ErrLost means that the socket broke and could not be opened again.
	ErrLost = errors.New("stream: the socket was lost")
	// ErrHungUp means that the application closed the socket normally.
	ErrHungUp = errors.New("stream: the application closed the socket")
)

const (
	dialTimeout = 5 * time.Second
	// maxMessage is how long a message of the application's may be, in bytes: 15 s
	// of sound at 24 kHz. A longer one closes the socket (1009).
	maxMessage = 1 << 20
)

// Target is an application's socket.
type Target struct {
	// URL is where it is, ws or wss.
	URL string
	// Connection is the callConnectionId, and Correlation the correlationId.
	Connection, Correlation string
}

// Dialer opens sockets.
type Dialer struct {
	// HTTP goes out. It must follow no redirects.
	HTTP *http.Client
	// Token makes the bearer token of one attempt.
	Token func() (string, error)
	// Stats count.
	Stats *Stats
	// Now is the wall clock.
	Now func() time.Time
}

// CheckURL refuses what is no URL of a WebSocket, with ErrURL.
func CheckURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		return ErrURL
	}
	return nil
}

// dial opens a socket, offering Protocol.
func (d *Dialer) dial(ctx context.Context, t Target) (*websocket.Conn, error) {
	if err := CheckURL(t.URL); err != nil {
		return nil, err
	}
	token, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, t.URL, &websocket.DialOptions{
		HTTPClient: d.HTTP, Subprotocols: []string{plain, Protocol}, CompressionMode: websocket.CompressionDisabled,
		HTTPHeader: http.Header{
			"Authorization":            {"Bearer " + token},
			"X-Ms-Call-Connection-Id":  {t.Connection},
			"X-Ms-Call-Correlation-Id": {t.Correlation},
		},
	})
	if err != nil {
		return nil, refusal(ctx, resp, err)
	}
	conn.SetReadLimit(maxMessage)
	d.Stats.Connected.Add(1)
	return conn, nil
}

// refusal says why there is no socket.
func refusal(ctx context.Context, resp *http.Response, err error) error {
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	why := ErrUnreachable
	switch {
	case status == http.StatusUnauthorized:
		why = ErrUnauthorized
	case status == http.StatusForbidden:
		why = ErrForbidden
	case status == http.StatusTooManyRequests:
		why = ErrBusy
	case status >= 300 && status < 500:
		why = ErrRefused
	case status == 0 && (errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded)):
		why = ErrTimeout
	}
	return fmt.Errorf("%w: %s", why, strings.TrimSpace(err.Error()))
}

// final says that trying again would be of no use.
func final(err error) bool {
	for _, why := range []error{ErrURL, ErrUnauthorized, ErrForbidden, ErrRefused, ErrHungUp} {
		if errors.Is(err, why) {
			return true
		}
	}
	return false
}
