package voice

import (
	"math"
	"time"

	"github.com/botd-dev/botd/media"
)

// GainConfig sets AutoGain.
type GainConfig struct {
	// Target is how loud speech is made, in dBov of the root mean square while
	// somebody speaks. Zero is -20.
	Target float64
	// Max is the largest gain either way in dB. Zero is 20.
	Max float64
	// Attack is the time constant by which gain falls when somebody is too
	// loud, Release the one by which it rises when too quiet. Zero is 200 ms
	// and 600 ms.
	Attack, Release time.Duration
	// Hold is how long gain stays where it is in a pause. A longer pause is no
	// pause in speech, and what is amplified is noise alone: gain then falls
	// back to 0 dB, 6 dB a second, and returns at once with speech. Zero is
	// 2 s.
	Hold time.Duration
}

func (c GainConfig) withDefaults() GainConfig {
	set := func(d *time.Duration, to time.Duration) {
		if *d <= 0 {
			*d = to
		}
	}
	set(&c.Attack, 200*time.Millisecond)
	set(&c.Release, 600*time.Millisecond)
	set(&c.Hold, 2*time.Second)
	if c.Target >= 0 {
		c.Target = -20
	}
	if c.Max <= 0 {
		c.Max = 20
	}
	return c
}

// AutoGain brings whoever speaks to one level. Only speech is measured and
// raises the gain, so noise alone stays as it is and pauses do not pump. What
// would clip is held below -1 dB of full scale. It adds no delay and takes
// frames of 20 ms at any rate from 8 kHz up.
func AutoGain(cfg GainConfig) media.Stage {
	return func(src media.Source) media.Source {
		return &autoGain{
			src:      src,
			detector: NewDetector(Config{Hangover: -1}),
			leveler:  newLeveler(cfg.withDefaults()),
			ceiling:  ceiling{held: 1},
			since:    nearFrames,
		}
	}
}

type autoGain struct {
	src      media.Source
	detector *Detector
	leveler  leveler
	ceiling  ceiling
	since    int // frames since somebody near spoke
}

// nearFrames is for how long after somebody near was heard clearly it is still
// they who speak.
const nearFrames = 8

// Read fits media.Source. Errors are the source's.
func (g *autoGain) Read(f *media.Frame) error {
	if err := g.src.Read(f); err != nil {
		return err
	}
	from := amplitude(g.leveler.gain)
	g.leveler.hear(meanPower(f.Samples), g.near(f))
	g.ceiling.amplify(f.Samples, from, amplitude(g.leveler.gain))
	return nil
}

// near reports whether somebody speaks who is near, in f or just before: the
// quiet parts of words belong to how loud somebody is.
func (g *autoGain) near(f *media.Frame) bool {
	speech := g.detector.Speech(f)
	if g.since++; speech && g.detector.distinct() {
		g.since = 0
	}
	return speech && g.since < nearFrames
}

// amplitude is the factor that dB stands for.
func amplitude(dB float64) float64 {
	if dB == 0 {
		return 1
	}
	return math.Pow(10, dB/20)
}

// meanPower is that of samples, 1 being a square wave at full scale.
func meanPower(samples []int16) float64 {
	sum := int64(0)
	for _, s := range samples {
		sum += int64(s) * int64(s)
	}
	return float64(sum) / float64(max(len(samples), 1)) / (fullScale * fullScale)
}
