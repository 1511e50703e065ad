package call

import "context"

type traceKey struct{}

// WithTrace marks everything asked with ctx as caused by the given W3C
// traceparent: the events that follow carry it.
func WithTrace(ctx context.Context, traceparent string) context.Context {
	return context.WithValue(ctx, traceKey{}, traceparent)
}

func traceOf(ctx context.Context) string {
	t, _ := ctx.Value(traceKey{}).(string)
	return t
}
