package mix

import "github.com/botd-dev/botd/media"

// reask is after how many ticks ports are asked how they want to hear: what they
// want may change with the network.
const reask = 50

// ask asks every port how it wants to hear. Who has come to want something else
// is in another group from the coming tick on.
func (b *Bridge) ask() {
	for b.at < len(b.members) {
		m := b.members[b.at]
		b.at++
		if m.broken != nil || m.tap != nil {
			continue
		}
		b.culprit = m
		if f := m.port.Format(); f != m.format {
			b.follow(m, f)
			m.wants(b, f)
			b.changed = true
		}
	}
}

// wants notes how m wants to hear.
func (m *member) wants(b *Bridge, f media.Format) {
	m.format = f
	m.linear = f.Codec == "" || b.clock.cfg.Encoders == nil
}

// follow finds what becomes of the encoder that m has to itself when it has come
// to want another format. In the middle of what m hears the next one listens for
// history ticks before it takes over: nobody else has heard what m has, so there
// is no past to prime it with.
func (b *Bridge) follow(m *member, f media.Format) {
	b.retire(m.next)
	m.next = nil
	switch {
	case m.own == nil || m.own.format == f:
	case m.own.used != b.now || m.own.format.Codec != f.Codec:
		b.release(m)
	default:
		m.next = b.newStream(f)
	}
}

// succeed lets the encoder that has listened long enough take over from m's own,
// or any that no longer need listen.
func (b *Bridge) succeed(m *member) {
	if m.next == nil || m.own.used == b.now-1 && m.next.listened < history {
		return
	}
	b.retire(m.own)
	m.own, m.next = m.next, nil
}
