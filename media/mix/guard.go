package mix

import (
	"fmt"
	"runtime/debug"
)

// guarded runs a step of the tick that calls ports: one barrier for all of
// them. The step keeps in b.at how far it has come and in b.culprit whom it
// calls; if that one panics it is marked broken and the step goes on behind it.
func (b *Bridge) guarded(step func(*Bridge)) {
	b.at = 0
	for !b.done(step) {
	}
	b.culprit = nil
}

func (b *Bridge) done(step func(*Bridge)) bool {
	defer func() {
		if b.culprit == nil {
			return // nobody's: not ours to hide
		}
		if p := recover(); p != nil {
			b.culprit.breaks(p)
		}
	}()
	step(b)
	return true
}

// breaks marks a member whose port has panicked. It is not called again.
func (m *member) breaks(p any) {
	m.broken = fmt.Errorf("mix: port %s panicked: %v\n%s", m.id, p, debug.Stack())
	m.taken, m.voice, m.speaks = false, nil, false
}
