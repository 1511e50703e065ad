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
	b.mixVoices()
	b.mixPlays()
	for _, a := range b.audiences {
		b.serve(a)
	}
	b.sweep()
}

func (b *Bridge) choose() {
	for _, m := range b.members {
		m.listen()
	}
	b.chosen = choose(b.chosen[:0], b.members, b.speakers)
}

// mixVoices takes what is said. Who is no longer among the loudest is faded
// out, who was kept out until now is faded in.
func (b *Bridge) mixVoices() {
	clear(b.sum)
	b.sources, b.voices = 0, 0
	for _, m := range b.members {
		m.voice = nil
		speaks := m.level < media.Silent
		switch {
		case m.broken != nil:
		case m.chosen:
			b.take(m)
			if m.voice != nil && m.denied {
				fadeIn(m.voice.Samples)
			}
		case speaks && m.heard:
			b.take(m)
			if m.voice != nil {
				fadeOut(m.voice.Samples)
			}
		default:
			b.pass(m, speaks)
		}
		if m.voice != nil {
			add(b.sum, m.voice.Samples)
			b.sources++
		}
		m.heard, m.denied = m.chosen, m.level < media.Silent && !m.chosen
	}
}

func (b *Bridge) take(m *member) {
	if b.voices == len(b.frames) {
		b.frames = append(b.frames, media.NewFrame(media.Rate))
	}
	f := b.frames[b.voices]
	if m.read(f) != nil {
		b.count.Unread++
		return
	}
	b.count.Decoded++
	b.voices++
	m.voice = f
}

func (b *Bridge) pass(m *member, speaks bool) {
	m.skip()
	b.count.Passed++
	if speaks {
		b.count.Unheard++
	}
}

// mixPlays takes what is played; what everybody hears goes into the sum.
func (b *Bridge) mixPlays() {
	for _, p := range b.plays {
		if p.advance() {
			b.count.Starved++
		}
		if p.sound != nil && p.to == nil {
			add(b.sum, p.sound.Samples)
			b.sources++
		}
	}
}

func (b *Bridge) serve(a *audience) {
	b.count.Limited += a.mix(b.sum, b.sources)
	for _, m := range a.members {
		if m.broken == nil {
			b.tell(m)
		}
	}
}

// tell hands m what it hears: the mix of its audience, without its own voice.
func (b *Bridge) tell(m *member) {
	a := m.audience
	frame := a.before(0)
	m.quiet++
	if m.voice != nil {
		m.quiet = 0
		frame = b.mine
		b.count.Limited += limitLess(frame.Samples, a.sum, m.voice.Samples, a.sources)
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
