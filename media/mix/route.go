package mix

import "time"

// A listener who hears one port only, in the codec it speaks, is handed its
// packets as they came: nothing is decoded, and nothing encoded. What a port
// says is passed on so to all who are sent to, or mixed for all of them:
//
//   - It is passed on once all have heard nothing for a moment, so that their
//     decoders begin with it, or when it has been alone for a second and is as
//     good as silent, so that nobody hears the change.
//   - It is mixed in the tick in which somebody hears anything beside it. The
//     port takes up where the packets left off (media.PacketPort), and gives what
//     was said before, with which the encoders of all who heard it are primed.
const (
	calm   = 50 // -dBov; quieter sound hides a change of encoders
	pause  = 10 // ticks without sound after which a decoder has forgotten it
	lately = 5  // ticks after which nothing need be taken up that was passed on

	// preroll is how much of what was skipped is taken back for somebody who is
	// let into the mix late.
	preroll = 60 * time.Millisecond
)

// look takes the packets of those whose sound somebody wants.
func (b *Bridge) look() {
	for b.at < len(b.taken) {
		m := b.taken[b.at]
		b.at++
		m.mixed, m.crowded, m.framed, m.resumed, m.whole = false, false, false, false, false
		if m.packets != nil && m.broken == nil {
			b.culprit = m
			m.packet, m.whole = m.packets.Packet()
		}
	}
}

// route finds out who wants what of whom, and what is passed on.
func (b *Bridge) route() {
	for _, e := range b.ears {
		e.release()
	}
	for _, a := range b.audiences {
		a.extra = a.sounding()
		a.demand(a.ears, b.common)
		if a.was != nil {
			a.demand(a.was, b.common)
		}
	}
	for _, t := range b.taps {
		t.demand()
	}
	for _, m := range b.taken {
		b.decide(m)
	}
	for _, e := range b.ears {
		e.mixes = false
	}
	for _, a := range b.audiences {
		a.plan(b.common)
	}
}

// demand says of everybody who is heard by ears of the audience whether it is
// wanted as a frame, and whether it has to be mixed.
func (a *audience) demand(e *ears, common int) {
	company := len(e.parts) + a.extra + common
	if a.was != nil {
		company = max(company, 2)
	}
	linear, encoded := a.linear, a.encoded // of those who say nothing
	for i := range e.parts {
		switch m := e.parts[i].of; {
		case m.audience != a:
		case m.linear:
			linear--
		default:
			encoded--
		}
	}
	for i := range e.parts {
		p := &e.parts[i]
		if linear > 0 {
			p.of.framed = true
		}
		if encoded > 0 {
			p.demand(company, a.codec)
		}
	}
	a.demandOfEachOther(e, company-1)
}

// demandOfEachOther is demand for those who are heard themselves. Of each of
// them so many others are heard, or played.
func (a *audience) demandOfEachOther(e *ears, company int) {
	for i := range e.parts {
		m := e.parts[i].of
		if m.audience != a {
			continue
		}
		for j := range e.parts {
			p := &e.parts[j]
			switch {
			case i == j:
			case m.linear:
				p.of.framed = true
			default:
				p.demand(company, m.format.Codec)
			}
		}
	}
}

// demand has the part mixed for somebody who hears it in company, or who cannot
// be handed its packets.
func (p *part) demand(company int, codec string) {
	if company > 1 || p.fade != nil && !p.ends {
		p.of.crowded = true
	}
	if p.of.crowded || !p.suits(codec) {
		p.of.mixed = true
	}
}

// suits reports whether the part can be passed on to who hears it in a codec.
func (p *part) suits(codec string) bool {
	return p.of.whole && p.of.packet.Codec == codec
}

// decide whether what m says is passed on in this tick.
func (b *Bridge) decide(m *member) {
	if !m.wanted {
		m.passing = false
		return
	}
	going := m.passing && m.partAt == b.now-1
	m.partAt = b.now
	if m.alone++; m.crowded {
		m.alone = 0
	}
	m.passing = !m.mixed && m.whole && (going || b.mayPass(m))
	if !m.passing && b.now-m.passedAt <= lately {
		m.resumed = m.packets != nil
		m.passedAt = never
	}
}

// mayPass reports whether nobody would hear that m begins to be passed on.
func (b *Bridge) mayPass(m *member) bool {
	return m.alone > hangover && m.packet.Level >= calm || b.forgotten(m)
}

// forgotten reports whether all who hear m, and are sent to, have heard nothing
// for a moment, or m itself.
func (b *Bridge) forgotten(m *member) bool {
	for _, a := range b.audiences {
		if a.encoded == 0 || a.ears.find(m) == nil {
			continue
		}
		for _, l := range a.members {
			if l != m && !l.linear && l.from != m && b.now-l.heardAt <= pause {
				return false
			}
		}
	}
	return true
}

// plan finds out whether there is anything to be mixed for the audience.
func (a *audience) plan(common int) {
	sources := a.extra + common
	a.mixes = sources > 0 || a.was != nil
	for i := range a.ears.parts {
		if m := a.ears.parts[i].of; !m.passing || m.framed {
			a.mixes = true
		}
	}
	if a.mixes {
		a.ears.mixes = true
		if a.was != nil {
			a.was.mixes = true
		}
	}
}

// take reads what is wanted as sound, once each, and passes over the rest.
func (b *Bridge) take() {
	for b.at < len(b.awake) {
		m := b.awake[b.at]
		b.at++
		b.culprit = m
		switch {
		case m.broken != nil:
		case m.taken && (!m.passing || m.framed) && (m.wanted || m.framed):
			b.read(m)
		default:
			b.skip(m)
		}
	}
}

func (b *Bridge) read(m *member) {
	if m.resumed {
		for i := range m.past {
			m.past[i] = b.frame()
			m.past[i].Silence()
		}
		m.packets.Resume(m.past[:])
	}
	if m.late && !m.resumed && m.rewinder != nil && m.readAt != b.now-1 {
		m.rewinder.Rewind(preroll)
	}
	f := b.frame()
	before := m.readAt == b.now-1
	m.readAt = b.now
	if m.read(f) != nil {
		b.count.Unread++
		return
	}
	b.count.Decoded++
	m.voice = f
	if m.resumed && before {
		m.mend = b.seam(m)
	}
}

func (b *Bridge) skip(m *member) {
	m.port.Skip()
	b.count.Passed++
	if m.speaks && !m.taken {
		b.count.Unheard++
	}
}

// takeUp gives those who were handed packets until now the past they heard.
func (b *Bridge) takeUp() {
	for _, a := range b.audiences {
		if a.passed != nil && a.passed.resumed && a.passed.voice != nil {
			a.past.replace(&a.passed.past)
		}
	}
}
