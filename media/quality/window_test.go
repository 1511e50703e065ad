package quality_test

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/media/quality"
)

// clean are the counters after n packets of which none was lost.
func clean(n uint64) quality.Counters {
	return quality.Counters{Packets: n, Played: n * 960, Buffer: 30 * time.Millisecond, RoundTrip: 40 * time.Millisecond}
}

func TestASampleIsOfWhatHappenedSinceTheLast(t *testing.T) {
	w := quality.NewWindow("opus")
	w.Next(clean(1000))
	c := clean(1200)
	c.Lost, c.Bursts, c.Concealed, c.Jitter = 50, 20, 24000, 7*time.Millisecond
	s := w.Next(c)
	if s.Packets != 200 || s.Lost != 50 || s.LostPercent != 20 || s.Jitter != 7*time.Millisecond {
		t.Errorf("%+v", s)
	}
	near(t, "burst ratio", s.BurstRatio, 2, 0.001) // 2.5 in a row, by chance 1.25
	near(t, "concealed", s.ConcealedPercent, 12.5, 0.001)
	if want := 76500 * time.Microsecond; s.Delay != want {
		t.Errorf("delay %v, want %v", s.Delay, want)
	}
	if s = w.Next(clean(1450)); s.LostPercent != 0 || s.BurstRatio != 1 || s.Packets != 250 {
		t.Errorf("afterwards %+v", s)
	}
}

func TestACleanCallIsGoodAndALossyOneIsNot(t *testing.T) {
	for _, row := range []struct {
		lost     uint64 // of 250
		from, to float64
	}{{0, 4.4, 4.5}, {12, 3.8, 4.0}, {25, 3.2, 3.5}, {50, 2.5, 3.0}, {250, 1, 1.5}} {
		w := quality.NewWindow("opus")
		c := clean(250 - row.lost)
		c.Lost = row.lost
		if s := w.Next(c); s.MOS < row.from || s.MOS > row.to {
			t.Errorf("%d lost: MOS %.2f, want %.1f to %.1f", row.lost, s.MOS, row.from, row.to)
		}
	}
}

func TestASilenceHasNoOpinion(t *testing.T) {
	w := quality.NewWindow("opus")
	w.Next(clean(250))
	if s := w.Next(clean(260)); s.Judged() || s.MOS != 0 {
		t.Errorf("%+v", s)
	}
}

func TestWhatCameLateAfterAllIsNoLoss(t *testing.T) {
	w := quality.NewWindow("opus")
	c := clean(250)
	c.Lost = 10
	w.Next(c)
	c = clean(500)
	c.Lost = 5
	if s := w.Next(c); s.Lost != 0 || s.LostPercent != 0 {
		t.Errorf("%+v", s)
	}
}

func TestCountersThatBeginAnewAreTakenAsTheyAre(t *testing.T) {
	w := quality.NewWindow("pcmu")
	w.Next(clean(5000))
	c := clean(90)
	c.Lost = 10
	if s := w.Next(c); s.Packets != 90 || s.LostPercent != 10 {
		t.Errorf("%+v", s)
	}
}

func TestASampleAllocatesNothing(t *testing.T) {
	w, g, c := quality.NewWindow("opus"), quality.Grader{}, clean(0)
	if n := testing.AllocsPerRun(100, func() {
		c.Packets += 240
		c.Lost += 10
		g.Take(w.Next(c))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAGradeFallsAtOnceAndRisesWhenItLasts(t *testing.T) {
	var g quality.Grader
	for i, row := range []struct {
		percent float64
		changes bool
		grade   quality.Grade
	}{
		{93, true, quality.Good},
		{0, false, quality.Good}, // nothing to judge
		{90, false, quality.Good},
		{60, true, quality.Poor},
		{71, false, quality.Poor},
		{60, false, quality.Poor},
		{71, false, quality.Poor},
		{72, true, quality.Good},
		{20, true, quality.Bad},
		{55, false, quality.Bad},
		{95, true, quality.Good},
	} {
		s := quality.Sample{Percent: row.percent}
		if row.percent > 0 {
			s.MOS = quality.Narrow.MOS(row.percent)
		}
		if changed := g.Take(s); changed != row.changes || g.Grade() != row.grade {
			t.Errorf("%d: %v, %v", i, changed, g.Grade())
		}
	}
	if quality.Unknown.String() != "unknown" || quality.Bad.String() != "bad" {
		t.Error("misspelled")
	}
}

func FuzzWindow(f *testing.F) {
	f.Add(uint64(250), uint64(10), uint64(5), uint64(1000), uint64(10), int64(1e7), int64(5e7))
	f.Fuzz(func(t *testing.T, packets, lost, bursts, played, concealed uint64, buffer, trip int64) {
		w := quality.NewWindow("opus")
		w.Next(quality.Counters{Packets: packets / 2, Lost: concealed, Bursts: played})
		s := w.Next(quality.Counters{
			Packets: packets, Lost: lost, Bursts: bursts, Played: played, Concealed: concealed,
			Buffer: time.Duration(buffer), RoundTrip: time.Duration(trip),
		})
		for _, v := range []float64{s.LostPercent, s.ConcealedPercent, s.Percent} {
			if !(v >= 0 && v <= 100) {
				t.Errorf("%+v", s)
			}
		}
		if s.Judged() && !(s.MOS >= 1 && s.MOS <= 4.5) || !(s.BurstRatio >= 1) {
			t.Errorf("%+v", s)
		}
	})
}
