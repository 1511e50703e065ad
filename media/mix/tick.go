package mix

import (
	"slices"

	"github.com/botd-dev/botd/media"
)

// tick makes 20 ms: it listens to everybody, decodes the few who are heard,
// mixes, and hands each port what it hears. In a steady state it allocates
// nothing.
func (b *Bridge) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ticked {
		return
	}
	b.now++
	b.count = Stats{}
	if b.changed {
		b.changed = false
		b.regroup()
	}
	b.choose()
	b.take()
	b.mixPlays()
	for _, e := range b.ears {
		e.mix(&b.scratch)
	}
	for _, a := range b.audiences {
		b.serve(a)
	}
	b.sweep()
}

// choose finds who is heard, by whatever ears.
func (b *Bridge) choose() {
	for _, m := range b.members {
		m.listen()
	}
	for _, e := range b.ears {
		e.choose(b.speakers)
	}
}

// take decodes what is wanted, once each, and passes over the rest.
func (b *Bridge) take() {
	b.used = 0
	for _, m := range b.members {
		m.voice = nil
		switch {
		case m.broken != nil:
		case m.wanted:
			b.decode(m)
		default:
			b.pass(m)
		}
	}
}

func (b *Bridge) decode(m *member) {
	f := b.frame()
	if m.read(f) != nil {
		b.count.Unread++
		return
	}
	b.count.Decoded++
	m.voice = f
}

func (b *Bridge) pass(m *member) {
	m.skip()
	b.count.Passed++
	if m.speaks {
		b.count.Unheard++
	}
}

// mixPlays takes what is played, and adds up what is played to all.
func (b *Bridge) mixPlays() {
	clear(b.played)
	b.common = 0
	for _, p := range b.plays {
		if p.advance() {
			b.count.Starved++
		}
		if p.sound != nil && p.to == nil {
			add(b.played, p.sound.Samples)
			b.common++
		}
	}
}

func (b *Bridge) serve(a *audience) {
	b.count.Limited += a.mix()
	for _, m := range a.members {
		if m.broken == nil {
			b.tell(m)
		}
	}
	if a.settled(b.now) {
		b.changed = true
	}
}

// tell hands m what it hears: the mix of its audience, without its own voice.
func (b *Bridge) tell(m *member) {
	a := m.audience
	frame := a.before(0)
	m.quiet++
	if own, others := a.part(m, b.own); own != nil {
		m.quiet = 0
		frame = b.mine
		b.count.Limited += limitLess(frame.Samples, a.heard, own, others)
	}
	sound := media.Sound{Frame: frame}
	if f := m.format(); f.Codec != "" && b.clock.cfg.Encoders != nil {
		sound.Payload = b.streamOf(m, f).encode(b, frame, &a.past)
	}
	if m.broken == nil {
		m.hear(sound)
	}
}

// sweep takes out who is broken and what has ended, and rests if nothing is
// left.
func (b *Bridge) sweep() {
	b.members = slices.DeleteFunc(b.members, b.discard)
	b.plays = slices.DeleteFunc(b.plays, func(p *playback) bool {
		if p.ended {
			p.finish()
			b.changed = true
		}
		return p.ended
	})
	if b.now%keep == 0 {
		b.dropStreams()
	}
	b.clock.counters.add(&b.count)
	if len(b.members) == 0 && len(b.plays) == 0 {
		b.rest()
	}
}

// discard reports whether m panicked, and says so.
func (b *Bridge) discard(m *member) bool {
	if m.broken == nil {
		return false
	}
	b.count.Panicked++
	b.changed = true
	if tell := b.clock.cfg.Broken; tell != nil {
		tell(m.id, m.broken)
	}
	return true
}
