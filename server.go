package botd

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/automation/rest"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/gateway"
	"github.com/botd-dev/botd/bot/local"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/internal/cluster"
	"github.com/botd-dev/botd/internal/datadir"
	"github.com/botd-dev/botd/internal/egress"
	"github.com/botd-dev/botd/internal/localca"
	"github.com/botd-dev/botd/internal/telemetry"
	"github.com/botd-dev/botd/internal/throttle"
	"github.com/botd-dev/botd/leg/browser"
	"github.com/botd-dev/botd/media/mix"
	"github.com/botd-dev/botd/webhooks"
)

const (
	// stopTimeout bounds stopping, once the calls are over.
	stopTimeout = 8 * time.Second
	// tellTimeout is the part of it that telling may take: what is left is told
	// after the next start.
	tellTimeout = 4 * time.Second
	// fillTimeout is how long opening a filler sound may take.
	fillTimeout = 20 * time.Second
	// collectorTimeout is how long a collector may take to take traces.
	collectorTimeout = 10 * time.Second
)

// Server is a running botd. Its fields are what the steps have started.
type Server struct {
	cfg     Config
	bots    map[identity.ID]bot.Handler
	closers []closer
	failed  chan error // a listener that broke
	drain   drain

	telemetry *telemetry.Telemetry
	log       *zap.Logger
	data      *datadir.Dir
	tls       *localca.TLS
	guard     *egress.Guard
	outgoing  *http.Client // goes nowhere the guard does not allow
	journal   *journal.Journal
	users     *identity.Users
	issuer    *identity.Issuer
	keys      []string // base64 access keys, the primary one first
	clock     *mix.Clock
	contexts  *automation.Contexts
	calls     *call.Registry
	service   *automation.Service
	meetings  *room.Book
	webhooks  *webhooks.Teller
	browsers  *browser.Server
	sound     atomic.Pointer[browser.Server] // browsers, once they have started
	local     *local.Bots
	gateway   *gateway.Gateway
	api       *rest.Server
	rest      http.Handler
	listeners listeners
	conns     *throttle.Conns // from outside
	probes    probes
}

// listeners are where the server is reached; nil where it is not. With port 0
// configured they say which port it became.
type listeners struct{ http, https, admin net.Listener }

// HTTPAddr is where the server takes plain HTTP, empty if it does not.
func (s *Server) HTTPAddr() string { return addressOf(s.listeners.http) }

// HTTPSAddr is where it takes HTTPS, empty if it does not.
func (s *Server) HTTPSAddr() string { return addressOf(s.listeners.https) }

// AdminAddr is where metrics and profiles are, empty if nowhere.
func (s *Server) AdminAddr() string { return addressOf(s.listeners.admin) }

func addressOf(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}

// MediaPort is the number of the UDP and TCP port of all browser media.
func (s *Server) MediaPort() int { return s.browsers.MediaPort() }

// ConnectionString is what Azure's SDKs connect with. It contains the primary
// access key.
func (s *Server) ConnectionString() string {
	return fmt.Sprintf("endpoint=%s/;accesskey=%s", s.publicURL(), s.keys[0])
}

// RootFile is the certificate authority that clients of the HTTPS address must
// trust, empty if a certificate was configured.
func (s *Server) RootFile() string { return s.tls.RootFile() }

// Counts says how much is going on.
func (s *Server) Counts() call.Counts { return s.calls.Counts() }

// Calls is where legs of one's own come in: simulated callers, gateways.
func (s *Server) Calls() *call.Registry { return s.calls }

// Events reads the log of one connection: up to limit records after a sequence
// number.
func (s *Server) Events(ctx context.Context, connection string, after uint64, limit int) ([]call.Record, error) {
	return s.journal.Read(ctx, connection, after, limit)
}

func (s *Server) publicURL() string {
	if s.cfg.PublicURL != "" {
		return s.cfg.PublicURL
	}
	if s.listeners.https == nil {
		return "http://" + s.HTTPAddr()
	}
	return "https://" + s.HTTPSAddr()
}

func (s *Server) startTelemetry(ctx context.Context) error {
	cfg := telemetry.Config{Dev: s.cfg.Dev, OTLPEndpoint: s.cfg.OTLPEndpoint, Version: Version()}
	if cfg.OTLPEndpoint != "" {
		var err error
		if cfg.HTTP, err = s.clientOf("the collector", cfg.OTLPEndpoint, collectorTimeout); err != nil {
			return err
		}
	}
	t, err := telemetry.Start(ctx, cfg)
	if err != nil {
		return err
	}
	s.telemetry, s.log = t, t.Log
	s.onStop("telemetry", t.Shutdown)
	return nil
}

