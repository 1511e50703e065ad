// Package telemetry is how botd is watched: a logger that keeps secrets and
// people's words to itself, the metrics, and the traces. It is set up once, by
// the front door, and handed down.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
)

// Config says where it all goes.
type Config struct {
	// Dev makes logs readable for a person, and tells details; otherwise they
	// are JSON, one object a line.
	Dev bool
	// Output takes the logs; standard error if nil.
	Output io.Writer
	// OTLPEndpoint is the base URL of an OpenTelemetry collector that speaks
	// OTLP over HTTP, such as http://localhost:4318. Without one traces are not
	// exported, but their ids are still made and handed on.
	OTLPEndpoint string
	// HTTP is how the collector is reached; the library's own way if nil.
	HTTP *http.Client
	// Version is written into metrics and traces.
	Version string
}

// Telemetry is the logger, the metrics and the traces of one process.
type Telemetry struct {
	Log        *zap.Logger
	Metrics    *prometheus.Registry
	Traces     trace.TracerProvider
	Propagator propagation.TextMapPropagator

	provider *sdktrace.TracerProvider
}

// Start sets everything up. It does not wait for the collector.
func Start(ctx context.Context, c Config) (*Telemetry, error) {
	if c.Output == nil {
		c.Output = os.Stderr
	}
	metrics, err := newRegistry(c.Version)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	log, err := newLogger(c, metrics)
	if err != nil {
		return nil, fmt.Errorf("logger: %w", err)
	}
	provider, err := newTraces(ctx, c, log.Named("telemetry"))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	return &Telemetry{
		Log:     log,
		Metrics: metrics,
		Traces:  provider,
		// W3C trace context, as events and requests carry it.
		Propagator: propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}),
		provider:   provider,
	}, nil
}

// Shutdown sends what has not been sent yet, until ctx ends.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	err := t.provider.Shutdown(ctx)
	// A terminal and a pipe cannot be synced; that is no loss.
	_ = t.Log.Sync()
	if err != nil {
		return fmt.Errorf("traces: %w", err)
	}
	return nil
}

// newRegistry has a registry of its own rather than the process's, so that two
// servers in one test do not meet.
func newRegistry(version string) (*prometheus.Registry, error) {
	r := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "botd_build_info",
		Help:        "1, labelled with the version.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	return r, errors.Join(
		r.Register(build),
		r.Register(collectors.NewGoCollector()),
		r.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})),
	)
}
