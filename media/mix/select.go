package mix

import (
	"slices"

	"github.com/botd-dev/botd/media"
)

// How the loudest are found: loudness rises at once and falls slowly, so that a
// breath between two words is no silence, and who is heard already has a lead,
// so that two equally loud speakers do not take turns.
const (
	fall = 1 // dB that loudness falls in a tick: 50 dB a second
	lead = 6 // dB that a challenger must be louder by
	// gate is the level in -dBov above which somebody begins to be heard. What is
	// below is the noise of a room and of a microphone.
	gate = 60
)

// loudness is what a port is chosen by.
type loudness struct {
	said    uint8 // how loud the coming 20 ms are, -dBov
	level   uint8 // the same, unless it is muted
	smooth  int   // dB above silence
	speaks  bool  // has something to say in this tick
	ongoing bool  // had something to say in the tick before
	ending  bool  // was muted since
	audible bool  // speaks, and is or has lately been above the gate
	before  bool  // audible in the tick before
}

// take takes in the level of the coming 20 ms of somebody who may be muted. Who
// is muted in the middle of a word is faded out of the mix.
func (l *loudness) take(level uint8, muted bool) {
	l.said = level
	l.ending = muted && l.speaks
	if muted {
		level = media.Silent
	}
	l.measure(level)
}

// measure takes in the level of the coming 20 ms.
func (l *loudness) measure(level uint8) {
	l.level = level
	l.smooth = max(media.Silent-int(min(level, media.Silent)), l.smooth-fall)
	l.speaks, l.ongoing = level < media.Silent, l.speaks
	l.audible, l.before = l.speaks && l.smooth > media.Silent-gate, l.audible
}

// still reports whether nothing is left to be measured of somebody who sleeps.
func (l *loudness) still() bool {
	return l.smooth == 0 && !l.speaks && !l.ongoing && !l.ending
}

func (v *voice) rank() int {
	if v.heard {
		return v.of.smooth + lead
	}
	return v.of.smooth
}

// ends reports whether v, heard until now, has nothing more to say: it neither
// goes on, no longer among the loudest, nor was it muted in the middle of a word.
func (v *voice) ends() bool { return !v.of.speaks && !v.of.ending }

// choose finds the loudest of those who have something to say, at most limit of
// them, and so what these ears hear in this tick. Of equals the first wins.
func (e *ears) choose(limit int) {
	e.chosen, e.last = e.last[:0], e.chosen
	for i := range e.voices {
		if v := &e.voices[i]; v.of.audible {
			e.chosen = insert(e.chosen, v, limit)
		}
	}
	e.parts = e.parts[:0]
	for _, v := range e.chosen {
		v.chosen = true
		p := part{of: v.of}
		if v.of.ongoing && !v.heard && !e.fresh {
			p.fade, p.late = fadeIn, v.of.before
		}
		e.parts = append(e.parts, p)
	}
	for _, v := range e.last {
		if !v.chosen {
			e.parts = append(e.parts, part{of: v.of, fade: fadeOut, ends: v.ends()})
		}
		v.heard = false
	}
	for _, v := range e.chosen {
		v.heard, v.chosen = true, false
	}
	e.fresh = false
}

// release lets go of those who have ended and were passed on, and have sent
// nothing more that could be.
func (e *ears) release() {
	e.parts = slices.DeleteFunc(e.parts, func(p part) bool {
		over := p.ends && p.of.passing && !p.of.whole
		if over {
			p.of.wanted = false
		}
		return over
	})
}

// insert puts v where its rank belongs in best, which is in order of rank and
// does not grow beyond limit.
func insert(best []*voice, v *voice, limit int) []*voice {
	rank := v.rank()
	at := len(best)
	for at > 0 && best[at-1].rank() < rank {
		at--
	}
	if at == limit {
		return best
	}
	if len(best) < limit {
		best = append(best, nil)
	}
	copy(best[at+1:], best[at:])
	best[at] = v
	return best
}
