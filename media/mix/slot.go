package mix

import "time"

const (
	slots      = 10
	slotLength = 2 * time.Millisecond
	// fill is how many bridges share a slot before another one is begun: a few
	// small ones are not worth another time to wake up.
	fill = 4
	// worthHelp is how long a round takes for which another worker is woken.
	worthHelp = 500 * time.Microsecond
	// rest is between two ticks of a slot, if one of them was late, so that a bot
	// can answer what it heard in the one before and a listener does not get them
	// at once.
	rest = 2 * time.Millisecond
)

// slot is the bridges that are ticked at the same moment of every 20 ms.
type slot struct {
	timeline
	bridges []*Bridge
	last    time.Time     // when the last round was over
	behind  bool          // it was late
	took    time.Duration // how much work it was
}

// place is where a bridge is.
type place struct {
	slot *slot
	at   int
}

// roomiest is the slot that the next bridge is for.
func (c *Clock) roomiest() *slot {
	best := &c.slots[0]
	for i := range c.slots {
		s := &c.slots[i]
		if len(s.bridges) < fill {
			return s
		}
		if len(s.bridges) < len(best.bridges) {
			best = s
		}
	}
	return best
}

// next is the slot whose round comes next, and when; nil if nobody is there.
func (c *Clock) next() (first *slot, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.slots {
		s := &c.slots[i]
		if len(s.bridges) == 0 {
			continue
		}
		due := s.due(s.ticks + 1)
		if (s.behind || due.Before(s.last)) && due.Before(s.last.Add(rest)) {
			due = s.last.Add(rest)
		}
		if first == nil || due.Before(at) {
			first, at = s, due
		}
	}
	return first, at
}

// turn begins a round: it moves to the coming tick and tells when that was due,
// and how many were left out before it.
func (s *slot) turn(now time.Time) (due time.Time, count, skipped int64) {
	due, skipped = s.next(now)
	s.behind = now.Sub(due) > slotLength/2
	return due, s.ticks, skipped
}

func (s *slot) add(b *Bridge, now time.Time) {
	if len(s.bridges) == 0 {
		s.resume(now)
	}
	b.place = place{s, len(s.bridges)}
	s.bridges = append(s.bridges, b)
}

func (s *slot) remove(b *Bridge) {
	last := len(s.bridges) - 1
	moved := s.bridges[last]
	s.bridges[b.place.at], moved.place.at = moved, b.place.at
	s.bridges[last] = nil
	s.bridges = s.bridges[:last]
}
