package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func newLogger(c Config, metrics *prometheus.Registry) (*zap.Logger, error) {
	lines := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "botd_log_lines_total",
		Help: "Lines logged, by level.",
	}, []string{"level"})
	if err := metrics.Register(lines); err != nil {
		return nil, err
	}
	level := zapcore.InfoLevel
	if c.Dev {
		level = zapcore.DebugLevel
	}
	core := zapcore.NewCore(newEncoder(c.Dev), zapcore.Lock(zapcore.AddSync(c.Output)), level)
	count := func(e zapcore.Entry) error {
		lines.WithLabelValues(e.Level.String()).Inc()
		return nil
	}
	return zap.New(&redacting{next: core}, zap.Hooks(count), zap.AddStacktrace(zapcore.DPanicLevel)), nil
}

func newEncoder(dev bool) zapcore.Encoder {
	if dev {
		c := zap.NewDevelopmentEncoderConfig()
		c.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05.000")
		return zapcore.NewConsoleEncoder(c)
	}
	c := zap.NewProductionEncoderConfig()
	c.TimeKey = "time"
	c.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	return zapcore.NewJSONEncoder(c)
}

// redacting stands before the core that writes and takes out what nobody who
// reads logs should see. What it takes out is in redact.go.
type redacting struct {
	next zapcore.Core
}

// Enabled fits zapcore.Core.
func (c *redacting) Enabled(l zapcore.Level) bool { return c.next.Enabled(l) }

// With fits zapcore.Core.
func (c *redacting) With(fields []zapcore.Field) zapcore.Core {
	return &redacting{next: c.next.With(redactFields(fields))}
}

// Check fits zapcore.Core.
func (c *redacting) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return checked.AddCore(e, c)
	}
	return checked
}

// Write fits zapcore.Core.
func (c *redacting) Write(e zapcore.Entry, fields []zapcore.Field) error {
	e.Message = redactText(e.Message)
	return c.next.Write(e, redactFields(fields))
}

// Sync fits zapcore.Core.
func (c *redacting) Sync() error { return c.next.Sync() }
