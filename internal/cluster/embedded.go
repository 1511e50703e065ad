package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/zap"
)

const (
	// ready is how long the embedded store may take to open its files.
	ready = 10 * time.Second
	// largest is the size limit of one message, in bytes.
	largest = 8 << 20
	// longestLine is the longest command, and so the longest subject: one that is
	// longer ends the connection for good.
	longestLine = 64 << 10
	// unlimited is more than any disk holds: how full the disk may get is
	// decided by who writes, not by what was free when the store opened.
	unlimited = 1 << 50
	// inMemory is what the store may keep in streams without files, in bytes.
	inMemory = 64 << 20
)

var errStopped = errors.New("the embedded store is stopped")

// embedded is the store inside the process. It hands out connections to
// whichever server is running now, so that a client survives a restart.
type embedded struct {
	dir string
	log *zap.Logger

	mu     sync.Mutex
	server *server.Server // nil when stopped
}

func embed(ctx context.Context, dir string, log *zap.Logger) (*embedded, error) {
	e := &embedded{dir: dir, log: log}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e, e.start(ctx)
}

// InProcessConn fits nats.InProcessConnProvider.
func (e *embedded) InProcessConn() (net.Conn, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server == nil {
		return nil, errStopped
	}
	return e.server.InProcessConn()
}

// start opens the files. The caller holds the lock.
func (e *embedded) start(ctx context.Context) error {
	s, err := server.NewServer(&server.Options{
		ServerName:             "botd",
		DontListen:             true,
		NoSigs:                 true,
		DisableJetStreamBanner: true,
		JetStream:              true,
		StoreDir:               e.dir,
		SyncAlways:             true,
		JetStreamMaxStore:      unlimited,
		JetStreamMaxMemory:     inMemory,
		MaxPayload:             largest,
		MaxControlLine:         longestLine,
	})
	if err != nil {
		return fmt.Errorf("embedded store: %w", err)
	}
	s.SetLoggerV2(logger{e.log.Sugar()}, false, false, false)
	s.Start()
	wait := ready
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline))
	}
	if !s.ReadyForConnections(wait) || !s.JetStreamEnabled() {
		s.Shutdown()
		s.WaitForShutdown()
		return fmt.Errorf("embedded store in %s: not ready after %s", e.dir, wait)
	}
	e.server = s
	return nil
}

func (e *embedded) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.halt()
}

// halt ends the running server. The caller holds the lock.
func (e *embedded) halt() {
	if e.server == nil {
		return
	}
	e.server.Shutdown()
	e.server.WaitForShutdown()
	e.server = nil
}

func (e *embedded) reopen(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.log.Warn("the embedded store is opened again")
	e.halt()
	return e.start(ctx)
}
