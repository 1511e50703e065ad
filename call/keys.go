package call

import "slices"

// Key is a key that somebody in the call has pressed.
type Key struct {
	By   Audible
	Tone Tone
}

// keyListener is who waits for everybody's keys.
type keyListener struct{ keys chan Key }

// Keys are the keys that anybody in the call presses from now on, until the
// function that it returns is called. Of more than 64 that wait, the later ones
// are lost.
func (s *Stage) Keys() (pressed <-chan Key, enough func()) {
	c, l := s.cn.call, &keyListener{make(chan Key, 64)}
	c.postAs(s.who()+" listens", func() { c.keys = append(c.keys, l) })
	return l.keys, func() {
		c.postAs(s.who()+" has listened", func() { c.keys = slices.DeleteFunc(c.keys, func(other *keyListener) bool { return other == l }) })
	}
}

// key tells those who wait for everybody's keys of one.
func (p *Participant) key(t Tone) {
	for _, l := range p.call.keys {
		select {
		case l.keys <- Key{p.audible(), t}:
		default:
		}
	}
}
