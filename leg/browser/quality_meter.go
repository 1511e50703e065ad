package browser

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/quality"
)

// turns is into how many parts the legs are divided, so that not all are looked
// at in the same moment.
const turns = 20

// meter looks at every leg once in quality.Every. It has one ticker for all of
// them.
type meter struct {
	seen   samples
	grades *prometheus.Desc

	mu   sync.Mutex
	legs [turns]map[*leg]struct{}
	next int
}

func newMeter(seen samples) *meter {
	return &meter{seen: seen, grades: prometheus.NewDesc("botd_browser_legs_by_grade",
		"Legs of browsers by the grade of their sound in a direction, by the E-model.", []string{"direction", "grade"}, nil)}
}

// add puts a leg among those that are looked at, until remove is called.
func (m *meter) add(l *leg) (remove func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	turn := m.next
	m.next = (m.next + 1) % turns
	if m.legs[turn] == nil {
		m.legs[turn] = map[*leg]struct{}{}
	}
	m.legs[turn][l] = struct{}{}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.legs[turn], l)
	}
}

// run looks at a part of the legs at every tick, until ctx ends.
func (m *meter) run(ctx context.Context) {
	tick := time.NewTicker(quality.Every / turns)
	defer tick.Stop()
	var legs []*leg
	for turn := 0; ; turn = (turn + 1) % turns {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		legs = m.those(legs, turn)
		for _, l := range legs {
			m.seen.observe(l.measure())
		}
		clear(legs) // those that end are let go of
	}
}

// those are the legs whose turn it is, in list, which is used again.
func (m *meter) those(list []*leg, turn int) []*leg {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.AppendSeq(list[:0], maps.Keys(m.legs[turn]))
}

// Describe fits prometheus.Collector.
func (m *meter) Describe(to chan<- *prometheus.Desc) { to <- m.grades }

// Collect fits prometheus.Collector. How many legs have which grade is counted
// when it is asked for.
func (m *meter) Collect(to chan<- prometheus.Metric) {
	in, out := map[call.Grade]int{}, map[call.Grade]int{}
	for turn := range turns {
		for _, l := range m.those(nil, turn) {
			q, _ := l.Quality()
			in[q.In.Grade]++
			out[q.Out.Grade]++
		}
	}
	for _, g := range []call.Grade{call.GradeUnknown, call.GradeGood, call.GradePoor, call.GradeBad} {
		to <- prometheus.MustNewConstMetric(m.grades, prometheus.GaugeValue, float64(in[g]), "in", string(g))
		to <- prometheus.MustNewConstMetric(m.grades, prometheus.GaugeValue, float64(out[g]), "out", string(g))
	}
}
