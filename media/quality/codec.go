package quality

import (
	"math"
	"time"
)

// Band is how much of the voice a codec carries. Each has its own scale of
// ratings: a wide-band call is rated beside the best wide-band call there is.
type Band uint8

// The bands, with the Recommendation that rates them.
const (
	Narrow Band = iota // 300 to 3400 Hz: ITU-T G.107
	Wide               // 50 to 7000 Hz: G.107.1
	Full               // 20 to 20000 Hz: G.107.2
)

// scales are the three models as far as they differ: the rating of a connection
// that has nothing but its band, the rating that stands for 100 on the scale of
// opinions, and what total loss takes off.
var scales = [...]struct{ best, unit, worst float64 }{
	Narrow: {0, 1, 95}, // its best is worked out by Path
	Wide:   {129, 1.29, 95},
	Full:   {148, 1.48, 132},
}

// Codec is what the E-model knows of a codec.
type Codec struct {
	Band Band
	// Ie is the equipment impairment factor: what coding takes off the rating
	// when nothing is lost, on the scale of the band.
	Ie float64
	// Bpl is the packet-loss robustness: the loss in percent that costs half of
	// what total loss would.
	Bpl float64
	// Delay is what coding and packets of 20 ms add between mouth and ear.
	Delay time.Duration
}

// codecs are those that we speak, by their names in lower case. G.711 is from
// ITU-T G.113, Appendix I, Table I.4 (with concealment of losses), G.722 at 64
// kbit/s from Appendix IV; its robustness, and all of L16, are those of G.711,
// whose concealment we use for them too. G.113 has no figures for Opus: ours
// put 32 kbit/s of full-band speech beside a clean G.711 call, and 10 % of loss,
// with the redundancy of the codec, at a mean opinion of 3.4.
var codecs = map[string]Codec{
	"opus": {Full, 10, 20, 26500 * time.Microsecond}, // 20 ms and 6.5 ms of look-ahead
	"g722": {Wide, 13, 25.1, 21500 * time.Microsecond},
	"pcmu": {Narrow, 0, 25.1, 20 * time.Millisecond},
	"pcma": {Narrow, 0, 25.1, 20 * time.Millisecond},
	"l16":  {Wide, 0, 25.1, 20 * time.Millisecond},
}

// CodecOf finds a codec by its encoding name in lower case. What is not known
// is taken for PCMU.
func CodecOf(name string) Codec {
	if c, ok := codecs[name]; ok {
		return c
	}
	return codecs["pcmu"]
}

// Loss is what never came of a stream, or too late.
type Loss struct {
	// Percent of the packets is lost.
	Percent float64
	// BurstRatio is how long the runs of losses are, over how long they would be
	// if each packet were lost by chance: 1 is chance, 2 twice as long. Below 1
	// it counts as 1.
	BurstRatio float64
}

// impairment is Ie,eff: what coding and loss take off together (G.107, equation
// 7-29).
func (c Codec) impairment(l Loss) float64 {
	if l.Percent <= 0 {
		return c.Ie
	}
	worst := scales[c.Band].worst
	bpl := c.Bpl
	if bpl <= 0 {
		bpl = 4.3 // G.107, Table 2
	}
	return c.Ie + (worst-c.Ie)*l.Percent/(l.Percent/max(1, l.BurstRatio)+bpl)
}

// Rate rates a call over a network: with that codec, that loss, and that delay
// from mouth to ear. Everything else has its default value, and echo is taken to
// be cancelled, as browsers and phones of today do. The rating is on the scale
// of the codec's band.
//
// Delay costs the same part of each scale: G.107.2 stretches equation 7-27 of
// G.107 by the unit of its own.
func (c Codec) Rate(l Loss, delay time.Duration) float64 {
	ms := float64(delay) / float64(time.Millisecond)
	if c.Band == Narrow {
		p := DefaultPath()
		p.Codec, p.Loss, p.Ta = c, l, ms
		return max(0, p.Rating())
	}
	s := scales[c.Band]
	return max(0, s.best-s.unit*lateness(ms)-c.impairment(l))
}

// Percent is a rating as a percentage of the best there is: what G.107 calls
// the rating itself for a narrow band.
func (b Band) Percent(rating float64) float64 { return min(max(rating/scales[b].unit, 0), 100) }

// MOS is the mean opinion that a rating stands for, from 1 (bad) to 4.5 (G.107,
// Annex B; G.107.1 and G.107.2, Annex A). Opinions are of calls in the same
// band.
func (b Band) MOS(rating float64) float64 {
	r := b.Percent(rating)
	return max(1, 1+0.035*r+r*(r-60)*(100-r)*7e-6)
}

// round keeps n decimals.
func round(x float64, n int) float64 {
	unit := math.Pow10(n)
	return math.Round(x*unit) / unit
}
