package rest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
)

// Config is what a Server is made of.
type Config struct {
	// Automation does what is asked.
	Automation *automation.Service
	// Log is read by those who follow what happened.
	Log Log
	// Results keeps the results of repeatable requests.
	Results Results
	// Issuer and Users are those of user access tokens.
	Issuer *identity.Issuer
	Users  *identity.Users
	// Rooms keeps rooms; nil answers "not supported".
	Rooms *room.Book
	// Subscriptions keeps event subscriptions; nil answers "not supported".
	Subscriptions Subscriptions
	// Letters are what could not be told; nil answers "not supported".
	Letters Letters
	// Keys are the access keys, of at least 32 bytes: any of them signs.
	Keys [][]byte
	// Bearer accepts tokens of an OpenID Connect issuer; nil accepts none.
	Bearer *Bearer
	// Limits are how often may be asked; default as often as anybody likes.
	Limits *Limits
	// PublicURL begins the links in answers, without a trailing slash.
	PublicURL string
	// Released is called when the response that gives a new connection its id
	// has been sent, so that its first events may follow. May be nil.
	Released func(connectionID string)
	// Observe is told of every request, by the name of its operation. May be
	// nil; it must not block.
	Observe func(operation string, status int, took time.Duration)
	// Now is the wall clock; default time.Now.
	Now func() time.Time
	// Logger takes what is our fault; default none.
	Logger *zap.Logger
}

// minKey is how many bytes an access key has at least.
const minKey = 32

// Validate reports what cannot be.
func (c Config) Validate() error {
	switch u, err := url.Parse(c.PublicURL); {
	case c.Automation == nil || c.Log == nil || c.Results == nil || c.Issuer == nil || c.Users == nil:
		return errors.New("rest: automation, log, results, issuer and users are needed")
	case len(c.Keys) == 0 && c.Bearer == nil:
		return errors.New("rest: an access key or an issuer is needed, or nobody may ask")
	case err != nil || !u.IsAbs():
		return fmt.Errorf("rest: public URL %q is not a URL", c.PublicURL)
	}
	for _, key := range c.Keys {
		if len(key) < minKey {
			return fmt.Errorf("rest: access key of %d bytes: %d or more are needed", len(key), minKey)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Limits == nil {
		c.Limits = NewLimits(LimitsConfig{})
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	if c.Released == nil {
		c.Released = func(string) {}
	}
	if c.Observe == nil {
		c.Observe = func(string, int, time.Duration) {}
	}
	return c
}

// Log is what happened, as it can be read. *journal.Journal fits it.
type Log interface {
	Read(ctx context.Context, connection string, after uint64, limit int) ([]call.Record, error)
	ReadCall(ctx context.Context, callID string, after uint64, limit int) ([]call.Record, error)
	ReadAll(ctx context.Context, after string, limit int) ([]call.Record, string, error)
	Follow(ctx context.Context, connection string, after uint64) iter.Seq2[call.Record, error]
	FollowCall(ctx context.Context, callID string, after uint64) iter.Seq2[call.Record, error]
	FollowAll(ctx context.Context, after string) iter.Seq2[journal.Line, error]
}
