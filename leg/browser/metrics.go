package browser

import "github.com/prometheus/client_golang/prometheus"

// metrics are what a person on duty looks for.
type metrics struct {
	sockets    prometheus.Gauge
	legs       prometheus.Gauge
	refused    *prometheus.CounterVec
	barred     *prometheus.CounterVec
	candidates prometheus.Counter
	sound      prometheus.Counter
	samples    samples
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "botd", Subsystem: "browser", Name: name, Help: help})
	}
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Namespace: "botd", Subsystem: "browser", Name: name, Help: help}
	}
	m := &metrics{
		sockets: gauge("sockets", "Signalling sockets that are open."),
		legs:    gauge("legs", "Legs of browsers, from the offer to the end."),
		refused: prometheus.NewCounterVec(counter("refused_total",
			"Sockets refused, by what was wrong."), []string{"at"}),
		barred: prometheus.NewCounterVec(counter("requests_refused_total",
			"Requests of clients that may not do what they asked for, by the code that they were told."), []string{"code"}),
		candidates: prometheus.NewCounter(counter("candidates_dropped_total",
			"ICE candidates beyond what one peer may send.")),
		sound: prometheus.NewCounter(counter("sound_dropped_total",
			"Packets dropped because the network took them too slowly.")),
	}
	var histograms []prometheus.Collector
	m.samples, histograms = newSamples()
	if r == nil {
		return m, nil
	}
	for _, c := range append(histograms, m.sockets, m.legs, m.refused, m.barred, m.candidates, m.sound) {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}
