package mix

import "github.com/botd-dev/botd/media"

// How the loudest are found: loudness rises at once and falls slowly, so that a
// breath between two words is no silence, and who is heard already has a lead,
// so that two equally loud speakers do not take turns.
const (
	fall = 1 // dB that loudness falls in a tick: 50 dB a second
	lead = 6 // dB that a challenger must be louder by
)

// loudness is what a port is chosen by.
type loudness struct {
	level   uint8 // of the coming 20 ms, -dBov
	smooth  int   // dB above silence
	speaks  bool  // has something to say in this tick
	ongoing bool  // had something to say in the tick before
}

// measure takes in the level of the coming 20 ms.
func (l *loudness) measure(level uint8) {
	l.level = level
	l.smooth = max(media.Silent-int(min(level, media.Silent)), l.smooth-fall)
	l.speaks, l.ongoing = level < media.Silent, l.speaks
}

func (v *voice) rank() int {
	if v.heard {
		return v.of.smooth + lead
	}
	return v.of.smooth
}

// leaves reports whether v, heard until now, goes on but not among the loudest.
func (v *voice) leaves() bool { return !v.chosen && v.of.speaks }

// choose finds the loudest of those who have something to say, at most limit of
// them, and marks who is wanted. Of equals the first wins.
func (e *ears) choose(limit int) {
	e.chosen, e.last = e.last[:0], e.chosen
	for i := range e.voices {
		if v := &e.voices[i]; v.of.speaks {
			e.chosen = insert(e.chosen, v, limit)
		}
	}
	for _, v := range e.chosen {
		v.chosen, v.of.wanted = true, true
	}
	for _, v := range e.last {
		if v.leaves() {
			v.of.wanted = true
		}
	}
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