func (s *Server) startData(context.Context) error {
	dir, err := datadir.Open(s.cfg.DataDir)
	if err != nil {
		return err
	}
	s.data = dir
	s.onStop("data directory", func(context.Context) error { return dir.Close() })
	if err := s.readKeys(); err != nil {
		return err
	}
	s.guard, err = egress.New(egress.Config{
		Allow: s.cfg.AllowDestinations, AllowLoopback: s.cfg.Dev, AllowHTTP: s.cfg.Dev,
	})
	if err != nil {
		return err
	}
	s.outgoing = s.guard.Client()
	s.onStop("outgoing connections", func(context.Context) error {
		s.outgoing.CloseIdleConnections()
		return nil
	})
	return s.startTLS()
}

// startTLS reads the certificate, or makes a local authority the first time.
func (s *Server) startTLS() error {
	dir, err := s.data.Sub("tls")
	if err != nil {
		return err
	}
	s.tls, err = localca.Open(localca.Config{
		Dir: dir, Hosts: s.cfg.publicHosts(), CertFile: s.cfg.TLSCert, KeyFile: s.cfg.TLSKey,
	})
	return err
}

// readKeys reads the access keys, or makes them the first time.
func (s *Server) readKeys() error {
	primary, err := s.key("access-key", s.cfg.AccessKey)
	if err != nil {
		return err
	}
	secondary, err := s.key("access-key-secondary", s.cfg.AccessKeySecondary)
	s.keys = []string{primary, secondary}
	return err
}

// key is the configured key, or the one in the data directory.
func (s *Server) key(name, given string) (string, error) {
	if given != "" {
		return given, nil
	}
	return s.data.Secret(name, newKey)
}

// newKey makes a secret of 64 random bytes, as long as those of ACS.
func newKey() (string, error) {
	b := make([]byte, 64)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b), nil
}

func (s *Server) startJournal(ctx context.Context) error {
	dir, err := s.data.Sub("log")
	if err != nil {
		return err
	}
	quiet := s.log.Named("nats").WithOptions(zap.IncreaseLevel(zap.InfoLevel))
	store, err := cluster.Start(ctx, cluster.Config{Dir: dir, URL: s.cfg.NATSURL, Log: quiet})
	if err != nil {
		return err
	}
	s.onStop("message store", store.Close)
	cfg := journal.Config{
		Conn: store.Conn(), Retention: s.cfg.LogRetention, MaxBytes: s.cfg.LogMaxBytes,
		Log: s.log.Named("journal"), Metrics: journalMetrics(s.telemetry.Metrics),
	}
	if store.Embedded() {
		cfg.Dir, cfg.Reopen = dir, store.Reopen
	}
	if s.journal, err = journal.Open(ctx, cfg); err != nil {
		return err
	}
	s.onStop("log", s.journal.Close)
	return nil
}

func (s *Server) startIdentity(ctx context.Context) error {
	resource, err := s.resource()
	if err != nil {
		return err
	}
	store, err := s.journal.Bucket(ctx, "users")
	if err != nil {
		return err
	}
	key, err := identity.LoadKey(s.data.Path("token-key.pem"))
	if err != nil {
		return err
	}
	if err := s.listen(ctx); err != nil { // the public URL is written into tokens
		return err
	}
	s.users = identity.NewUsers(store, resource)
	s.issuer, err = identity.NewIssuer(identity.IssuerConfig{
		Key: key, URL: s.tokenIssuer(), Resource: resource, Users: s.users,
	})
	return err
}

// resource is the immutable resource id: configured, or made once.
func (s *Server) resource() (uuid.UUID, error) {
	id := s.cfg.ResourceID
	if id == "" {
		var err error
		id, err = s.data.Secret("resource-id", func() (string, error) { return uuid.NewString(), nil })
		if err != nil {
			return uuid.UUID{}, err
		}
	}
	resource, err := uuid.Parse(id)
	if err != nil {
		return uuid.UUID{}, fmt.Errorf("resource-id: %w", err)
	}
	return resource, nil
}

func (s *Server) tokenIssuer() string {
	if s.cfg.TokenIssuer != "" {
		return s.cfg.TokenIssuer
	}
	return s.publicURL()
}
