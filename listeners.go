package botd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
	"golang.org/x/sync/singleflight"

	"github.com/botd-dev/botd/internal/throttle"
)

const (
	headerTimeout = 5 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	// bodyTimeout is how long the body of a request may take to come.
	bodyTimeout = 30 * time.Second
	// longestBody is how long a body is that anything here reads.
	longestBody = 1 << 20
	// probeTimeout bounds what /readyz waits for the log.
	probeTimeout = 4 * time.Second
	// probeEvery is how often it may write to the log.
	probeEvery = 100 * time.Millisecond
)

// listen opens the addresses, so that their ports are known before anything is
// served on them.
func (s *Server) listen(ctx context.Context) error {
	s.conns = throttle.NewConns(throttle.ConnsConfig{
		Peer: s.cfg.LimitsConnections, All: mostConnections(), Exempt: s.cfg.exempt,
	})
	registerRefused(s.telemetry.Metrics, "connections", s.conns.Refused)
	var lc net.ListenConfig
	for _, l := range []struct {
		key, addr string
		to        *net.Listener
	}{
		{"http-addr", s.cfg.HTTPAddr, &s.listeners.http},
		{"https-addr", s.cfg.HTTPSAddr, &s.listeners.https},
		{"admin-addr", s.cfg.AdminAddr, &s.listeners.admin},
	} {
		if l.addr == "" {
			continue
		}
		ln, err := lc.Listen(ctx, "tcp", l.addr)
		if err != nil {
			return fmt.Errorf("%s: %w", l.key, err)
		}
		*l.to = ln
		s.onStop(l.key, func(context.Context) error {
			if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
				return err
			}
			return nil
		})
	}
	return nil
}

// startListeners serves on what listen opened.
func (s *Server) startListeners(context.Context) error {
	front := s.front()
	if s.listeners.http != nil {
		s.serve(s.conns.Watch(s.listeners.http), front)
	}
	if s.listeners.https != nil {
		s.serve(tls.NewListener(s.conns.Watch(s.listeners.https), s.tls.Config()), front)
	}
	s.serve(s.listeners.admin, s.hosted(s.admin()))
	return nil
}

func (s *Server) serve(l net.Listener, h http.Handler) {
	if l == nil {
		return
	}
	// Streams of events end with this context: nothing else would end them.
	life, cancel := context.WithCancel(context.Background())
	srv := newHTTPServer(life, h, s.log)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			select {
			case s.failed <- fmt.Errorf("serve %s: %w", l.Addr(), err):
			default: // the first one stops the server
			}
		}
	}()
	s.onStop("listener "+l.Addr().String(), func(ctx context.Context) error {
		cancel()
		err := srv.Shutdown(ctx)
		if err != nil {
			err = errors.Join(err, srv.Close())
		}
		<-done
		return err
	})
}

// newHTTPServer makes a server that has no patience with those who send slowly,
// or without end. What it serves ends with life.
func newHTTPServer(life context.Context, h http.Handler, log *zap.Logger) *http.Server {
	return &http.Server{
		BaseContext: func(net.Listener) context.Context { return life },
		Handler:     impatient(h), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: complaintsTo(log.Named("http")),
	}
}

// impatient gives up a connection on which the body of a request does not come,
// also where nobody reads it: an answer waits for that. Whoever has read the
// body and goes on takes the deadline away.
func impatient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A body in chunks may have had a length as well, which is gone by now:
		// what follows it may be what somebody else took for its end (RFC 9112,
		// section 6.3). One that nobody takes would be waited for.
		if r.TransferEncoding != nil || r.ContentLength > longestBody {
			w.Header().Set("Connection", "close")
		}
		if r.ContentLength != 0 {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout)) // every server of ours can
		}
		next.ServeHTTP(w, r)
	})
}

// front is what the server shows on its HTTP and HTTPS addresses.
func (s *Server) front() http.Handler {
	files, signal, whip := pages(), s.browsers.Handler(), s.browsers.WHIP()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case path == "/healthz":
			_, _ = w.Write([]byte("ok\n"))
		case path == "/readyz":
			s.ready(w, r)
		case path == "/client/signal":
			signal.ServeHTTP(w, r)
		case path == "/bots":
			s.gateway.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/whip/"):
			whip.ServeHTTP(w, r)
		case s.cfg.Dev && strings.HasPrefix(path, "/dev/"):
			s.dev(w, r)
		case (r.Method == http.MethodGet || r.Method == http.MethodHead) && isPage(path):
			files.ServeHTTP(w, r)
		default:
			s.rest.ServeHTTP(w, r)
		}
	})
}

// ready answers whether the server takes calls: not while it drains, and not
// while its log cannot be written, which is tried.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.draining():
		http.Error(w, "draining", http.StatusServiceUnavailable)
	case s.probes.try(r.Context(), s.journal.Probe) != nil:
		http.Error(w, "the log cannot be written", http.StatusServiceUnavailable)
	default:
		_, _ = w.Write([]byte("ready\n"))
	}
}

// probes are tries to write the log. Anybody may ask for one, and each waits for
// the disk: those who ask at once share it, and who asks again soon waits.
type probes struct {
	group singleflight.Group
	last  time.Time // whoever probes only
}

func (p *probes) try(ctx context.Context, probe func(context.Context) error) error {
	ctx = context.WithoutCancel(ctx) // it is not only for whoever asked first
	_, err, _ := p.group.Do("", func() (any, error) {
		<-time.After(time.Until(p.last.Add(probeEvery)))
		p.last = time.Now()
		ctx, cancel := context.WithTimeout(ctx, probeTimeout)
		defer cancel()
		return nil, probe(ctx)
	})
	return err
}

// hosted refuses requests for other hosts than the admin address: the page of a
// stranger whose name was made to mean this machine (DNS rebinding).
func (s *Server) hosted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.cfg.isAdminHost(r.Host) {
			http.Error(w, "this is not the host of admin-addr", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admin serves what only an operator may see.
func (s *Server) admin() http.Handler {
	m := http.NewServeMux()
	m.Handle("/metrics", promhttp.HandlerFor(s.telemetry.Metrics, promhttp.HandlerOpts{}))
	m.HandleFunc("/config", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(strings.Join(s.cfg.Effective(), "\n") + "\n"))
	})
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		m.HandleFunc(method+" /drain", s.serveDrain)
	}
	m.HandleFunc("/debug/pprof/", pprof.Index) // without cmdline: a flag may be a secret
	m.HandleFunc("/debug/pprof/profile", pprof.Profile)
	m.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	m.HandleFunc("/debug/pprof/trace", pprof.Trace)
	// A page that an operator has open elsewhere must change nothing here.
	return http.NewCrossOriginProtection().Handler(m)
}
