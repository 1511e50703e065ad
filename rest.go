package botd

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation/rest"
)

// startREST opens what applications ask over HTTP.
func (s *Server) startREST(context.Context) error {
	keys, err := decoded(s.keys)
	if err != nil {
		return err
	}
	bearer, err := s.bearer()
	if err != nil {
		return err
	}
	limits := rest.NewLimits(rest.LimitsConfig{
		Address: s.cfg.LimitsAddress, Requests: s.cfg.LimitsRequests, Identity: s.cfg.LimitsIdentity,
		Exempt: s.cfg.exempt, Room: s.calls.Room,
	})
	registerRefused(s.telemetry.Metrics, "requests", limits.Refused)
	api, err := rest.New(rest.Config{
		Automation: s.service, Log: s.journal, Results: s.journal, Issuer: s.issuer, Users: s.users, Rooms: s.meetings,
		Subscriptions: s.webhooks, Letters: s.webhooks, Keys: keys, Bearer: bearer, Limits: limits, PublicURL: s.publicURL(),
		Released: s.webhooks.Release, Observe: observe(s.telemetry.Metrics), Logger: s.log.Named("rest"),
	})
	if err != nil {
		return err
	}
	s.api = api
	// Every request is a span: the trace of its caller, or one of its own, goes
	// on through the log to the webhooks.
	s.rest = otelhttp.NewHandler(api.Handler(), "rest",
		otelhttp.WithTracerProvider(s.telemetry.Traces), otelhttp.WithPropagators(s.telemetry.Propagator))
	return nil
}

// bearer accepts the tokens of the configured issuer, if there is one. A whole
// company may have those, so it is said when nothing more is asked of them.
func (s *Server) bearer() (*rest.Bearer, error) {
	if s.cfg.OIDCIssuer == "" {
		return nil, nil //nolint:nilnil // no issuer, no bearer tokens: that is the default
	}
	if len(s.cfg.OIDCRoles) == 0 {
		s.log.Warn("every principal of the issuer may do everything: oidc-roles is empty", zap.String("audience", s.cfg.OIDCAudience))
	}
	return rest.NewBearer(rest.BearerConfig{
		Issuer: s.cfg.OIDCIssuer, Audience: s.cfg.OIDCAudience, Roles: s.cfg.OIDCRoles, HTTP: s.outgoing,
	})
}

func decoded(keys []string) ([][]byte, error) {
	raw := make([][]byte, len(keys))
	for i, key := range keys {
		var err error
		if raw[i], err = base64.StdEncoding.DecodeString(key); err != nil {
			return nil, fmt.Errorf("access key %d is not base64: %w", i+1, err)
		}
	}
	return raw, nil
}

// observe counts the requests by operation and status.
func observe(r prometheus.Registerer) func(operation string, status int, took time.Duration) {
	requests := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "botd_rest_request_seconds", Help: "REST requests by operation and status class.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
	}, []string{"operation", "status"})
	r.MustRegister(requests)
	return func(operation string, status int, took time.Duration) {
		class := fmt.Sprintf("%dxx", status/100)
		requests.WithLabelValues(operation, class).Observe(took.Seconds())
	}
}
