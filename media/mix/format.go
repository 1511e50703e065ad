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
			b.retire(m.own)
			m.own = nil
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
