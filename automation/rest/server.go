package rest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"go.opentelemetry.io/otel/propagation"
	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"github.com/botd-dev/botd/call"
)

// Server answers the REST operations.
type Server struct {
	cfg      Config
	guard    guard
	barring  rate.Sometimes // how often the log tells who is not let in
	repeats  *repeats
	router   router
	document []byte // openapi.json
}

// New makes a Server.
func New(cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg.withDefaults(), barring: barring()}
	s.guard = guard{s.cfg.Keys, s.cfg.Bearer, s.cfg.Issuer, s.cfg.Now}
	s.repeats = &repeats{results: s.cfg.Results, now: s.cfg.Now, log: s.cfg.Logger, running: map[string]*turn{}}
	table := s.table()
	s.router = newRouter(table)
	document, err := describe(table)
	if err != nil {
		return nil, err
	}
	s.document = document
	return s, nil
}

// Prefixes are the paths under which a Server wants to be mounted.
func (s *Server) Prefixes() []string {
	return []string{
		"/calling/", "/identities", "/identities/", "/teamsUser/", "/rooms", "/rooms/",
		"/eventSubscriptions", "/eventSubscriptions/", "/webhooks/", "/openapi.json",
	}
}

// Handler answers requests for everything under Prefixes.
func (s *Server) Handler() http.Handler {
	e := echo.New()
	e.HTTPErrorHandler = s.refuse
	e.Use(numbered, traced, middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: s.panicked}))
	e.RouteNotFound("/*", s.handle)
	return e
}

// numbered gives the request an id, and gives the client back its own.
func numbered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(headerRequestID, uuid.NewString())
		if id := c.Request().Header.Get(headerClientID); id != "" && len(id) <= 128 {
			h.Set(headerClientID, id)
		}
		return next(c)
	}
}

const (
	headerRequestID = "x-ms-request-id"
	headerClientID  = "x-ms-client-request-id"
)

// traced hands on the trace that the request belongs to: that of a span around
// this handler, else that of the traceparent header.
func traced(next echo.HandlerFunc) echo.HandlerFunc {
	w3c := propagation.TraceContext{}
	return func(c echo.Context) error {
		r := c.Request()
		ctx, carrier := r.Context(), propagation.MapCarrier{}
		if w3c.Inject(ctx, carrier); len(carrier) == 0 {
			ctx = w3c.Extract(ctx, propagation.HeaderCarrier(r.Header))
			w3c.Inject(ctx, carrier)
		}
		if parent := carrier.Get("traceparent"); parent != "" {
			c.SetRequest(r.WithContext(call.WithTrace(ctx, parent)))
		}
		return next(c)
	}
}

// request is a request of which everything is known but what it asks for.
type request struct {
	header http.Header
	path   string // as it was sent
	query  url.Values
	params map[string]string
	body   []byte
}

// handle finds the route and answers.
func (s *Server) handle(c echo.Context) error {
	start := s.cfg.Now()
	w, r := c.Response(), c.Request()
	rt, params, allowed, err := s.router.find(r.Method, r.URL.EscapedPath())
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
	}
	if tooMany := s.cfg.Limits.arrived(r); tooMany != nil {
		err = tooMany
	}
	var a answer
	if err == nil {
		a, err = s.answer(w, r, rt, params)
	}
	if err != nil {
		a = s.fail(err, w, rt.name)
		s.barred(rt.name, r.RemoteAddr, a.Status, err)
	}
	s.cfg.Observe(rt.name, a.Status, s.cfg.Now().Sub(start))
	if err := a.send(w); err != nil {
		s.cfg.Logger.Debug("response not sent", zap.String("operation", rt.name), zap.Error(err))
	}
	return nil
}

// answer goes through everything that comes before the operation itself.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, rt route, params map[string]string) (answer, error) {
	who := caller{}
	if !rt.open {
		var err error
		if who, err = s.guard.authenticate(r); err != nil {
			return answer{}, err
		}
		if err := s.cfg.Limits.known(r, rt, who); err != nil {
			return answer{}, err
		}
		w.Header().Set("api-supported-versions", rt.family.String())
		if err := rt.family.check(r); err != nil {
			return answer{}, err
		}
	}
	body, err := readBody(w, r, who.hash)
	if err == nil {
		err = checkType(r, body)
	}
	if err == nil {
		err = s.cfg.Limits.asked(r, rt, who, body)
	}
	if err != nil {
		return answer{}, err
	}
	run := func(ctx context.Context) answer {
		a, err := rt.do(ctx, &request{r.Header, r.URL.EscapedPath(), r.URL.Query(), params, body})
		if err != nil {
			return s.fail(err, w, rt.name)
		}
		return a
	}
	if rt.once == many {
		return run(r.Context()), nil
	}
	return s.repeatable(w, r, rt, who, body, run)
}

// repeatable runs the request once, whatever number of times it comes.
func (s *Server) repeatable(w http.ResponseWriter, r *http.Request, rt route, who caller, body []byte, run func(context.Context) answer) (answer, error) {
	rep, ok, err := repetitionOf(r, who.name, body)
	if err == nil && !ok {
		return run(r.Context()), nil
	}
	var a answer
	if err == nil {
		rep.begun = rt.once == noted
		if rt.fresh {
			rep.room = s.cfg.Limits.room
		}
		a, err = s.repeats.once(r.Context(), rep, run)
	}
	w.Header().Set(headerRepeatState, "accepted")
	if err != nil {
		w.Header().Set(headerRepeatState, "rejected")
	}
	return a, err
}

// fail makes an error the answer. What we do not know is our fault, and is
// logged.
func (s *Server) fail(err error, w http.ResponseWriter, operation string) answer {
	a, known := failed(err)
	if !known {
		s.cfg.Logger.Error("request failed", zap.String("operation", operation),
			zap.String("requestId", w.Header().Get(headerRequestID)), zap.Error(err))
	}
	return a
}

// refuse answers what did not come through handle.
func (s *Server) refuse(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if errors.Is(err, echo.ErrNotFound) {
		err = errNoRoute // of a target without a path: "*", a host alone
	}
	_ = s.fail(err, c.Response(), "").send(c.Response()) // nobody is left to be told
}

func (s *Server) panicked(_ echo.Context, err error, stack []byte) error {
	s.cfg.Logger.Error("request panicked", zap.Error(err), zap.ByteString("stack", stack))
	return err
}

// released lets the first events of a connection follow its response.
func (s *Server) released(connection string) func() {
	return func() { s.cfg.Released(connection) }
}

// waits polls until a condition holds, or limit has passed.
func waits(ctx context.Context, limit time.Duration, until func() bool) bool {
	end := time.NewTimer(limit)
	defer end.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !until() {
		select {
		case <-again.C:
		case <-end.C:
			return until()
		case <-ctx.Done():
			return false
		}
	}
	return true
}
