package voice

import (
	"time"

	"github.com/botd-dev/botd/media"
)

// Event is what an Activity has to tell.
type Event uint8

// What can happen.
const (
	// Nothing has changed.
	Nothing Event = iota
	// Started is the start of speech.
	Started
	// Ended is its end.
	Ended
	// MutedStarted is the start of speech that nobody hears.
	MutedStarted
	// MutedEnded is its end.
	MutedEnded
)

func (e Event) String() string {
	return [...]string{"nothing", "started", "ended", "muted started", "muted ended"}[min(e, MutedEnded)]
}

// ActivityConfig sets an Activity.
type ActivityConfig struct {
	// Threshold is the level in -dBov that is speech if reached. Zero is 50.
	Threshold uint8
	// MinSpeech is how much speech there has to be before it has started. Zero
	// is 60 ms.
	MinSpeech time.Duration
	// MinMuted is the same while muted: a cough is nothing to tell somebody of.
	// Zero is 300 ms.
	MinMuted time.Duration
	// Hangover is how long after the last speech it ends. Zero is 600 ms.
	Hangover time.Duration
}

func (c ActivityConfig) withDefaults() ActivityConfig {
	set := func(d *time.Duration, to time.Duration) {
		if *d <= 0 {
			*d = to
		}
	}
	set(&c.MinSpeech, 60*time.Millisecond)
	set(&c.MinMuted, 300*time.Millisecond)
	set(&c.Hangover, 600*time.Millisecond)
	if c.Threshold == 0 {
		c.Threshold = 50
	}
	return c
}

// Activity makes the start and the end of speech of what is heard in each 20
// ms. It has no timer, lest every participant have one: who calls it says what
// time it is. Where levels may cease to come, as they do with DTX, Check is to
// be called now and then, or at the time that Ends says. Calls must not overlap.
type Activity struct {
	cfg      ActivityConfig
	heard    time.Duration // speech, less what was none
	latest   time.Time     // of speech
	speaking bool
	muted    bool
}

// NewActivity makes an Activity of somebody who is silent and not muted.
func NewActivity(cfg ActivityConfig) *Activity { return &Activity{cfg: cfg.withDefaults()} }

// Level takes the level in -dBov of the 20 ms that end at now, as RFC 6464 has
// it (section 3) or media.Level.
func (a *Activity) Level(level uint8, now time.Time) Event {
	return a.Speech(level <= a.cfg.Threshold, now)
}

// Speech takes whether there was speech in the 20 ms that end at now, as a
// Detector says. Its own hangover then adds to this one.
func (a *Activity) Speech(speech bool, now time.Time) Event {
	if e := a.Check(now); e != Nothing {
		a.count(speech, now)
		return e
	}
	a.count(speech, now)
	if a.speaking || a.heard < a.least() {
		return Nothing
	}
	a.speaking = true
	return a.name(Started)
}

// count adds 20 ms of speech, or takes them off: what crackles or types is not
// speaking however long it goes on.
func (a *Activity) count(speech bool, now time.Time) {
	if speech {
		a.heard = min(a.heard+media.FrameDuration, a.least())
		a.latest = now
		return
	}
	a.heard = max(a.heard-media.FrameDuration, 0)
}

// Check ends speech whose hangover is over at now.
func (a *Activity) Check(now time.Time) Event {
	if now.Sub(a.latest) < a.cfg.Hangover {
		return Nothing
	}
	a.heard = 0
	return a.stop()
}

// Mute says whether others hear it from now on. It ends the speech of before,
// to them or to nobody; what goes on starts anew.
func (a *Activity) Mute(muted bool) Event {
	if muted == a.muted {
		return Nothing
	}
	e := a.stop()
	a.muted, a.heard = muted, 0
	return e
}

// Speaking reports whether others hear speech.
func (a *Activity) Speaking() bool { return a.speaking && !a.muted }

// SpeakingMuted reports whether there is speech that nobody hears.
func (a *Activity) SpeakingMuted() bool { return a.speaking && a.muted }

// Ends is when the speech that is going on ends if nothing more is heard; false
// if there is none.
func (a *Activity) Ends() (time.Time, bool) {
	return a.latest.Add(a.cfg.Hangover), a.speaking
}

func (a *Activity) stop() Event {
	if !a.speaking {
		return Nothing
	}
	a.speaking = false
	return a.name(Ended)
}

// name is what e is called where it may be muted.
func (a *Activity) name(e Event) Event {
	if a.muted {
		return e + MutedStarted - Started
	}
	return e
}

func (a *Activity) least() time.Duration {
	if a.muted {
		return a.cfg.MinMuted
	}
	return a.cfg.MinSpeech
}
