package botd

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/botd-dev/botd/bot/gateway"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
	"github.com/botd-dev/botd/media/mix"
)

// journalMetrics counts what the log does.
func journalMetrics(r prometheus.Registerer) journal.Metrics {
	records := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "botd_log_records_total", Help: "Records made durable.",
	})
	failures := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "botd_log_write_failures_total", Help: "Tries to write to the log that failed; they are repeated.",
	})
	commit := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "botd_log_commit_seconds", Help: "From handing records to the log until they are durable.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
	})
	size := prometheus.NewGauge(prometheus.GaugeOpts{Name: "botd_log_bytes", Help: "Size of the log."})
	free := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "botd_data_disk_free_ratio", Help: "Free part of the disk that the log is on, 0 to 1.",
	})
	r.MustRegister(records, failures, commit, size, free)
	return journal.Metrics{
		Committed: func(n int, took time.Duration) {
			records.Add(float64(n))
			commit.Observe(took.Seconds())
		},
		Failed: func(error) { failures.Inc() },
		Size: func(bytes uint64, part float64) {
			size.Set(float64(bytes))
			free.Set(part)
		},
	}
}

// registerCounts shows how much is going on.
func registerCounts(r prometheus.Registerer, calls *call.Registry) {
	gauge := func(name, help string, value func(call.Counts) int) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			return float64(value(calls.Counts()))
		}))
	}
	gauge("botd_calls", "Calls going on.", func(c call.Counts) int { return c.Calls })
	gauge("botd_connections", "Connections of applications.", func(c call.Counts) int { return c.Connections })
	gauge("botd_invitations", "Invitations that ring.", func(c call.Counts) int { return c.Invitations })
}

// registerRefused counts what was refused because of a limit.
func registerRefused(r prometheus.Registerer, limit string, count func() uint64) {
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "botd_refused_total", Help: "What was refused because of a limit (limits-*).",
		ConstLabels: prometheus.Labels{"limit": limit},
	}, func() float64 { return float64(count()) }))
}

// registerPasscodes counts the passcodes of meetings that were looked at.
func registerPasscodes(r prometheus.Registerer, count func() uint64) {
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "botd_passcodes_compared_total", Help: "Passcodes of meetings that were looked at, right or wrong.",
	}, func() float64 { return float64(count()) }))
}

// registerGateway shows how many processes bring bots, and what was refused them.
func registerGateway(r prometheus.Registerer, g *gateway.Gateway) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "botd_bot_processes", Help: "Processes with bots that are connected, or expected back.",
	}, func() float64 { return float64(g.Stats().Processes) }))
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "botd_bot_dropped_frames_total", Help: "Sound to and from processes with bots that was dropped, in frames.",
	}, func() float64 { return float64(g.Stats().Dropped) }))
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "botd_bot_refused_sockets_total", Help: "Sockets of processes with bots that were refused, or cut for what they said.",
	}, func() float64 { return float64(g.Stats().Refused) }))
}

// registerMix shows how the clock of all bridges keeps its time, and what it
// had to leave out.
func registerMix(r prometheus.Registerer, clock *mix.Clock) {
	for _, m := range []struct {
		name, help string
		value      func(mix.Stats) int64
	}{
		{"botd_mix_ticks_total", "Ticks of bridges: 20 ms of one call each.", func(s mix.Stats) int64 { return s.Ticks }},
		{"botd_mix_late_ticks_total", "Ticks begun more than 5 ms late.", func(s mix.Stats) int64 { return s.Late }},
		{"botd_mix_skipped_ticks_total", "Ticks left out because they were too late.", func(s mix.Stats) int64 { return s.Skipped }},
		{"botd_mix_relayed_frames_total", "Packets passed on as they came, once for all who heard the same.", func(s mix.Stats) int64 { return s.Relayed }},
		{"botd_mix_tapped_frames_total", "Frames and packets given to taps.", func(s mix.Stats) int64 { return s.Tapped }},
		{"botd_mix_decoded_frames_total", "Frames read from participants.", func(s mix.Stats) int64 { return s.Decoded }},
		{"botd_mix_encoded_payloads_total", "Payloads made for listeners.", func(s mix.Stats) int64 { return s.Encoded }},
		{"botd_mix_starved_ticks_total", "Ticks in which a prompt had nothing ready.", func(s mix.Stats) int64 { return s.Starved }},
		{"botd_mix_broken_ports_total", "Participants whose sound broke and was taken out.", func(s mix.Stats) int64 { return s.Panicked }},
	} {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: m.name, Help: m.help}, func() float64 {
			return float64(m.value(clock.Stats()))
		}))
	}
}
