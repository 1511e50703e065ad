package botd

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/botd-dev/botd/media/stream"
)

// streams opens the sockets of media streaming and transcription, and shows what
// becomes of them.
func (s *Server) streams() *stream.Dialer {
	stats := new(stream.Stats)
	registerStreams(s.telemetry.Metrics, stats)
	return &stream.Dialer{HTTP: s.outgoing, Token: s.issuer.SocketToken, Stats: stats, Now: time.Now}
}

func registerStreams(r prometheus.Registerer, stats *stream.Stats) {
	for _, m := range []struct {
		name, help string
		value      func() int64
	}{
		{"botd_stream_dropped_messages_total", "Messages not sent because the application's socket was too slow.", stats.Dropped.Load},
		{"botd_stream_misunderstood_messages_total", "Messages of applications that were ignored.", stats.Misunderstood.Load},
		{"botd_stream_overflowed_frames_total", "Sound of applications dropped because too much waited, in frames of 20 ms.", stats.Overflowed.Load},
		{"botd_stream_connected_total", "Sockets that were opened to applications.", stats.Connected.Load},
		{"botd_stream_lost_total", "Sockets to applications that broke.", stats.Lost.Load},
	} {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: m.name, Help: m.help}, func() float64 {
			return float64(m.value())
		}))
	}
}
