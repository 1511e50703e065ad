package quality_test

import (
	"math"
	"testing"
	"time"

	"github.com/botd-dev/botd/media/quality"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within || math.IsNaN(got) {
		t.Errorf("%s: %.3f, want %.3f", what, got, want)
	}
}

func TestTheDefaultConnectionIsRatedAsTheRecommendationSays(t *testing.T) {
	near(t, "R with the values of G.107, Table 2", quality.DefaultPath().Rating(), 93.2, 0.05)
	near(t, "its opinion", quality.Narrow.MOS(93.2), 4.41, 0.005)
}

func TestOpinionsAreThoseOfTheRecommendation(t *testing.T) {
	for _, row := range []struct{ rating, mos float64 }{ // G.107, Annex B
		{0, 1}, {50, 2.58}, {60, 3.10}, {70, 3.60}, {80, 4.03}, {90, 4.34}, {100, 4.5}, {120, 4.5}, {-5, 1},
	} {
		near(t, "narrow", quality.Narrow.MOS(row.rating), row.mos, 0.007)
		near(t, "wide", quality.Wide.MOS(1.29*row.rating), row.mos, 0.007)
		near(t, "full", quality.Full.MOS(1.48*row.rating), row.mos, 0.007)
	}
	for r := 0.0; r < 6.5; r += 0.1 { // where the polynomial would go below 1
		if mos := quality.Narrow.MOS(r); mos < 1 {
			t.Errorf("R %.1f: %.3f", r, mos)
		}
	}
}

func TestDelayCostsWhatTheRecommendationSays(t *testing.T) {
	for _, row := range []struct{ ms, costs float64 }{ // G.107, equations 7-27 and 7-28
		{0, 0}, {100, 0}, {150, 0.16}, {200, 3.04}, {400, 24.07}, {800, 40.83},
	} {
		p := quality.DefaultPath()
		p.Ta = row.ms
		near(t, "delay", quality.DefaultPath().Rating()-p.Rating(), row.costs, 0.02)
	}
}

func TestLossCostsWhatTheRecommendationSays(t *testing.T) {
	plain := quality.Codec{Bpl: 4.3} // G.711 without concealment: G.113, Table I.4
	g729a := quality.Codec{Ie: 11, Bpl: 19}
	for _, row := range []struct {
		name                 string
		codec                quality.Codec
		percent, burst, cost float64
	}{
		{"nothing is lost", plain, 0, 1, 0},
		{"1 % of G.711", plain, 1, 1, 17.92},
		{"5 % of G.711", plain, 5, 1, 51.08},
		{"1 % of G.711 with concealment", quality.CodecOf("pcmu"), 1, 1, 3.64},
		{"the same in bursts twice as long", quality.CodecOf("pcmu"), 1, 2, 3.71},
		{"10 % of it", quality.CodecOf("pcmu"), 10, 1, 27.07},
		{"10 % of it in bursts twice as long", quality.CodecOf("pcmu"), 10, 2, 31.56},
		{"G.729A", g729a, 0, 1, 11},
		{"2 % of G.729A", g729a, 2, 1, 19},
		{"all of it", g729a, 100, 1, 81.59},
	} {
		p := quality.DefaultPath()
		p.Codec, p.Loss = row.codec, quality.Loss{Percent: row.percent, BurstRatio: row.burst}
		near(t, row.name, quality.DefaultPath().Rating()-p.Rating(), row.cost, 0.01)
	}
}

func TestEchoNoiseAndLoudnessCost(t *testing.T) {
	change := func(f func(*quality.Path)) float64 {
		p := quality.DefaultPath()
		f(&p)
		return p.Rating()
	}
	best := quality.DefaultPath().Rating()
	for _, row := range []struct {
		name     string
		rating   float64
		from, to float64
	}{
		{"an echo that is 100 ms late", change(func(p *quality.Path) { p.T = 100 }), 85, best - 1},
		{"the same, much louder", change(func(p *quality.Path) { p.T, p.TELR = 100, 40 }), 20, 60},
		{"a listener's echo", change(func(p *quality.Path) { p.Tr, p.WEPL = 100, 20 }), 60, 80},
		{"a noisy circuit", change(func(p *quality.Path) { p.Nc = -50 }), 70, best - 5},
		{"noisy rooms", change(func(p *quality.Path) { p.Ps, p.Pr = 65, 65 }), 60, best - 5},
		{"much too loud", change(func(p *quality.Path) { p.SLR = -8 }), 20, best - 5},
		{"too faint", change(func(p *quality.Path) { p.SLR = 18 }), 70, best - 5},
		{"four quantizations", change(func(p *quality.Path) { p.QDU = 4 }), 85, best - 1},
		{"no sidetone", change(func(p *quality.Path) { p.STMR = 30 }), 80, best - 0.1},
		{"a mobile phone is forgiven", change(func(p *quality.Path) { p.A = 10 }), best + 9.9, best + 10.1},
	} {
		if !(row.rating >= row.from && row.rating <= row.to) {
			t.Errorf("%s: %.2f, want %.1f to %.1f", row.name, row.rating, row.from, row.to)
		}
	}
}

func TestEachBandIsRatedOnItsOwnScale(t *testing.T) {
	for _, row := range []struct {
		name   string
		rating float64
		mos    float64
	}{
		{"pcmu", 93.2, 4.41},
		{"pcma", 93.2, 4.41},
		{"unheard-of", 93.2, 4.41},
		{"g722", 116, 4.34},
		{"l16", 129, 4.5},
		{"opus", 138, 4.41},
	} {
		c := quality.CodecOf(row.name)
		r := c.Rate(quality.Loss{}, 50*time.Millisecond)
		near(t, row.name, r, row.rating, 0.1)
		near(t, row.name, c.Band.MOS(r), row.mos, 0.01)
	}
}

func TestMoreLossAndMoreDelayAreNeverBetter(t *testing.T) {
	for _, name := range []string{"opus", "g722", "pcmu", "l16"} {
		c, last := quality.CodecOf(name), 1000.0
		for p := range 101 {
			r := c.Rate(quality.Loss{Percent: float64(p), BurstRatio: 1}, time.Duration(p)*10*time.Millisecond)
			if r > last || r < 0 {
				t.Errorf("%s: %.2f after %.2f", name, r, last)
			}
			last = r
		}
	}
}
