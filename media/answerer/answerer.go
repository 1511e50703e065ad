// Package answerer tells who has answered a call: a person, who says little and
// then waits, or a machine, which says much and then beeps. It goes by the
// cadence alone, offline and in any language; it knows frames and no call.
package answerer

import (
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/voice"
)

// Kind is who has answered.
type Kind string

// The kinds.
const (
	Unknown Kind = "unknown"
	Human   Kind = "human"
	Machine Kind = "machine"
	// Beep is a machine that records from now on.
	Beep Kind = "beep"
)

// Verdict is who has answered, and how sure that is, between 0 and 1.
type Verdict struct {
	Kind       Kind
	Confidence float64
}

// Rate is the sample rate that a Listener takes, in hertz.
const Rate = 8000

// Config sets a Listener. Durations are in steps of 20 ms.
type Config struct {
	// WaitForBeep has a machine be no verdict before its beep, and that one only
	// when it is over: what is said from then on is recorded.
	WaitForBeep bool
	// Greeting is how much a person says at most before they wait; zero is 2.2 s.
	Greeting time.Duration
	// Wait is how long they wait for an answer; zero is 800 ms. A machine makes
	// shorter pauses.
	Wait time.Duration
	// Silence is how long it may be silent at first until that is a verdict, of
	// Unknown; zero is 4 s.
	Silence time.Duration
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		value     *time.Duration
		otherwise time.Duration
	}{
		{&c.Greeting, 2200 * time.Millisecond},
		{&c.Wait, 800 * time.Millisecond},
		{&c.Silence, 4 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.otherwise
		}
	}
	return c
}

const (
	// leastSpeech is how much speech is a greeting; less is a crackle.
	leastSpeech = 140 * time.Millisecond
	// crackles is after how much silence that is clear.
	crackles = 400 * time.Millisecond
	// settles is how long it takes until the noise of the line is known.
	settles = 200 * time.Millisecond
)

// Listener follows one call from its answer on.
type Listener struct {
	cfg   Config
	voice *voice.Detector
	tone  tone

	all     time.Duration // since the answer
	talked  time.Duration // speech, and the pauses within it
	silent  time.Duration // since the last speech
	heard   time.Duration // speech alone
	machine bool
	beeped  time.Duration // a beep, so far
}

// New makes a Listener that has heard nothing.
func New(cfg Config) *Listener {
	return &Listener{cfg: cfg.withDefaults(), voice: voice.NewDetector(voice.Config{Hangover: -1})}
}

// Frame takes the next 20 ms at Rate; every frame is to come. It is true when
// there is a verdict, which it gives again from then on for as long as it stands.
// Frames of another rate are passed over.
func (l *Listener) Frame(f *media.Frame) (Verdict, bool) {
	if f.Rate != Rate {
		return l.Verdict(), false
	}
	l.all += media.FrameDuration
	speech := l.voice.Speech(f)
	if l.beeps(f) {
		return Verdict{Beep, l.sureOfBeep()}, true
	}
	l.follow(speech && !l.tone.rings() && l.all > settles)
	v := l.Verdict()
	switch {
	case v.Kind == Human && l.silent >= l.cfg.Wait:
		return v, true
	case v.Kind == Machine && !l.cfg.WaitForBeep:
		return v, true
	case l.heard < leastSpeech && l.all >= l.cfg.Silence:
		return Verdict{Unknown, 0}, true
	}
	return v, false
}

// follow takes in whether somebody spoke.
func (l *Listener) follow(speech bool) {
	if !speech {
		if l.silent += media.FrameDuration; l.silent >= crackles && l.heard < leastSpeech {
			l.heard, l.talked = 0, 0
		}
		return
	}
	if l.heard > 0 {
		l.talked += l.silent // it was a pause
	}
	l.silent = 0
	l.talked += media.FrameDuration
	l.heard += media.FrameDuration
	l.machine = l.machine || l.talked > l.cfg.Greeting
}

// longestBeep is how long the end of a beep is waited for.
const longestBeep = 2 * time.Second

// beeps takes the next 20 ms and reports whether there has been a beep.
func (l *Listener) beeps(f *media.Frame) bool {
	beeping := l.tone.beeps(f)
	if beeping {
		l.beeped += media.FrameDuration
	}
	if beeping && l.cfg.WaitForBeep {
		return l.beeped >= longestBeep
	}
	return l.beeped > 0
}

// sureOfBeep is how sure a beep is: more so after a greeting.
func (l *Listener) sureOfBeep() float64 {
	switch {
	case l.machine:
		return 0.95
	case l.heard >= leastSpeech:
		return 0.85
	}
	return 0.7
}

// Verdict is what it looks like so far, such as at the end of one's patience.
func (l *Listener) Verdict() Verdict {
	over := float64(l.talked) / float64(l.cfg.Greeting)
	switch {
	case l.heard < leastSpeech:
		return Verdict{Unknown, 0}
	case l.machine:
		return Verdict{Machine, min(0.6+0.3*(over-1), 0.9)}
	}
	return Verdict{Human, 0.9 - 0.4*min(over, 1)}
}
