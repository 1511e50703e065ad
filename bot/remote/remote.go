// Package remote runs bots in a process of their own: it connects to botd, takes
// the calls for its bots and hands them to the same handlers that run inside
// botd.
//
//	func main() {
//		err := remote.Run(ctx, remote.Config{URL: "https://botd.example.com", Key: key},
//			remote.Bot("echo", echo))
//	}
package remote

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/wire"
	"github.com/botd-dev/botd/identity"
)

const (
	// firstPause is how long it waits before it connects again, longestPause the
	// longest; each time it is twice as long.
	firstPause, longestPause = 100 * time.Millisecond, 5 * time.Second
	// dialTimeout is how long connecting may take.
	dialTimeout = 10 * time.Second
)

// ErrRefused means that botd does not let the bots in: the key or the token is
// wrong, or a name is taken. It is not tried again.
var ErrRefused = errors.New("botd refuses the bots")

// Config says where botd is and how to get in.
type Config struct {
	// URL is where botd is, "https://botd.example.com".
	URL string
	// Key is an access key, as in botd's connection string: base64. Token, instead,
	// gives a bearer token for every connection.
	Key   string
	Token func(context.Context) (string, error)
	// Calls is how many calls this process takes at once; 0 is 100.
	Calls int
	// HTTP makes the connections; nil is http.DefaultClient. It must not have a
	// Timeout, which would end them.
	HTTP *http.Client
	// Returned is told what a handler returned, where that is more than the end of
	// its call; nil is nobody.
	Returned func(name identity.ID, err error)
}

// Option registers something with Run: a Bot.
type Option func(map[identity.ID]bot.Handler)

// Bot registers a handler for calls to a name.
func Bot(name string, h bot.Handler) Option {
	return func(handlers map[identity.ID]bot.Handler) { handlers[identity.ID(name)] = h }
}

// Run takes calls for the bots until ctx ends, over one socket, which it opens
// again whenever it breaks: what runs goes on then. When ctx ends, the contexts
// of all handlers do, and it returns nil when they have returned; their calls are
// hung up. Its error is ErrRefused, or wraps bot.ErrInvalid and names what is
// wrong with the Config.
func Run(ctx context.Context, cfg Config, bots ...Option) error {
	handlers := map[identity.ID]bot.Handler{}
	for _, o := range bots {
		o(handlers)
	}
	target, err := cfg.target()
	if err != nil {
		return err
	}
	if len(handlers) == 0 {
		return fmt.Errorf("%w: there is no bot", bot.ErrInvalid)
	}
	c := &client{cfg: cfg, target: target, handlers: handlers}
	return c.run(ctx)
}

// target checks the Config and says where the socket is.
func (cfg Config) target() (string, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("%w: URL is %q, not http or https and a host", bot.ErrInvalid, cfg.URL)
	}
	if _, err := base64.StdEncoding.DecodeString(cfg.Key); err != nil {
		return "", fmt.Errorf("%w: Key is not base64", bot.ErrInvalid)
	}
	if cfg.Key != "" && cfg.Token != nil {
		return "", fmt.Errorf("%w: both Key and Token are set", bot.ErrInvalid)
	}
	if cfg.Calls < 0 {
		return "", fmt.Errorf("%w: Calls is %d", bot.ErrInvalid, cfg.Calls)
	}
	return strings.TrimSuffix(u.Scheme+"://"+u.Host+u.Path, "/") + "/bots", nil
}

// dial opens a socket and says hello.
func (c *client) dial(ctx context.Context, hello wire.Message) (*websocket.Conn, wire.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	header, err := c.cfg.credentials(ctx, c.target)
	if err != nil {
		return nil, wire.Message{}, err
	}
	conn, res, err := websocket.Dial(ctx, c.target, &websocket.DialOptions{HTTPClient: c.cfg.HTTP, HTTPHeader: header})
	if err != nil {
		if res != nil && (res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden) {
			err = fmt.Errorf("%w: %w", ErrRefused, err)
		}
		return nil, wire.Message{}, err
	}
	conn.SetReadLimit(wire.MaxAnswer)
	welcome, err := greet(ctx, conn, hello)
	if err != nil {
		_ = conn.CloseNow()
		return nil, wire.Message{}, err
	}
	return conn, welcome, nil
}

func greet(ctx context.Context, conn *websocket.Conn, hello wire.Message) (wire.Message, error) {
	if err := wire.WriteMessage(ctx, conn, hello); err != nil {
		return wire.Message{}, err
	}
	welcome, err := wire.ReadMessage(ctx, conn, wire.Welcome)
	if websocket.CloseStatus(err) == websocket.StatusPolicyViolation {
		err = fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return welcome, err
}
