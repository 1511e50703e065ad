package mix

import "github.com/botd-dev/botd/media"

// eachMost is how much of one tick a tap of each speaker has room for: the
// loudest four, who may all be fading into four others, and the end of the tick.
const eachMost = 9

// each puts in the ring what each of those says who are heard in this tick, as
// loud as they are in the mix, and then that this was all.
func (t *tap) each() {
	sequence := t.count
	parts := t.ear.audience.ears.parts
	for i := range parts {
		p := &parts[i]
		if p.of == t.ear.self || p.samples == nil {
			continue
		}
		to := t.entry(sequence, p.of.id, p.of.level)
		to.Frame.Resize(media.FrameSize, media.Rate)
		copy(to.Frame.Samples, p.alone())
		t.ring.put()
	}
	to := t.entry(sequence, "", media.Silent)
	to.Frame.Samples = to.Frame.Samples[:0]
	t.ring.put()
	t.count = sequence + 1
	t.bridge.count.Tapped++
}

// entry is the place for one of those who are heard in a tick.
func (t *tap) entry(sequence uint64, who string, level uint8) *media.Tapped {
	to := t.ring.next()
	t.count = sequence
	t.stamp(to, who, level)
	to.Speaker = who // also of who is fading out
	return to
}

// alone is the sound of a part for who hears nothing else.
func (p *part) alone() []int16 {
	if m := p.of.mend; m != nil && p.fade == nil {
		return m.Samples
	}
	return p.samples
}
