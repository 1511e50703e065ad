package browser

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtcp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/jitter"
	"github.com/botd-dev/botd/media/quality"
)

// report is a block of a client's report about our stream.
func report(highest, lost uint32) *rtcp.ReceptionReport {
	return &rtcp.ReceptionReport{SSRC: 7, LastSequenceNumber: highest, TotalLost: lost, Jitter: 480}
}

func TestWhatAClientReportsIsCountedFromItsFirstReport(t *testing.T) {
	for _, row := range []struct {
		name          string
		reports       []*rtcp.ReceptionReport
		skipped       uint32
		packets, lost uint64
	}{
		{"the first says where it begins", []*rtcp.ReceptionReport{report(1000, 0)}, 0, 0, 0},
		{"some are lost", []*rtcp.ReceptionReport{report(1000, 0), report(1250, 25)}, 0, 225, 25},
		{"the number wraps", []*rtcp.ReceptionReport{report(1<<32-50, 0), report(200, 10)}, 0, 240, 10},
		{"a report is overtaken", []*rtcp.ReceptionReport{report(1000, 0), report(1500, 5), report(1250, 5)}, 0, 495, 5},
		{"the client counts anew", []*rtcp.ReceptionReport{report(1000, 0), report(1250, 0), report(1<<24, 0), report(1<<24+50, 0)}, 0, 300, 0},
		{"some came twice", []*rtcp.ReceptionReport{report(1000, 0), report(1250, 1<<24-3)}, 0, 250, 0},
		{"some were lost before they came to us", []*rtcp.ReceptionReport{report(1000, 0), report(1250, 25)}, 20, 245, 5},
	} {
		t.Run(row.name, func(t *testing.T) {
			var r reported
			for _, b := range row.reports {
				r.reception(b, time.Now())
			}
			c := r.arrives().counters(row.skipped)
			if c.Packets != row.packets || c.Lost != row.lost || c.Jitter != 10*time.Millisecond {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestTheRoundTripIsThatOfTheSenderReportThatComesBack(t *testing.T) {
	var r reported
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	b := report(1000, 0)
	b.LastSenderReport = uint32(ntp(at) >> 16)
	b.Delay = 65536 / 4 // 250 ms
	r.reception(b, at.Add(330*time.Millisecond))
	if trip := r.arrives().counters(0).RoundTrip; (trip - 80*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("%v", trip)
	}
}

func FuzzProgress(f *testing.F) {
	f.Add(uint32(1000), uint32(1250), uint32(1<<31), uint32(3), uint32(0))
	f.Fuzz(func(t *testing.T, first, second, third, lost, skipped uint32) {
		var r reported
		at, before := time.Now(), uint64(0)
		for _, highest := range []uint32{first, second, third} {
			r.reception(report(highest, lost), at)
			c := r.arrives().counters(skipped)
			if expected := r.arrives().progress.expected; expected < before || expected > before+1<<16 || c.Packets > expected || c.Lost > 1<<23 {
				t.Errorf("%+v after %d", c, before)
			} else {
				before = expected
			}
		}
	})
}

func TestLatePacketsAreLostToWhoeverListens(t *testing.T) {
	c := received(jitter.Stats{Received: 260, Late: 8, Duplicated: 2, Lost: 12, Bursts: 4, ConcealedSamples: 20 * media.FrameSize, Delay: 30 * time.Millisecond})
	if c.Packets != 250 || c.Lost != 20 || c.Bursts != 4 || c.Concealed != 20*media.FrameSize || c.Played != 270*media.FrameSize || c.Buffer != 30*time.Millisecond {
		t.Errorf("%+v", c)
	}
}

// passed are counters after n packets, of which some were lost.
func passed(n, lost uint64) quality.Counters { return quality.Counters{Packets: n - lost, Lost: lost} }

func TestAUserIsToldWhenTheSoundBecomesWorseOrBetter(t *testing.T) {
	g := newGauge("opus", time.Now())
	if _, known := g.quality(); known {
		t.Error("nothing came, and yet it is known how it sounds")
	}
	sent, lost := uint64(0), uint64(0)
	for i, row := range []struct {
		lost    uint64 // of 250 that came from the client
		changed bool
		grade   call.Grade
	}{
		{0, false, call.GradeGood}, // good at first is no news
		{0, false, call.GradeGood},
		{100, true, call.GradeBad},
		{100, false, call.GradeBad},
		{0, false, call.GradeBad},
		{0, true, call.GradeGood},
	} {
		sent, lost = sent+250, lost+row.lost
		r := g.take(passed(sent, lost), passed(sent, 0))
		if r.changed != row.changed || r.quality.In.Grade != row.grade || r.quality.Out.Grade != call.GradeGood {
			t.Errorf("%d: %v, %+v", i, r.changed, r.quality.In)
		}
	}
	q, _ := g.quality()
	if q.Codec != "opus" || q.In.Packets != 1300 || q.In.Lost != 200 || q.In.LostPercent != 0 || q.In.MOS < 4 || q.In.WorstMOS > 2.2 {
		t.Errorf("%+v", q)
	}
}

func TestASilenceLeavesTheFiguresAsTheyWere(t *testing.T) {
	g := newGauge("opus", time.Now())
	g.take(passed(250, 50), passed(250, 25))
	before, _ := g.quality()
	r := g.take(passed(253, 50), passed(250, 25))
	before.In.Packets += 3
	if r.changed || r.quality != before {
		t.Errorf("%+v, before it %+v", r.quality, before)
	}
}

// listener is a client that keeps what it is told of its sound.
type listener struct {
	teller
	told []call.Quality
}

func (l *listener) rated(q call.Quality) { l.told = append(l.told, q) }

// measured is a leg without a network.
func measured(t testing.TB) (*leg, *listener) {
	t.Helper()
	e := newTestEar(t)
	to := &listener{}
	e.leg.peer, e.leg.client, e.leg.gauge = &peer{}, to, newGauge("opus", time.Now())
	return e.leg, to
}

func TestEachLegIsLookedAtOnceInFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counted, _ := newSamples()
		m := newMeter(counted)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var legs []*leg
		var remove []func()
		for range 3 * turns / 2 {
			l, _ := measured(t)
			legs, remove = append(legs, l), append(remove, m.add(l))
		}
		go m.run(ctx)
		for round := range uint32(4) {
			for _, l := range legs {
				l.peer.told.reception(report(1000+250*round, 0), time.Now())
			}
			time.Sleep(quality.Every)
			synctest.Wait()
			for i, l := range legs {
				if q, _ := l.Quality(); q.Out.Packets != uint64(250*round) {
					t.Errorf("round %d, leg %d: %d packets", round, i, q.Out.Packets)
				}
			}
		}
		remove[0]()
		if n := len(m.those(nil, 0)); n != 1 {
			t.Errorf("%d legs where one of two has gone", n)
		}
	})
}

func TestALegTellsItsClientThatItHearsBadly(t *testing.T) {
	l, to := measured(t)
	l.peer.told.reception(report(1000, 0), time.Now())
	l.measure()
	l.peer.told.reception(report(1250, 100), time.Now())
	l.measure()
	if len(to.told) != 1 || to.told[0].Out.Grade != call.GradeBad || to.told[0].Out.LostPercent != 40 {
		t.Errorf("%+v", to.told)
	}
}

func TestMeasuringAllocatesNothing(t *testing.T) {
	l, _ := measured(t)
	counted, _ := newSamples()
	b := report(1000, 0)
	if n := testing.AllocsPerRun(100, func() {
		b.LastSequenceNumber += 250
		l.peer.told.reception(b, time.Time{})
		counted.observe(l.measure())
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestTheMetricsCountLegsByGradeAndNameNoLeg(t *testing.T) {
	counted, list := newSamples()
	m := newMeter(counted)
	for _, lost := range []uint32{0, 0, 100} {
		l, _ := measured(t)
		m.add(l)
		l.peer.told.reception(report(1000, 0), time.Now())
		l.measure()
		l.peer.told.reception(report(1250, lost), time.Now())
		counted.observe(l.measure())
	}
	r := prometheus.NewPedanticRegistry()
	for _, c := range append(list, m) {
		fatal(t, r.Register(c))
	}
	families, err := r.Gather()
	fatal(t, err)
	found := map[string]float64{}
	for _, f := range families {
		if n := len(f.GetMetric()); n > 8 {
			t.Errorf("%s has %d rows", f.GetName(), n)
		}
		for _, row := range f.GetMetric() {
			name := f.GetName()
			for _, label := range row.GetLabel() {
				name += " " + label.GetValue()
			}
			found[name] = row.GetGauge().GetValue() + float64(row.GetHistogram().GetSampleCount())
		}
	}
	for name, want := range map[string]float64{
		"botd_browser_legs_by_grade out good": 2, "botd_browser_legs_by_grade out bad": 1, "botd_browser_legs_by_grade in unknown": 3,
		"botd_browser_mos out": 3, "botd_browser_mos in": 0, "botd_browser_lost_ratio out": 3,
	} {
		if found[name] != want {
			t.Errorf("%s is %v, want %v", name, found[name], want)
		}
	}
}

// someLeg is one of those that the server looks at.
func (w *world) someLeg() *leg {
	for turn := range turns {
		if l := w.meter.those(nil, turn); len(l) > 0 {
			return l[0]
		}
	}
	return nil
}

// report tells the server how the packets of one of its streams arrive.
func (c *client) report(ssrc, highest uint32) {
	c.t.Helper()
	b := report(highest, 0)
	b.SSRC, b.LastSenderReport = ssrc, uint32(ntp(time.Now().Add(-20*time.Millisecond))>>16)
	fatal(c.t, c.pc.WriteRTCP([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{*b}}}))
}

func TestACallOverANetworkIsMeasuredBothWays(t *testing.T) {
	w := newWorld(t)
	c := w.signIn(t, ann)
	c.join("g", line{})
	c.speak(440)
	c.hears(440)
	late := time.After(15 * time.Second)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for highest := uint32(1000); ; highest += 50 {
		c.report(w.someLeg().port.track.bound.Load().ssrc, highest)
		q, known := w.registry.Calls()[0].Members[0].Quality()
		if known && q.In.MOS > 0 && q.Out.MOS > 0 && q.Out.RoundTripMs > 0 {
			if q.Codec != "opus" || q.In.Grade != call.GradeGood || q.Out.Grade != call.GradeGood || q.In.DelayMs < 26.5 || q.Since.IsZero() {
				t.Errorf("%+v", q)
			}
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%+v", q)
		}
	}
}

func TestAPageThatComesBackIsToldWhoSpeaksAndHowItSounds(t *testing.T) {
	w := newWorld(t)
	c := w.dial(t)
	c.say(map[string]any{"type": "hello", "token": ann})
	secret := c.expect("welcome").Resume
	c.join("g", line{})
	c.speak(440)
	c.expect("speakers")
	q := call.Quality{Codec: "opus"}
	q.In.Grade, q.Out.Grade, q.In.MOS = call.GradePoor, call.GradeGood, 3.1
	w.someLeg().client.rated(q)
	for _, page := range []*client{c, w.dial(t)} {
		if page != c {
			_ = c.conn.CloseNow()
			page.say(map[string]any{"type": "hello", "token": ann, "resume": secret})
			page.expect("speakers")
		}
		if m := page.expect("quality"); m.Call != "c1" || m.Send != q.In || m.Receive != q.Out {
			t.Errorf("%+v", m)
		}
	}
}

// BenchmarkMeasure prints what one look at a leg costs.
func BenchmarkMeasure(b *testing.B) {
	l, _ := measured(b)
	counted, _ := newSamples()
	b.ReportAllocs()
	for highest := uint32(1000); b.Loop(); highest += 250 {
		l.peer.told.outgoing.progress.take(&rtcp.ReceptionReport{LastSequenceNumber: highest})
		counted.observe(l.measure())
	}
}
