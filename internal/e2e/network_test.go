package e2e

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/internal/netlab"
)

// limits are what the listeners of a scene must not miss.
type limits struct {
	followed float64       // the least STOI
	every    bool          // all of the tone is recognised, without a gap of more than 40 ms
	back     time.Duration // when speech must be back, after a second of it
}

const ms = time.Millisecond

// TestACallOverABadNetworkIsHeard has nine calls at once in one server, each over
// another network.
func TestACallOverABadNetworkIsHeard(t *testing.T) {
	two := func(w netlab.Weather) scene { return scene{up: w, down: w} }
	table := []struct {
		name string
		scene
		limits
	}{
		{"clean", two(netlab.Weather{}), limits{0.9, true, 0}},
		{"five-percent", two(netlab.Weather{Loss: 0.05}), limits{0.75, true, 0}},
		{"five-percent-in-bursts", two(netlab.Weather{Loss: 0.05, Burst: 2}), limits{0.7, true, 0}},
		{"twenty-percent", two(netlab.Weather{Loss: 0.2}), limits{0.6, false, 0}},
		{"jitter", two(netlab.Weather{Jitter: 100 * ms}), limits{0.7, true, 0}},
		{"reordered", two(netlab.Weather{Reorder: 0.05, Hold: 30 * ms}), limits{0.8, true, 0}},
		{"duplicated", two(netlab.Weather{Duplicate: 0.05}), limits{0.85, true, 0}},
		{"outage", two(netlab.Weather{Outages: []netlab.Span{{From: time.Second, To: 4 * time.Second}}}), limits{0, true, 3200 * ms}},
		{"rebound", scene{rebinds: true}, limits{0, true, 5 * time.Second}},
	}
	var scenes []*scene
	var options []botd.Option
	for i := range table {
		sc := &table[i].scene
		sc.name, sc.loss, sc.bot = table[i].name, int(100*sc.up.Loss), newActor("bot-"+table[i].name)
		scenes, options = append(scenes, sc), append(options, sc.bot.option())
	}
	s := serve(t, options...)
	playAll(t, s, scenes, script(t, 8*time.Second, 4*time.Second))
	for i := range table {
		row := &table[i]
		up, down := row.atBot(), row.at(t, row.traveller)
		t.Logf("%-24s %s\n%-24s %v at the bridge; %v up\n%-24s %v at the listener; %v down",
			row.name, netlab.Heading, "", &up, row.upwards, "", &down, row.downwards)
		row.holds(t, row.name+", at the bridge", row.script, &up)
		row.holds(t, row.name+", at the listener", row.script, &down)
	}
}

// playAll brings everybody together, plays all scenes at once and waits for them.
func playAll(t *testing.T, s server, scenes []*scene, script *netlab.Script) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	for _, sc := range scenes {
		sc.meet(t, s, script)
	}
	var playing sync.WaitGroup
	for _, sc := range scenes {
		playing.Go(func() {
			if err := sc.play(ctx); err != nil {
				t.Errorf("%s: %v", sc.name, err)
			}
		})
	}
	playing.Wait()
}

// holds compares.
func (l *limits) holds(t *testing.T, where string, s *netlab.Script, r *netlab.Report) {
	t.Helper()
	if l.every && (r.Of == 0 || r.Recognised < r.Of || r.LongestGap() > 40*ms) {
		t.Errorf("%s: %d of %d seconds of the tone are recognised, with a gap of %v", where, r.Recognised, r.Of, r.LongestGap())
	}
	if r.Clicks > 0 {
		t.Errorf("%s: %d clicks", where, r.Clicks)
	}
	if r.Intelligibility < l.followed {
		t.Errorf("%s: speech is followed by %.3f, want %.3f", where, r.Intelligibility, l.followed)
	}
	if l.back == 0 {
		return
	}
	if back := netlab.Recovery(s, r.Aligned, time.Second); back > l.back {
		t.Errorf("%s: speech is back after %v, want %v", where, back, l.back)
	}
}
