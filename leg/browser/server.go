package browser

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// protocol is the WebSocket subprotocol (docs/signalling.md).
const protocol = "botd.signal.v1"

// Server is the way in for every browser. It fits call.Ringer.
type Server struct {
	cfg     Config
	log     *zap.Logger
	engine  *engine
	metrics *metrics
	meter   *meter
	barring rate.Sometimes // how often the log tells who is not let in

	life  context.Context //nolint:containedctx // the server's own; sockets outlive their HTTP request
	stop  context.CancelFunc
	tasks sync.WaitGroup // sockets, legs, rings

	mu       sync.Mutex
	closed   bool
	voided   uint64                              // how often tokens were revoked
	agents   map[string]*agent                   // by what they resume with
	sessions map[string]*whipSession             // by their secret
	users    map[identity.ID]map[*agent]struct{} // those whom an invitation can reach
	rings    map[string]*ring                    // by the invitation's id
}

// New opens the media ports and makes a server. Close closes it.
func New(cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	m, err := newMetrics(cfg.Registerer)
	if err != nil {
		return nil, fmt.Errorf("browser metrics: %w", err)
	}
	e, err := newEngine(cfg, m)
	if err != nil {
		return nil, err
	}
	s := newServer(cfg, e, m)
	if cfg.Registerer != nil {
		if err := cfg.Registerer.Register(s.meter); err != nil {
			return nil, errors.Join(fmt.Errorf("browser metrics: %w", err), e.close())
		}
	}
	s.tasks.Go(func() { s.meter.run(s.life) })
	return s, nil
}

// Flush sends what the listeners of a tick are to hear. It comes after every tick
// of a bridge where Config.Batched is set; any goroutine may call it.
func (s *Server) Flush() { s.engine.out.flush() }

// Fetch takes what clients have said since the last time. It comes before the
// ticks of bridges where Config.Batched is set, from one goroutine at a time.
func (s *Server) Fetch() { s.engine.out.fetch() }

// newServer is New without the ports.
func newServer(cfg Config, e *engine, m *metrics) *Server {
	s := &Server{
		cfg: cfg, log: cfg.Log, engine: e, metrics: m, meter: newMeter(m.samples), barring: barring(),
		agents: map[string]*agent{}, sessions: map[string]*whipSession{}, users: map[identity.ID]map[*agent]struct{}{}, rings: map[string]*ring{},
	}
	s.life, s.stop = context.WithCancel(context.Background())
	return s
}

// MediaPort is the number of the UDP and the TCP port that media comes in at.
func (s *Server) MediaPort() int { return s.engine.port }

// Handler takes the WebSocket of a client; mount it at /client/signal.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		http.Error(w, "the server is going down", http.StatusServiceUnavailable)
		return
	}
	defer s.tasks.Done()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{protocol}, OriginPatterns: s.cfg.AllowedOrigins,
		CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		s.metrics.refused.WithLabelValues("handshake").Inc()
		return // Accept has answered
	}
	if conn.Subprotocol() != protocol {
		s.metrics.refused.WithLabelValues("subprotocol").Inc()
		_ = conn.Close(websocket.StatusPolicyViolation, "the subprotocol is "+protocol)
		return
	}
	s.metrics.sockets.Inc()
	defer s.metrics.sockets.Dec()
	sock := newSocket(conn)
	sock.remote = r.RemoteAddr
	sock.start(s.life)
	s.converse(sock)
	sock.wait()
}

// lastWords is how long clients have to take what they are told at the end.
const lastWords = 2 * time.Second

// endAll ends agents and returns the sockets that are being told so.
func (s *Server) endAll(agents []*agent) []*socket {
	var told []*socket
	for _, a := range agents {
		if sock := a.end(call.ReasonShutdown); sock != nil {
			told = append(told, sock)
		}
	}
	return told
}

// begin counts one more task, unless the server is closed.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.tasks.Add(1)
	return true
}

// Revoke cuts every socket of a user whose tokens are good no more. Their
// calls go on for as long as a client may take to resume; those that came by
// WHIP end.
func (s *Server) Revoke(user identity.ID) {
	s.mu.Lock()
	s.voided++
	s.mu.Unlock()
	for _, a := range s.reachable(user) {
		a.unregister("the token was revoked")
	}
	s.expel(user)
}

// revocations is how many there have been.
func (s *Server) revocations() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.voided
}

// reachable are the agents of a user that have a socket.
func (s *Server) reachable(user identity.ID) []*agent {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*agent, 0, len(s.users[user]))
	for a := range s.users[user] {
		list = append(list, a)
	}
	return list
}

// Close cuts every socket, ends every leg and closes the ports. End the calls
// first, so that clients learn why. When ctx ends, what is left is abandoned.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	agents := make([]*agent, 0, len(s.agents))
	for _, a := range s.agents {
		agents = append(agents, a)
	}
	s.mu.Unlock()
	last, cancel := context.WithTimeout(ctx, lastWords)
	defer cancel()
	for _, sock := range s.endAll(agents) {
		select {
		case <-sock.said:
		case <-last.Done(): // it does not read
		}
	}
	s.stop()
	gone := make(chan struct{})
	go func() {
		s.tasks.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return s.engine.close()
	case <-ctx.Done():
		return errors.Join(ctx.Err(), s.engine.close())
	}
}
