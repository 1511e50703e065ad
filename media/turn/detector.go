package turn

import (
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/voice"
)

// Config sets a Detector. Durations are in steps of 20 ms.
type Config struct {
	// EndSilence is how long it is silent before a turn has ended; zero is 700 ms.
	EndSilence time.Duration
	// Decide is how much speech is an interruption; zero is 160 ms. The voice
	// detector needs some of the 200 ms of speech within which that is decided.
	Decide time.Duration
	// Hum is how long somebody may hum ("mhm") before that is one too; zero is
	// 600 ms.
	Hum time.Duration
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		value     *time.Duration
		otherwise time.Duration
	}{
		{&c.EndSilence, 700 * time.Millisecond},
		{&c.Decide, 160 * time.Millisecond},
		{&c.Hum, 600 * time.Millisecond},
	} {
		if *d.value <= 0 {
			*d.value = d.otherwise
		}
	}
	return c
}

// How speech is told from a crackle, and a word from what follows it.
const (
	onset    = 3  // frames of speech with which somebody begins
	pause    = 8  // frames of silence after which what was said is over, as a word
	forgives = 2  // frames of silence within an onset
	settles  = 10 // frames at the beginning of a stream, until its noise is known
)

// Detector is a Decider that works offline: on voice activity, how long it lasts
// and how it sounds, and on words where it is told them.
type Detector struct {
	cfg   Config
	voice *voice.Detector
	hum   hum

	frames  int // until settled
	talk    int // frames of speech since it began
	silence int // frames since the last one
	began   bool
	decided bool // Interruption has been said
	brief   bool // Backchannel has been said
	known   bool // by its words, it is a backchannel
}

// NewDetector makes a Detector.
func NewDetector(cfg Config) *Detector {
	return &Detector{cfg: cfg.withDefaults(), voice: voice.NewDetector(voice.Config{Hangover: -1})}
}

// Frame fits Decider.
func (d *Detector) Frame(f *media.Frame) Signal {
	speaks := d.voice.Speech(f)
	if d.frames < settles {
		d.frames++
		return Nothing
	}
	if speaks {
		d.hum.hear(f)
		return d.speech()
	}
	return d.quiet()
}

// Speaking reports whether somebody has begun and not ended.
func (d *Detector) Speaking() bool { return d.began }

// Talked is how much speech there has been since somebody began.
func (d *Detector) Talked() time.Duration { return time.Duration(d.talk) * media.FrameDuration }

// Words fits Decider. Words that say something are an interruption at once;
// those that show that one listens are none, however long they take.
func (d *Detector) Words(text string) Signal {
	switch {
	case d.decided || !says(text):
		return Nothing
	case onlyListens(text):
		d.known = true
		if d.brief {
			return Nothing
		}
		d.brief = true
		return Backchannel
	}
	d.began, d.decided = true, true
	return Interruption
}

// speech is one more frame with a voice in it.
func (d *Detector) speech() Signal {
	d.talk++
	d.silence = 0
	switch {
	case !d.began && d.talk >= onset:
		d.began = true
		return Began
	case d.began && !d.decided && d.wantsFloor():
		d.decided = true
		return Interruption
	}
	return Nothing
}

// wantsFloor reports whether that was enough speech for an interruption.
func (d *Detector) wantsFloor() bool {
	spoke := d.Talked()
	switch {
	case d.known:
		return false
	case d.hum.humming():
		return spoke >= d.cfg.Hum
	}
	return spoke >= d.cfg.Decide
}

// quiet is one more frame without.
func (d *Detector) quiet() Signal {
	d.silence++
	switch {
	case !d.began:
		if d.silence > forgives {
			d.reset()
		}
	case d.silence >= int(d.cfg.EndSilence/media.FrameDuration):
		d.reset()
		return Ended
	case d.silence == pause && !d.decided && !d.brief:
		d.brief = true
		return Backchannel
	}
	return Nothing
}

// reset forgets what was said.
func (d *Detector) reset() {
	d.talk, d.began, d.decided, d.brief, d.known = 0, false, false, false, false
	d.hum = hum{}
}
