package browser

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/botd-dev/botd/media/quality"
)

// samples are histograms of what all legs had in five seconds each. No leg has
// one of its own.
type samples struct {
	in, out   travels
	roundTrip prometheus.Histogram
	concealed prometheus.Histogram
}

// travels are the histograms of one direction.
type travels struct{ mos, lost, jitter, delay prometheus.Observer }

func newSamples() (samples, []prometheus.Collector) {
	const of = " of each leg in five seconds, by direction: in is from the browser."
	mos := directed("mos", "Mean opinion by the E-model"+of, []float64{1.5, 2, 2.5, 3, 3.25, 3.5, 3.75, 4, 4.2, 4.4})
	lost := directed("lost_ratio", "Part of the packets lost or late"+of, parts())
	jitter := directed("jitter_seconds", "Jitter (RFC 3550)"+of, prometheus.ExponentialBuckets(0.001, 2, 10))
	delay := directed("delay_seconds", "Delay from mouth to ear"+of, prometheus.ExponentialBuckets(0.025, 1.5, 12))
	s := samples{
		roundTrip: prometheus.NewHistogram(histogram("round_trip_seconds",
			"Round trip to browsers, by their reports.", prometheus.ExponentialBuckets(0.001, 2, 12))),
		concealed: prometheus.NewHistogram(histogram("concealed_ratio",
			"Part of the sound of each leg that was made up for what was missing, in five seconds.", parts())),
	}
	for name, t := range map[string]*travels{"in": &s.in, "out": &s.out} {
		*t = travels{mos.WithLabelValues(name), lost.WithLabelValues(name), jitter.WithLabelValues(name), delay.WithLabelValues(name)}
	}
	return s, []prometheus.Collector{mos, lost, jitter, delay, s.roundTrip, s.concealed}
}

func histogram(name, help string, buckets []float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{Namespace: "botd", Subsystem: "browser", Name: name, Help: help, Buckets: buckets}
}

func directed(name, help string, buckets []float64) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(histogram(name, help, buckets), []string{"direction"})
}

// parts are the buckets of what may be none or all.
func parts() []float64 { return []float64{0, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5} }

// observe enters one reading, as far as there was something to judge.
func (s *samples) observe(r reading) {
	s.in.observe(r.in)
	s.out.observe(r.out)
	if r.in.Judged() {
		s.concealed.Observe(r.in.ConcealedPercent / 100)
	}
	if r.out.RoundTrip > 0 {
		s.roundTrip.Observe(r.out.RoundTrip.Seconds())
	}
}

func (t *travels) observe(s quality.Sample) {
	if !s.Judged() {
		return
	}
	t.mos.Observe(s.MOS)
	t.lost.Observe(s.LostPercent / 100)
	t.jitter.Observe(s.Jitter.Seconds())
	t.delay.Observe(s.Delay.Seconds())
}
