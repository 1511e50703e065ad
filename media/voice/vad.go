package voice

import (
	"math"
	"time"

	"github.com/botd-dev/botd/media"
)

// Config sets a Detector.
type Config struct {
	// Hangover is how long after the last speech it still counts as speech, in
	// steps of 20 ms. Zero is 200 ms, which bridges the closures of stops and
	// the ends of words; negative is none.
	Hangover time.Duration
	// Quietest is the level in -dBov below which nothing is speech. Zero is 65.
	Quietest uint8
}

func (c Config) withDefaults() Config {
	if c.Hangover == 0 {
		c.Hangover = 200 * time.Millisecond
	}
	if c.Quietest == 0 {
		c.Quietest = 65
	}
	return c
}

// How evidence becomes a decision.
const (
	evidenceNow   = 0.6  // the part of this frame; the rest is the one before
	evidenceLeast = 0.3  // below is never speech
	evidenceMost  = 0.8  // above always is
	evidenceTimes = 8    // as much evidence as noise usually gives
	usualLearn    = 0.02 // a frame's part in what is usual
	hangoverEarn  = 3    // frames of hangover for each of speech
)

// Detector tells speech from noise. It belongs to one stream of frames, to
// which it should be shown every one.
type Detector struct {
	analyzer *analyzer
	floor    floor
	now      powers
	gate     float64 // power below which nothing is speech

	last  float64 // evidence of the frame before
	usual float64 // evidence in noise

	hangover, left int // frames
}

// NewDetector makes a detector that has heard nothing.
func NewDetector(cfg Config) *Detector {
	cfg = cfg.withDefaults()
	return &Detector{
		analyzer: newAnalyzer(),
		floor:    newFloor(),
		gate:     math.Pow(10, -float64(cfg.Quietest)/10),
		hangover: int(max(cfg.Hangover, 0) / media.FrameDuration),
	}
}

// Speech takes the next 20 ms, at 8 kHz or more, and reports whether there is
// speech in them or was within the hangover. f is not kept and not changed.
func (d *Detector) Speech(f *media.Frame) bool {
	if d.decide(f) {
		// What is short earns little, lest every crackle count for so long.
		d.left = min(d.left+hangoverEarn, d.hangover)
		return true
	}
	if d.left > 0 {
		d.left--
		return true
	}
	return false
}

// decide looks at one frame alone.
func (d *Detector) decide(f *media.Frame) bool {
	if f.Rate < leastRate || len(f.Samples) == 0 {
		return false
	}
	d.analyzer.analyze(&d.now, f)
	evidence := d.evidence()
	speech := d.loud() && d.enough(evidenceNow*evidence+(1-evidenceNow)*d.last)
	d.last = evidence
	d.floor.hear(&d.now)
	if !speech {
		d.floor.learn(&d.now)
		d.usual += (min(evidence, 1) - d.usual) * usualLearn
	}
	return speech
}

// enough reports whether evidence is for speech. Noise that changes, as many
// voices far off do, gives more of it than a fan; more is asked for then.
func (d *Detector) enough(evidence float64) bool {
	return evidence > min(max(evidenceTimes*d.usual, evidenceLeast), evidenceMost)
}

func (d *Detector) loud() bool { return d.now.sum() > d.gate }

// distinct reports whether what was heard last is clearly louder than the
// noise, somebody near and not somebody in the background, and whether it comes
// and goes as speech does, not as a fan that was switched on.
func (d *Detector) distinct() bool {
	loud := d.now.sum()
	return loud > 8*d.floor.noise.sum() && loud > 4*d.floor.recent()
}

// evidence is the likelihood ratio of speech against noise, as a logarithm, for
// Gaussian bins whose noise is known and whose speech is as strong as it seems:
// γ-1-ln γ for each (Sohn, Kim and Sung, 1999), the mean over all.
func (d *Detector) evidence() float64 {
	sum, weight := 0.0, 0.0
	for b, p := range d.now {
		weight += d.analyzer.weight[b]
		if ratio := p / d.floor.noise[b]; ratio > 1 {
			sum += d.analyzer.weight[b] * (ratio - 1 - math.Log(ratio))
		}
	}
	return sum / max(weight, 1)
}
