// Package cluster is the message store that everything durable stands on: NATS
// JetStream, inside the process or outside it. It knows nothing of calls.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"go.uber.org/zap"
)

// Config says where the store is.
type Config struct {
	// Dir is where the embedded store keeps its files. Used when URL is empty.
	Dir string
	// URL is that of a NATS server or cluster outside; empty runs one inside.
	URL string
	// Options are added to those of the connection to a store outside:
	// credentials, certificates.
	Options []nats.Option
	// Log takes what the store has to say; nil is silence.
	Log *zap.Logger
}

// Validate reports what is missing.
func (c Config) Validate() error {
	if c.URL == "" && c.Dir == "" {
		return errors.New("cluster: neither a directory nor a URL")
	}
	return nil
}

// ErrOutside means that the store is not ours to restart.
var ErrOutside = errors.New("the store is outside the process")

// Cluster is a connection to the store, and the store itself if it is inside.
type Cluster struct {
	conn   *nats.Conn
	closed chan struct{}
	// inside is nil when the store is outside.
	inside *embedded
}

// Start opens the store and connects to it. An embedded store listens on no
// port, handles no signal and syncs every write before it answers.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
	c := &Cluster{closed: make(chan struct{})}
	where, options := cfg.URL, cfg.Options
	if cfg.URL == "" {
		inside, err := embed(ctx, cfg.Dir, cfg.Log)
		if err != nil {
			return nil, err
		}
		c.inside = inside
		where, options = "", []nats.Option{nats.InProcessServer(inside)}
	}
	conn, err := nats.Connect(where, append(c.habits(cfg.Log), options...)...)
	if err != nil {
		if c.inside != nil {
			c.inside.stop()
		}
		return nil, fmt.Errorf("connect to the store: %w", err)
	}
	c.conn = conn
	return c, nil
}

// habits are the options of every connection: it comes back for ever, and what
// is published while it is away fails at once instead of waiting unseen.
func (c *Cluster) habits(log *zap.Logger) []nats.Option {
	return []nats.Option{
		nats.Name("botd"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100 * time.Millisecond),
		nats.ReconnectBufSize(-1),
		nats.ClosedHandler(func(*nats.Conn) { close(c.closed) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil { // else it was us who closed
				log.Warn("the store is gone", zap.Error(err))
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("the store is back") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Warn("the store's connection complains", zap.Error(err))
		}),
	}
}

// Conn is the connection. It stays the same over restarts of the store.
func (c *Cluster) Conn() *nats.Conn { return c.conn }

// Embedded reports whether the store runs inside the process.
func (c *Cluster) Embedded() bool { return c.inside != nil }

// Reopen stops the embedded store and starts it again on the same files: after
// a full disk it does not come back by itself. The connection follows.
func (c *Cluster) Reopen(ctx context.Context) error {
	if c.inside == nil {
		return ErrOutside
	}
	return c.inside.reopen(ctx)
}

// Close disconnects and stops the embedded store. What has been acknowledged is
// on the disk already.
func (c *Cluster) Close(ctx context.Context) error {
	c.conn.Close()
	if c.inside != nil {
		c.inside.stop()
	}
	select {
	case <-c.closed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close the store: %w", ctx.Err())
	}
}
