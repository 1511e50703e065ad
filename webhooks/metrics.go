package webhooks

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// counts are what a person on duty looks at.
type counts struct {
	attempts *prometheus.CounterVec
	took     prometheus.Histogram
	letters  *prometheus.CounterVec
	owed     prometheus.Gauge
}

func newCounts(r prometheus.Registerer) *counts {
	c := &counts{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "botd_webhook_attempts_total", Help: "Attempts to tell an event, by how they ended.",
		}, []string{"outcome"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "botd_webhook_attempt_seconds", Help: "How long attempts took.",
			Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 5, 15},
		}),
		letters: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "botd_webhook_letters_total", Help: "Events that were given up, or never confirmed.",
		}, []string{"state"}),
		owed: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "botd_webhook_queues", Help: "Destinations that are owed something.",
		}),
	}
	if r != nil {
		r.MustRegister(c.attempts, c.took, c.letters, c.owed)
	}
	return c
}

func (c *counts) attempt(r result, took time.Duration) {
	c.took.Observe(took.Seconds())
	c.attempts.WithLabelValues(r.outcome()).Inc()
}

// outcome names how an attempt ended.
func (r result) outcome() string {
	switch r.verdict {
	case told:
		return "told"
	case gone:
		return "gone"
	case unconfirmed:
		return "unconfirmed"
	case aborted:
		return "aborted"
	case lost:
		return "lost"
	case refused:
		if r.failure.status > 0 {
			return strconv.Itoa(r.failure.status/100) + "xx"
		}
	}
	return "failed"
}
