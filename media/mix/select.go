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
	level  uint8 // of the coming 20 ms, -dBov
	smooth int   // dB above silence
	heard  bool  // in the last tick
	denied bool  // in the last tick: it had something to say and was not chosen
	chosen bool  // in this tick
}

// measure takes in the level of the coming 20 ms.
func (l *loudness) measure(level uint8) {
	l.level = level
	l.smooth = max(media.Silent-int(min(level, media.Silent)), l.smooth-fall)
	l.chosen = false
}

func (l *loudness) rank() int {
	if l.heard {
		return l.smooth + lead
	}
	return l.smooth
}

// choose appends to dst the loudest of members that have something to say, at
// most limit of them, and marks them chosen. Of equals the first wins.
func choose(dst, members []*member, limit int) []*member {
	for _, m := range members {
		if m.level >= media.Silent {
			continue
		}
		dst = insert(dst, m, limit)
	}
	for _, m := range dst {
		m.chosen = true
	}
	return dst
}

// insert puts m where its rank belongs in best, which is in order of rank and
// does not grow beyond limit.
func insert(best []*member, m *member, limit int) []*member {
	rank := m.rank()
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
	best[at] = m
	return best
}
