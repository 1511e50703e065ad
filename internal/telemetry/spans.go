package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/zap"
	"golang.org/x/time/rate"
)

// discreet stands before the exporter and takes out of spans what nobody who
// reads traces should see, as redacting does for logs. What the collector does
// not take is logged, now and then: otherwise the library would write it to
// standard error by itself.
type discreet struct {
	next     sdktrace.SpanExporter
	log      *zap.Logger
	complain rate.Sometimes
}

func newDiscreet(next sdktrace.SpanExporter, log *zap.Logger) *discreet {
	return &discreet{next, log, rate.Sometimes{First: 3, Interval: time.Minute}}
}

// ExportSpans fits sdktrace.SpanExporter.
func (d *discreet) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	clean := make([]sdktrace.ReadOnlySpan, len(spans))
	for i, s := range spans {
		clean[i] = discreetSpan{s}
	}
	if err := d.next.ExportSpans(ctx, clean); err != nil {
		d.complain.Do(func() { d.log.Warn("the collector has not taken traces", zap.Int("spans", len(spans)), zap.Error(err)) })
	}
	return nil
}

// Shutdown fits sdktrace.SpanExporter.
func (d *discreet) Shutdown(ctx context.Context) error { return d.next.Shutdown(ctx) }

// discreetSpan is a span as anybody may read it.
type discreetSpan struct{ sdktrace.ReadOnlySpan }

// Name fits sdktrace.ReadOnlySpan.
func (s discreetSpan) Name() string { return redactText(s.ReadOnlySpan.Name()) }

// Attributes fits sdktrace.ReadOnlySpan.
func (s discreetSpan) Attributes() []attribute.KeyValue {
	return redactAttributes(s.ReadOnlySpan.Attributes())
}

// Events fits sdktrace.ReadOnlySpan.
func (s discreetSpan) Events() []sdktrace.Event {
	events := s.ReadOnlySpan.Events()
	clean := make([]sdktrace.Event, len(events))
	for i, e := range events {
		e.Name, e.Attributes = redactText(e.Name), redactAttributes(e.Attributes)
		clean[i] = e
	}
	return clean
}

// Status fits sdktrace.ReadOnlySpan.
func (s discreetSpan) Status() sdktrace.Status {
	status := s.ReadOnlySpan.Status()
	status.Description = redactText(status.Description)
	return status
}

func redactAttributes(all []attribute.KeyValue) []attribute.KeyValue {
	clean := make([]attribute.KeyValue, len(all))
	for i, a := range all {
		clean[i] = redactAttribute(a)
	}
	return clean
}

func redactAttribute(a attribute.KeyValue) attribute.KeyValue {
	switch {
	case isSecret(string(a.Key)):
		return a.Key.String(Hidden)
	case a.Value.Type() == attribute.STRING:
		return a.Key.String(redactText(a.Value.AsString()))
	case a.Value.Type() == attribute.STRINGSLICE:
		list := a.Value.AsStringSlice()
		for i := range list {
			list[i] = redactText(list[i])
		}
		return a.Key.StringSlice(list)
	case nested(a.Value.Type()):
		return a.Key.String(Hidden) // nobody can say what is in it
	}
	return a // numbers and flags have nothing to hide
}

func nested(t attribute.Type) bool {
	return t == attribute.BYTESLICE || t == attribute.SLICE || t == attribute.MAP
}
