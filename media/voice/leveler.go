package voice

import (
	"math"
	"time"

	"github.com/botd-dev/botd/media"
)

const (
	// levelMemory is how many frames of speech the level is a mean of: a
	// sentence.
	levelMemory = 75
	// levelTrust is how many frames of speech have to be heard before gain moves
	// for the first time.
	levelTrust = 30
	// levelStart is how many frames the detector has for learning the noise
	// before it is believed.
	levelStart = 25
	// levelRange is how many dB below the level a frame of speech may be to
	// count: the ends of words are not how loud somebody is.
	levelRange = 15
	// fadeBack is by how many dB a frame gain falls in a long pause.
	fadeBack = 6.0 / 50
	// comeBack is the part of the way that gain comes back in a frame.
	comeBack = 0.5
)

// leveler finds the gain that brings speech to its target.
type leveler struct {
	cfg             GainConfig
	attack, release float64 // the part of the way in a frame
	hold            int     // frames

	heard  int     // frames in all, up to levelStart
	speech int     // frames of speech, up to levelMemory
	power  float64 // of speech
	wanted float64 // dB, for the speech that was heard last
	pause  int     // frames since speech
	gain   float64 // dB, at the end of the frame
	faded  bool    // below what is wanted, because of a pause
}

func newLeveler(cfg GainConfig) leveler {
	return leveler{
		cfg:     cfg,
		attack:  part(cfg.Attack),
		release: part(cfg.Release),
		hold:    int(cfg.Hold / media.FrameDuration),
	}
}

// part is which part of the way is gone in a frame with a time constant.
func part(constant time.Duration) float64 {
	return 1 - math.Exp(-float64(media.FrameDuration)/float64(constant))
}

// hear takes the power of a frame.
func (l *leveler) hear(power float64, speech bool) {
	if l.heard < levelStart {
		l.heard++
		return
	}
	if !speech {
		l.rest()
		return
	}
	l.pause = 0
	if l.measure(power); l.speech >= levelTrust {
		l.move()
	}
}

// measure brings the level up to date.
func (l *leveler) measure(power float64) {
	if l.speech > 0 && power < l.power*math.Pow(10, -levelRange/10.0) {
		return
	}
	l.speech = min(l.speech+1, levelMemory)
	l.power += (power - l.power) / float64(l.speech)
	if l.power <= 0 {
		return
	}
	level := 10 * math.Log10(l.power)
	l.wanted = min(max(l.cfg.Target-level, -l.cfg.Max), l.cfg.Max)
}

// move goes a part of the way to the gain that is wanted.
func (l *leveler) move() {
	way := l.release
	switch {
	case l.wanted < l.gain:
		way = l.attack
		l.faded = false
	case l.faded:
		way = comeBack
		l.faded = l.wanted-l.gain > 1
	}
	l.gain += (l.wanted - l.gain) * way
}

// rest is a frame without speech. Gain below 0 dB stays: it was for somebody
// loud, and hurts nobody.
func (l *leveler) rest() {
	if l.pause++; l.pause > l.hold && l.gain > 0 {
		l.gain = max(l.gain-fadeBack, 0)
		l.faded = true
	}
}
