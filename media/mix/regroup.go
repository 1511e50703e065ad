package mix

import "slices"

// regroup puts every member into the audience of those who hear the same as it
// does. It runs when somebody came or went, a playback began or ended, or a
// limit changed.
//
// Whoever comes to hear something else goes to a new audience, together with
// those who come from where it does. That begins with their past, so that its
// encoders do; if nobody has stayed behind, it takes the encoders along. Its
// first tick fades from what they heard to what they hear. If there are others
// who hear the same already, they are joined after hangover ticks, when the
// encoders of both have come to the same state.
func (b *Bridge) regroup() {
	for _, a := range b.audiences {
		a.members = a.members[:0]
	}
	var private []*playback
	for _, m := range b.members {
		private = private[:0]
		for _, p := range b.plays {
			if m.tap == nil && p.to[m.id] {
				private = append(private, p)
			}
		}
		e := b.limits.everybody
		if m.tap == nil {
			e = b.limits.earsOf(m.id)
		}
		m.audience = b.seat(m, e, private)
		m.audience.members = append(m.audience.members, m)
	}
	for _, a := range b.audiences {
		a.arrive()
	}
	b.audiences = slices.DeleteFunc(b.audiences, func(a *audience) bool {
		if len(a.members) > 0 {
			a.count()
			return false
		}
		b.disband(a)
		return true
	})
	named := b.named()
	b.attend(named)
	for _, p := range b.plays {
		p.listen(b.members)
	}
	for _, t := range b.taps {
		t.find(named)
	}
}

// named is the members by id.
func (b *Bridge) named() map[string]*member {
	named := make(map[string]*member, len(b.members))
	for _, m := range b.members {
		if m.tap == nil {
			named[m.id] = m
		}
	}
	return named
}

// seat is the audience of m, who hears by these ears, and these plays.
func (b *Bridge) seat(m *member, e *ears, plays []*playback) *audience {
	from := m.audience
	there := func(a *audience) bool { return a.was == nil && a.from == nil && a.hears(e, plays) }
	switch {
	case from == nil:
		return b.audience(there, e, plays)
	case !from.hears(e, plays):
		a := b.audience(func(a *audience) bool { return a.from == from && a.hears(e, plays) }, e, plays)
		a.comeFrom(from)
		return a
	case b.now > from.due:
		return b.audience(there, e, plays)
	}
	return from
}

// audience is the first one that fits, or a new one.
func (b *Bridge) audience(fits func(*audience) bool, e *ears, plays []*playback) *audience {
	if i := slices.IndexFunc(b.audiences, fits); i >= 0 {
		return b.audiences[i]
	}
	a := newAudience(e, plays, b.now)
	b.audiences = append(b.audiences, a)
	return a
}

// comeFrom makes a go on from where its members were.
func (a *audience) comeFrom(from *audience) {
	if a.from != nil {
		return
	}
	a.from = from
	a.past.copy(&from.past)
	a.level, a.passed = from.level, from.passed
	if from.ears != a.ears {
		a.was = from.ears
	}
}

// arrive ends coming from elsewhere.
func (a *audience) arrive() {
	if a.from != nil && len(a.from.members) == 0 {
		a.groups = append(a.groups, a.from.groups...)
		a.from.groups = nil
	}
	a.from = nil
}

// disband gives back the encoders of an audience.
func (b *Bridge) disband(a *audience) {
	for _, g := range a.groups {
		b.retire(g.stream)
		g.stream = nil
	}
}

// attend finds out which ears are used now, and whom they can hear.
func (b *Bridge) attend(named map[string]*member) {
	old := b.ears
	b.ears = nil
	for _, e := range old {
		e.kept = false
	}
	for _, a := range b.audiences {
		b.keep(a.ears)
		b.keep(a.was)
	}
	for _, e := range old {
		if !e.kept {
			e.shut()
		}
	}
	for _, e := range b.ears {
		e.attend(b.members, named)
	}
}

func (b *Bridge) keep(e *ears) {
	if e == nil || e.kept {
		return
	}
	if !e.live {
		e.open()
	}
	e.kept = true
	b.ears = append(b.ears, e)
}
