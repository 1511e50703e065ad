package mix

import (
	"slices"

	"github.com/botd-dev/botd/media"
)

// tick makes 20 ms: it listens to everybody who is awake, passes on what can be,
// decodes the few who are heard otherwise, mixes, and hands each port what it
// hears. In a steady state it allocates nothing. at is the clock's count.
func (b *Bridge) tick(at int64) {
	b.mu.Lock()
	if !b.ticked {
		b.mu.Unlock()
		return
	}
	b.turn(at)
	sent, news := b.sent, b.news
	b.news = nil
	b.sweep()
	b.mu.Unlock()
	if sent && b.clock.cfg.Flush != nil {
		b.clock.cfg.Flush()
	}
	for _, tell := range news {
		tell()
	}
}

func (b *Bridge) turn(at int64) {
	if b.now%reask == 0 {
		b.guarded((*Bridge).ask)
	}
	b.begin(at)
	b.guarded((*Bridge).listen)
	b.choose()
	b.guarded((*Bridge).look)
	b.advance()
	b.route()
	b.guarded((*Bridge).take)
	b.mix()
	b.guarded((*Bridge).serve)
	b.settle()
}

// begin makes ready for a tick.
func (b *Bridge) begin(at int64) {
	if b.now == 0 {
		b.began = at
	}
	b.now++
	b.elapsed = at - b.began
	b.count, b.sent, b.used = Stats{}, false, 0
	if b.changed {
		b.changed = false
		b.regroup()
	}
	for _, m := range b.taken {
		m.taken, m.wanted, m.late, m.voice, m.mend = false, false, false, nil, nil
	}
	b.awake, b.taken = b.awake[:0], b.taken[:0]
}

// listen asks for the level of the coming 20 ms. Who is muted is silent.
func (b *Bridge) listen() {
	for b.at < len(b.members) {
		m := b.members[b.at]
		b.at++
		switch {
		case m.broken != nil || m.tap != nil:
		case !m.asleep():
			b.culprit = m
			b.awake = append(b.awake, m)
			m.take(m.port.Level(), m.muted)
			b.watch(m)
		case !m.still():
			m.take(media.Silent, m.muted)
			b.watch(m)
		}
	}
}

// choose finds who is heard, by whatever ears, and so whose sound is wanted.
func (b *Bridge) choose() {
	for _, e := range b.ears {
		e.choose(b.opts.Speakers)
		for i := range e.parts {
			p := &e.parts[i]
			b.want(p.of)
			p.of.wanted = true
			p.of.late = p.of.late || p.late
			if p.of.audience != nil && (p.of.audience.ears == e || p.of.audience.was == e) {
				p.of.spoke = b.now
			}
		}
	}
	for _, t := range b.taps {
		t.want()
	}
}

// want has the sound of m taken in this tick.
func (b *Bridge) want(m *member) {
	if !m.taken && m.broken == nil {
		m.taken = true
		b.taken = append(b.taken, m)
	}
}

// advance takes what is played in this tick.
func (b *Bridge) advance() {
	b.common, b.playing = 0, false
	for _, p := range b.plays {
		if p.advance() {
			b.count.Starved++
		}
		if p.sound == nil {
			continue
		}
		b.playing = true
		if p.to == nil {
			b.common++
		}
	}
}

// mix adds up what is played to all, and then what each hears.
func (b *Bridge) mix() {
	b.takeUp()
	if b.common > 0 {
		b.room()
		clear(b.played)
		for _, p := range b.plays {
			if p.sound != nil && p.to == nil {
				add(b.played, p.sound.Samples)
			}
		}
	}
	for _, e := range b.ears {
		if e.mixes {
			b.room()
			e.mix(&b.scratch)
		}
	}
	for _, a := range b.audiences {
		b.count.Limited += a.mix()
	}
}

// settle is what is done when everybody has been served.
func (b *Bridge) settle() {
	for _, a := range b.audiences {
		if a.settled(b.now) {
			b.changed = true
		}
	}
	for _, t := range b.taps {
		t.offer()
	}
	for _, p := range b.plays {
		p.count()
	}
	b.tellDominant()
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
	if !slices.ContainsFunc(b.members, func(m *member) bool { return m.tap == nil }) && len(b.plays) == 0 {
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
	b.forget(m)
	if tell := b.clock.cfg.Broken; tell != nil {
		tell(m.id, m.broken)
	}
	return true
}
