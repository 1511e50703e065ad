package journal

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"go.uber.org/zap"
)

// Config is what a log needs.
type Config struct {
	// Conn is the connection to the store.
	Conn *nats.Conn
	// Dir is where the store keeps its files, to watch how full that disk is;
	// empty if the store is elsewhere.
	Dir string
	// Reopen restarts a store that has stopped answering; nil if it cannot be.
	Reopen func(context.Context) error
	// Name begins the names of the streams. Every process that writes has one
	// of its own. Default "botd".
	Name string
	// Shards is the number of streams. It cannot be changed later. Default 16.
	Shards int
	// Replicas is how many servers of a cluster keep a copy. Default 1.
	Replicas int
	// Retention is how long records are kept. Default 7 days.
	Retention time.Duration
	// MaxBytes is how large the log may grow. Default 10 GiB.
	MaxBytes int64
	// Reserve is the part of the disk that must stay free for calls that are
	// running; new ones are refused. Default 0.05.
	Reserve float64
	// Now is the wall clock. Default time.Now.
	Now func() time.Time
	// NewID makes the ids of closing records after a crash. Default a random
	// UUID.
	NewID func() string
	// Log takes what goes wrong. Default none.
	Log *zap.Logger
	// Metrics is told how it goes.
	Metrics Metrics
}

// Metrics are hooks; those that are nil are not called. They must not block.
type Metrics struct {
	// Committed is called for every Append that became durable.
	Committed func(records int, took time.Duration)
	// Failed is called for every try to write that failed.
	Failed func(error)
	// Size is called now and then with the bytes in the log and the free part
	// of the disk, from 0 to 1.
	Size func(bytes uint64, free float64)
}

// Validate reports what cannot be.
func (c Config) Validate() error {
	switch {
	case c.Conn == nil:
		return errors.New("journal: no connection")
	case c.Shards < 0 || c.Shards > 256:
		return errors.New("journal: shards must be 1 to 256")
	case c.Retention < 0 || c.MaxBytes < 0:
		return errors.New("journal: retention and size must not be negative")
	case c.Reserve < 0 || c.Reserve >= 1:
		return errors.New("journal: the reserve is a part between 0 and 1")
	}
	return nil
}
