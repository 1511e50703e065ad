package jitter

import (
	"time"

	"github.com/botd-dev/botd/media"
)

// Pull fills it with the next stretch of time: what a packet holds for Sound and
// Lost, 20 ms for the others.
func (b *Buffer) Pull(it *Item) {
	now := b.cfg.Now()
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
	if !b.place(head, now) {
		return
	}
	b.delay.watch(b.delay.of(b.point, now))
	head = b.hurry(head, now)
	switch gap := head.timestamp - b.point; {
	case b.wait(head, now):
		it.Kind = Late
	case gap <= b.cfg.units(tolerance):
		b.play(it, head)
	default:
		b.conceal(it, head, gap)
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

// time is a timestamp on the timeline, in samples at 48 kHz.
func (b *Buffer) time(timestamp int64) int64 {
	return b.elapsed + (timestamp-b.delay.zero)*media.Rate/int64(b.cfg.ClockRate)
}

// passVoid passes over packets without sound where it is their turn.
func (b *Buffer) passVoid() {
	for ; b.started && b.next <= b.highest; b.next++ {
		s := b.slot(b.next)
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
		s := b.slot(n)
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
		b.awake.Store(false)
		return
	}
	b.stretched += b.tick()
	if b.dtx || b.stretched > b.cfg.units(concealed) {
		b.placed = false // whatever comes begins anew
		return
	}
	it.Kind = Late
	b.concealed(b.cfg.lasts(b.tick()))
}

// concealed counts what is made up.
func (b *Buffer) concealed(d time.Duration) {
	b.stats.Concealed++
	b.stats.ConcealedSamples += uint64(samples(d)) //nolint:gosec // not negative
}

// place moves the playout point to where it belongs, if it has none or has stood
// still, and reports whether it is there: a first packet waits for its time.
func (b *Buffer) place(head *slot, now time.Time) bool {
	if b.placed && b.paused(head) {
		b.placed = false
	}
	switch {
	case !b.placed && !b.begin(head, now):
		b.heard = media.Silent
		return false
	case b.stretched > 0 && !b.repairable(head):
		// What was made up meanwhile stands for what is missing before head.
		b.torn = b.torn || head.timestamp > b.point
		b.point = max(b.point, min(head.timestamp, b.point+b.stretched))
	}
	b.stretched = 0
	return true
}

// paused reports whether the sender was silent before head.
func (b *Buffer) paused(head *slot) bool {
	gap := head.timestamp - b.point - b.stretched
	return gap > b.cfg.units(concealed) || head.sequence == b.next && gap > b.cfg.units(tolerance)
}

// begin places the playout point, once the first packet has waited as long as it
// shall. Of those that came before anybody pulled, the old ones are left out.
func (b *Buffer) begin(head *slot, now time.Time) bool {
	target := b.delay.target()
	for next := b.first(head.sequence + 1); !b.begun && next != nil && b.delay.of(next.timestamp, now) >= target; {
		b.skip(next.sequence)
		head, next = next, b.first(next.sequence+1)
	}
	if b.delay.of(head.timestamp, now) < target {
		return false
	}
	b.skip(head.sequence)
	b.point, b.placed, b.stretched, b.off = head.timestamp, true, 0, 0
	b.delay.steady = min(b.delay.of(b.point, now), b.cfg.MaxDelay)
	return true
}

// repairable reports whether head holds something of the one packet that is
// missing before it, so that it is worth being played late.
func (b *Buffer) repairable(head *slot) bool {
	return b.cfg.Redundant && head.sequence == b.next+1 && b.stretched <= b.tick() &&
		head.timestamp-b.point <= b.last+b.cfg.units(tolerance)
}

// hurry throws away what makes the delay longer than allowed, or longer than it
// need be where nobody hears it. It returns what is first then.
func (b *Buffer) hurry(head *slot, now time.Time) *slot {
	for b.tooLong(head, now) {
		next := b.first(head.sequence + 1)
		if next == nil {
			return head
		}
		b.delay.steady -= b.cfg.lasts(head.duration)
		b.torn = b.torn || !b.still(head)
		b.drop(head, next)
		head = next
	}
	return head
}

// tooLong reports whether head had better be thrown away.
func (b *Buffer) tooLong(head *slot, now time.Time) bool {
	if head.timestamp > b.point {
		return false
	}
	if b.delay.of(head.timestamp, now) > b.cfg.MaxDelay+media.FrameDuration {
		return true
	}
	excess := b.delay.surplus() - b.cfg.lasts(head.duration)
	return excess >= 0 && b.still(head) || excess > intolerable && b.since > patience
}

// drop passes over head, after which next comes.
func (b *Buffer) drop(head, next *slot) {
	b.skip(head.sequence + 1)
	b.point = min(next.timestamp, head.timestamp+head.duration)
	b.since = 0
}

// skip leaves all packets before one behind. What the next one could have
// repaired, had it been waited for, counts as having come with it.
func (b *Buffer) skip(sequence int64) {
	lost := b.stats.Lost
	for ; b.next < sequence; b.next++ {
		b.pass(b.next)
	}
	if b.cfg.Redundant && b.stats.Lost > lost {
		b.delay.late.repaired(b.cfg.lasts(b.step), b.arrived)
	}
}

// wait reports whether to put 20 ms in, because the delay is too short.
func (b *Buffer) wait(head *slot, now time.Time) bool {
	return b.delay.of(b.point, now) < b.delay.target() && b.still(head)
}

// still reports whether nobody will notice a change.
func (b *Buffer) still(head *slot) bool {
	return b.heard >= quiet && (!head.leveled || head.level >= quiet)
}

func (b *Buffer) play(it *Item, s *slot) {
	it.Missing = b.torn || b.next < s.sequence
	b.torn = false
	b.skip(s.sequence)
	s.state, b.begun = played, true
	b.next = s.sequence + 1
	b.point = s.timestamp + s.duration
	b.last = s.duration
	b.dtx = len(s.payload) <= dtxPayload
	it.Kind, it.Duration, it.Time = Sound, b.cfg.lasts(s.duration), b.time(s.timestamp)
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
	it.Time = b.time(b.point)
	b.skip(b.next + 1)
	b.point += length
	it.Kind, it.Duration, it.Missing = Lost, b.cfg.lasts(length), b.torn
	b.torn = false
	b.concealed(it.Duration)
}

// balance is how the delay is while a Receiver has sound of its own.
type balance struct {
	short bool // packets begin to come too late
	long  bool // even with one packet less it would do
	here  bool // the next packet is
}

// balance tells how the delay is, with so many samples that a receiver has not
// yet read, its frame among them. Packets begin on a grid of step samples.
func (b *Buffer) balance(unread, step int) balance {
	now := b.cfg.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.placed {
		return balance{}
	}
	off := unread % step
	present := b.delay.of(b.point, now) + lasting(unread-off)
	b.delay.watch(present)
	b.since, b.off = 0, lasting(off)
	head := b.first(b.next)
	return balance{
		short: present < b.delay.target(),
		long:  b.delay.surplus() >= lasting(step),
		here:  head != nil && head.sequence == b.next,
	}
}
