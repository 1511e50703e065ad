package mix

import "github.com/botd-dev/botd/media"

// What a listener is sent when there is nothing to hear: the end of what there
// was, so that its decoder comes to rest, and then silence. Where it asked for
// that (DTX), silence is something now and then, so that it and all on the way
// know that the line is there (RFC 7587, section 3.1.3: every 400 ms).
const (
	tail  = 10 // ticks
	alive = 20 // ticks
)

// serve hands everybody what they hear.
func (b *Bridge) serve() {
	for b.at < len(b.members) {
		m := b.members[b.at]
		b.at++
		if m.broken != nil {
			continue
		}
		b.culprit = m
		if m.sender != nil && b.playing {
			m.sending = m.sender.Sends()
		}
		m.port.Hear(b.sound(m))
	}
}

// sound is what m hears: what its group shares, unless its own voice is or has
// just been in that.
func (b *Bridge) sound(m *member) media.Sound {
	g := m.group
	if m.within(b.now) {
		return b.ownSound(m)
	}
	if g.made != b.now {
		b.share(m.audience, g)
	}
	if g.quiet {
		return b.silence(m)
	}
	m.heardAt, m.from = b.now, g.from
	if m.linear {
		return media.Sound{Frame: b.mended(m, g.sound.Frame)}
	}
	return g.sound
}

// share makes what a group hears in this tick.
func (b *Bridge) share(a *audience, g *group) {
	g.made, g.from, g.quiet = b.now, nil, false
	parts := a.ears.parts
	g.sound = media.Sound{Frame: a.past.frame(b.clock.silent)}
	switch {
	case len(parts) == 0 && !a.mixes:
		g.quiet = true
	case g.linear:
		b.sent = true
	case len(parts) == 1 && parts[0].of.passing:
		g.from = parts[0].of
		a.passed = g.from
		g.sound = b.pass(g.from)
	default:
		a.passed = nil
		g.sound.Payload = b.encode(b.shared(g), a, g.sound.Frame, false)
	}
}

// pass hands on the packet of m as it came.
func (b *Bridge) pass(m *member) media.Sound {
	m.passedAt = b.now
	b.sent = true
	b.count.Relayed++
	return media.Sound{Payload: m.packet.Payload, Lost: m.packet.Lost}
}

// ownSound is what m hears who is heard itself, or was until lately.
func (b *Bridge) ownSound(m *member) media.Sound {
	a := m.audience
	only, others := a.company(m.self, b.common)
	switch {
	case others == 0:
		return b.silence(m)
	case only != nil && only.passing && !m.linear:
		m.heardAt, m.from = b.now, only
		return b.pass(only)
	}
	f := a.past.frame(b.clock.silent)
	if own, others := a.part(m.self, b.own); own != nil {
		f = b.mine
		b.count.Limited += a.level.less(f.Samples, a.heard, own, others)
	}
	s := media.Sound{Frame: f}
	b.sent = true
	if m.linear {
		s.Frame = b.mended(m, f)
	} else {
		s.Payload = b.encodeOwn(m, f)
	}
	m.heardAt, m.from = b.now, nil
	return s
}

// company is how many are heard beside m, and who if it is only one.
func (a *audience) company(m *member, common int) (only *member, others int) {
	others = a.extra + common
	if a.was != nil {
		others += 2
	}
	for i := range a.ears.parts {
		if p := &a.ears.parts[i]; p.of != m {
			only = p.of
			others++
		}
	}
	if others != 1 || a.extra+common > 0 {
		only = nil
	}
	return only, others
}

// silence is what m hears when there is nothing to hear.
func (b *Bridge) silence(m *member) media.Sound {
	s := media.Sound{Frame: b.clock.silent}
	if m.linear {
		b.sent = true
		return s
	}
	since := b.now - m.heardAt
	switch {
	case m.from == nil && since <= tail && m.within(b.now):
		s.Payload = b.encode(b.ownStream(m, s.Frame), m.audience, s.Frame, true)
	case m.from == nil && since <= tail:
		s.Payload = b.encode(b.shared(m.group), m.audience, s.Frame, true)
	case !m.format.DTX || since%alive == 0:
		s.Payload = b.clock.pool.silent(m.format)
		b.sent = true
	}
	return s
}

// encode makes a payload in a stream of somebody in the audience.
func (b *Bridge) encode(s *stream, a *audience, f *media.Frame, silent bool) []byte {
	b.sent = true
	a.past.memory(&b.past, b.clock.silent)
	return s.encode(b, frame{Frame: f, past: &b.past, rested: a.past.rested >= history, silent: silent})
}

// encodeOwn makes a payload for m alone, whose decoder goes on from what m
// heard.
func (b *Bridge) encodeOwn(m *member, f *media.Frame) []byte {
	s := b.ownStream(m, f)
	switch {
	case m.from != nil && m.from.resumed && m.from.voice != nil:
		return s.encode(b, frame{Frame: f, past: &m.from.past})
	case m.from != nil || b.now-m.heardAt > history:
		return s.encode(b, b.anew(f))
	}
	return b.encode(s, m.audience, f, false)
}

// anew is a frame that comes after silence.
func (b *Bridge) anew(f *media.Frame) frame {
	for i := range b.past {
		b.past[i] = b.clock.silent
	}
	return frame{Frame: f, past: &b.past, rested: true}
}

// ownStream is the one that f is encoded in for m alone. If another is to take
// over, that listens.
func (b *Bridge) ownStream(m *member, f *media.Frame) *stream {
	b.succeed(m)
	if m.own == nil {
		m.own = b.newStream(m.format)
	}
	if m.next != nil {
		m.next.listen(b, f)
	}
	return m.own
}

// shared is the stream of a group.
func (b *Bridge) shared(g *group) *stream {
	if g.stream == nil {
		g.stream = b.newStream(g.format)
	}
	return g.stream
}
