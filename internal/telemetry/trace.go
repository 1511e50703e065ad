package telemetry

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/zap"
)

// tracesPath is where a collector takes traces (OTLP 1.x, "OTLP/HTTP request").
const tracesPath = "/v1/traces"

func newTraces(ctx context.Context, c Config, log *zap.Logger) (*sdktrace.TracerProvider, error) {
	about := resource.NewSchemaless(
		attribute.String("service.name", "botd"),
		attribute.String("service.version", c.Version),
	)
	if c.OTLPEndpoint == "" {
		// Nobody listens: make ids to hand on, and measure nothing.
		return sdktrace.NewTracerProvider(sdktrace.WithResource(about), sdktrace.WithSampler(sdktrace.NeverSample())), nil
	}
	options := []otlptracehttp.Option{otlptracehttp.WithEndpointURL(strings.TrimSuffix(c.OTLPEndpoint, "/") + tracesPath)}
	if c.HTTP != nil {
		options = append(options, otlptracehttp.WithHTTPClient(c.HTTP))
	}
	exporter, err := otlptracehttp.New(ctx, options...)
	if err != nil {
		return nil, err
	}
	return sdktrace.NewTracerProvider(sdktrace.WithResource(about), sdktrace.WithBatcher(newDiscreet(exporter, log))), nil
}
