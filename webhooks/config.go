package webhooks

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/call/journal"
)

// Config is what telling needs.
type Config struct {
	// Journal is the log that is told from.
	Journal *journal.Journal
	// HTTP posts. Where it may connect to is its own concern; it is never let
	// follow a redirect.
	HTTP *http.Client
	// Token makes the bearer token of an attempt; nil sends none.
	Token func(context.Context) (string, error)
	// Secrets sign what is posted, as Standard Webhooks describes; the first is
	// the newest. None signs nothing.
	Secrets [][]byte
	// Schedule is how long a failure waits for the next attempt.
	Schedule Schedule
	// Grace is how long an endpoint that has received an event may stay silent
	// before the next one goes. Default 1 s.
	Grace time.Duration
	// Limit is how long an attempt may take. Default 15 s.
	Limit time.Duration
	// ResourceLimit is the same for resource events. Default 30 s.
	ResourceLimit time.Duration
	// Slots is how many attempts an endpoint has at once. Default 10.
	Slots int
	// SilentPool is how many attempts of an endpoint may be silent at once; the
	// oldest are cut first. Default 2,000.
	SilentPool int
	// Expiry is the age at which an event that cannot be told becomes a dead
	// letter. Default 72 h.
	Expiry time.Duration
	// Release is how long the first events of a connection wait for the
	// response that made it. Default 1 s.
	Release time.Duration
	// Letters is how long dead letters are listed. Default 7 days.
	Letters time.Duration
	// Away, if set, is told that an application stays away, and that it is back:
	// that the oldest event owed to the callback URI of a connection is older
	// than AwayAfter, and that nothing owed is, or that the connection is over. What
	// an operation has told elsewhere does not count. The calls come one after
	// another and may take their time.
	Away func(connectionID string, away bool)
	// AwayAfter is how old that is. Zero, the default, is never.
	AwayAfter time.Duration
	// Topic is the topic or source of resource events.
	Topic string
	// Origin names this server in the handshake of CloudEvents web hooks.
	// Default "botd".
	Origin string
	// ConfirmURL begins the address at which somebody can confirm a
	// subscription by hand; the code follows. Empty offers none.
	ConfirmURL string
	// CheckURL refuses endpoints of subscriptions that may not be reached; nil
	// leaves that to HTTP.
	CheckURL func(ctx context.Context, url string) error
	// Now is the wall clock. Default time.Now.
	Now func() time.Time
	// Rand gives numbers from 0 to 1. Default a random source.
	Rand func() float64
	// Log takes what goes wrong. Default none.
	Log *zap.Logger
	// Registerer takes the counters. Default none.
	Registerer prometheus.Registerer
}

// Schedule is an exponential back-off.
type Schedule struct {
	// First is how long the first failure waits. Default 500 ms.
	First time.Duration
	// Longest is the longest wait, and with it the time between two probes of
	// an endpoint that is down. Default 30 s.
	Longest time.Duration
	// Jitter is the part by which a wait is longer or shorter. Default 0.2.
	Jitter float64
}

// Validate reports what is missing or cannot be.
func (c Config) Validate() error {
	switch {
	case c.Journal == nil:
		return errors.New("webhooks: no log")
	case c.HTTP == nil:
		return errors.New("webhooks: no way out")
	case c.Slots < 0 || c.SilentPool < 0:
		return errors.New("webhooks: slots and pool must not be negative")
	case c.Schedule.Jitter < 0 || c.Schedule.Jitter >= 1:
		return errors.New("webhooks: jitter is a part between 0 and 1")
	case c.Grace < 0 || c.Limit < 0 || c.ResourceLimit < 0 || c.Expiry < 0 || c.Release < 0 || c.Letters < 0 || c.AwayAfter < 0:
		return errors.New("webhooks: times must not be negative")
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.HTTP != nil {
		c.HTTP = unredirected(c.HTTP)
	}
	c.Schedule.First = cmp.Or(c.Schedule.First, 500*time.Millisecond)
	c.Schedule.Longest = cmp.Or(c.Schedule.Longest, 30*time.Second)
	c.Schedule.Jitter = cmp.Or(c.Schedule.Jitter, 0.2)
	c.Grace = cmp.Or(c.Grace, time.Second)
	c.Limit = cmp.Or(c.Limit, 15*time.Second)
	c.ResourceLimit = cmp.Or(c.ResourceLimit, 30*time.Second)
	c.Slots = cmp.Or(c.Slots, 10)
	c.SilentPool = cmp.Or(c.SilentPool, 2000)
	c.Expiry = cmp.Or(c.Expiry, 72*time.Hour)
	c.Release = cmp.Or(c.Release, time.Second)
	c.Letters = cmp.Or(c.Letters, 7*24*time.Hour)
	c.Origin = cmp.Or(c.Origin, "botd")
	if c.CheckURL == nil {
		c.CheckURL = func(context.Context, string) error { return nil }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Float64
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	return c
}

// unredirected is the client, but a redirect is an answer like any other.
func unredirected(client *http.Client) *http.Client {
	mine := *client
	mine.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &mine
}
