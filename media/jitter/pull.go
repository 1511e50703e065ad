package jitter

import "github.com/botd-dev/botd/media"

// Pull fills it with the next stretch of time, 20 ms for Silence, what a packet
// holds for the others.
func (b *Buffer) Pull(it *Item) {
	b.mu.Lock()
	defer b.mu.Unlock()
	*it = Item{Payload: it.Payload[:0], Next: it.Next[:0], Duration: media.FrameDuration}
	b.since++
	b.passVoid()
	head := b.first(b.next)
	if head == nil {
		b.starve(it)
		return
	}
	b.place(head)
	head = b.hurry(head)
	if b.wait(head) {
		b.delay.present += media.FrameDuration
		return
	}
	switch gap := head.timestamp - b.point; {
	case gap <= b.cfg.units(tolerance):
		b.play(it, head)
	case head.sequence > b.next:
		b.conceal(it, head, gap)
	default: // the sender was silent
		b.point += min(gap, b.tick())
		b.heard = media.Silent
	}
}

// Heard tells how loud the last item was, in -dBov, where its packet did not.
// The delay is changed where it is quiet.
func (b *Buffer) Heard(level uint8) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = level
}

// tick is 20 ms in units of the clock.
func (b *Buffer) tick() int64 { return b.cfg.units(media.FrameDuration) }

// passVoid passes over packets without sound where it is their turn.
func (b *Buffer) passVoid() {
	for ; b.started && b.next <= b.highest; b.next++ {
		s := &b.ring[b.next%slots]
		if s.state != waiting || s.sequence != b.next || !s.void {
			return
		}
		s.state = played
	}
}

// first is the first packet of sound that waits at or after a sequence number,
// nil if there is none.
func (b *Buffer) first(n int64) *slot {
	for ; b.started && n <= b.highest; n++ {
		s := &b.ring[n%slots]
		if s.state == waiting && s.sequence == n && !s.void {
			return s
		}
	}
	return nil
}

// starve is for when nothing is there. The playout point stands still: what
// comes may be late, not lost.
func (b *Buffer) starve(it *Item) {
	b.heard = media.Silent
	if !b.placed {
		return
	}
	b.stretched += b.tick()
	if b.dtx || b.stretched > b.cfg.units(concealed) {
		b.placed = false // whatever comes begins anew
		return
	}
	it.Kind = Lost
	b.stats.Concealed++
}

// place moves the playout point to where it belongs, if it has none or has
// stood still.
func (b *Buffer) place(head *slot) {
	switch {
	case !b.placed:
		// The newest packet shall wait for the target delay; nothing that is
		// here already is thrown away for that.
		b.point = min(head.timestamp, b.newest-b.cfg.units(b.delay.target()))
		b.placed, b.delay.settled = true, false
	case b.stretched > 0:
		// What was made up meanwhile stands for what is missing before head.
		b.point = max(b.point, min(head.timestamp, b.point+b.stretched))
		b.delay.settled = false
	}
	b.stretched = 0
}

// hurry throws away what makes the delay longer than allowed, or longer than it
// need be where nobody hears it. It returns what is first then.
func (b *Buffer) hurry(head *slot) *slot {
	for b.behind(head) > b.cfg.units(b.cfg.MaxDelay)+b.tick() {
		next := b.first(head.sequence + 1)
		if next == nil {
			return head
		}
		b.drop(head, next)
		head = next
	}
	if next := b.first(head.sequence + 1); next != nil && b.excessive(head) {
		b.delay.present -= b.cfg.lasts(head.duration)
		b.drop(head, next)
		return next
	}
	return head
}

// excessive reports whether head had better be thrown away.
func (b *Buffer) excessive(head *slot) bool {
	target := b.delay.target()
	if b.since < 2 || head.timestamp > b.point || b.behind(head)-head.duration < b.cfg.units(target) {
		return false
	}
	excess := b.delay.present - target - b.cfg.lasts(head.duration)
	return excess > hysteresis && b.still(head) || excess > intolerable && b.since > patience
}

// behind is how much sound waits, from head on.
func (b *Buffer) behind(head *slot) int64 { return b.newest + b.step - head.timestamp }

// drop passes over head, after which next comes.
func (b *Buffer) drop(head, next *slot) {
	b.skip(head.sequence + 1)
	b.point = min(next.timestamp, head.timestamp+head.duration)
	b.since = 0
}

// skip leaves all packets before one behind.
func (b *Buffer) skip(sequence int64) {
	for ; b.next < sequence; b.next++ {
		b.pass(b.next)
	}
}

// wait reports whether to stand still for 20 ms of silence, because the delay is
// too short.
func (b *Buffer) wait(head *slot) bool {
	short := b.delay.target() - b.delay.present
	return b.delay.settled && short > hysteresis && b.still(head)
}

// still reports whether nobody will notice a change.
func (b *Buffer) still(head *slot) bool {
	return b.heard >= quiet && (!head.leveled || head.level >= quiet)
}

func (b *Buffer) play(it *Item, s *slot) {
	b.skip(s.sequence)
	s.state, b.begun = played, true
	b.next = s.sequence + 1
	b.point = s.timestamp + s.duration
	b.last = s.duration
	b.dtx = len(s.payload) <= dtxPayload
	it.Kind, it.Duration = Sound, b.cfg.lasts(s.duration)
	it.Payload = append(it.Payload, s.payload...)
	it.Level, it.Leveled = s.level, s.leveled
	if s.leveled {
		b.heard = s.level
	}
}

// conceal stands in for one packet that is missing before head.
func (b *Buffer) conceal(it *Item, head *slot, gap int64) {
	length := min(gap, b.last)
	if head.sequence == b.next+1 && gap-length <= b.cfg.units(tolerance) {
		it.Next = append(it.Next, head.payload...)
	}
	b.skip(b.next + 1)
	b.point += length
	it.Kind, it.Duration = Lost, b.cfg.lasts(length)
	b.stats.Concealed++
}
