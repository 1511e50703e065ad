package mix

import "github.com/botd-dev/botd/media"

// ears are one way of hearing: whom somebody can hear. All whose limits come to
// the same share them. The loudest are selected for each ears alone, so that a
// whisper is not lost among those its listener does not hear.
type ears struct {
	everybody bool
	list          // whom, if not everybody
	limits    int // how many limits come to these ears

	live   bool     // an audience uses them
	kept   bool     // it still does, after regrouping
	fresh  bool     // they were not used in the last tick
	voices []voice  // those of ids who are there
	chosen []*voice // of voices, the loudest in this tick
	last   []*voice // and in the tick before

	parts   []part  // what is heard in this tick
	mixes   bool    // somebody hears it as a mix
	sum     []int32 // of the parts and of what is played to all
	sources int     // that sum is made of
}

// voice is a member as one kind of ears takes it.
type voice struct {
	of     *member
	heard  bool // in the last tick
	chosen bool // in this tick
}

// part is what somebody adds to a mix.
type part struct {
	of      *member
	fade    func([]int16) // what is done to its voice first; nil is nothing
	late    bool          // it had something to say before
	ends    bool          // it has nothing more, but what its codec holds back: up to 6.5 ms
	samples []int16       // nil if its voice was not read
}

// attend finds those who are to be heard among the members. Who was heard
// before keeps the lead.
func (e *ears) attend(members []*member, named map[string]*member) {
	heard := make(map[*member]bool, len(e.chosen))
	for _, v := range e.chosen {
		heard[v.of] = true
	}
	e.gather(members, named)
	e.chosen = e.chosen[:0]
	for i := range e.voices {
		if v := &e.voices[i]; heard[v.of] {
			v.heard = true
			e.chosen = append(e.chosen, v)
		}
	}
}

func (e *ears) gather(members []*member, named map[string]*member) {
	clear(e.voices)
	e.voices = e.voices[:0]
	if e.everybody {
		for _, m := range members {
			if m.tap == nil {
				e.voices = append(e.voices, voice{of: m})
			}
		}
		return
	}
	for _, id := range e.ids {
		if m, ok := named[id]; ok {
			e.voices = append(e.voices, voice{of: m})
		}
	}
}

// open makes the ears ready for their first tick.
func (e *ears) open() {
	e.live, e.fresh = true, true
}

// shut frees what only a tick needs.
func (e *ears) shut() {
	e.live, e.kept = false, false
	e.voices, e.chosen, e.last, e.parts, e.sum = nil, nil, nil, nil, nil
}

// mix adds up what is heard: the loudest, and those who have just ceased to be
// among them, fading. Who was kept out until now is faded in, unless the ears
// are fresh: then whoever comes to them fades as a whole.
func (e *ears) mix(s *scratch) {
	e.sources = s.common
	if e.sum == nil {
		e.sum = make([]int32, media.FrameSize)
	}
	if s.common > 0 {
		copy(e.sum, s.played)
	} else {
		clear(e.sum)
	}
	for i := range e.parts {
		p := &e.parts[i]
		f := p.of.voice
		if p.fade != nil {
			f = s.faded(f, p.fade)
		}
		if f == nil {
			continue
		}
		p.samples = f.Samples
		add(e.sum, f.Samples)
		e.sources++
	}
}

// part is what m adds to the sum, nil if nothing, and how many others do.
func (e *ears) part(m *member) (samples []int16, others int) {
	if p := e.find(m); p != nil && p.samples != nil {
		return p.samples, e.sources - 1
	}
	return nil, e.sources
}

// find is the part of m, nil if it has none.
func (e *ears) find(m *member) *part {
	for i := range e.parts {
		if e.parts[i].of == m {
			return &e.parts[i]
		}
	}
	return nil
}
