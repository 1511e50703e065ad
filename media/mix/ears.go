package mix

import (
	"slices"

	"github.com/botd-dev/botd/media"
)

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
	sum     []int32 // of the parts and of what is played to all
	sources int     // that sum is made of
}

// voice is a member as one kind of ears takes it.
type voice struct {
	of     *member
	heard  bool // in the last tick
	chosen bool // in this tick
}

// part is what somebody adds to a mix: its voice, faded or not.
type part struct {
	of      *member
	samples []int16
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
			e.voices = append(e.voices, voice{of: m})
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
	e.sum = make([]int32, media.FrameSize)
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
	e.parts = e.parts[:0]
	if s.common > 0 {
		copy(e.sum, s.played)
	} else {
		clear(e.sum)
	}
	for _, v := range e.chosen {
		if v.of.ongoing && !v.heard && !e.fresh {
			e.add(v.of, s.faded(v.of.voice, fadeIn))
		} else {
			e.add(v.of, v.of.voice)
		}
	}
	for _, v := range e.last {
		if v.leaves() {
			e.add(v.of, s.faded(v.of.voice, fadeOut))
		}
		v.heard = false
	}
	for _, v := range e.chosen {
		v.heard, v.chosen = true, false
	}
	e.fresh = false
}

func (e *ears) add(m *member, f *media.Frame) {
	if f == nil {
		return
	}
	add(e.sum, f.Samples)
	e.sources++
	e.parts = append(e.parts, part{m, f.Samples})
}

// part is what m adds to the sum, nil if nothing, and how many others do.
func (e *ears) part(m *member) (samples []int16, others int) {
	i := slices.IndexFunc(e.parts, func(p part) bool { return p.of == m })
	if i < 0 {
		return nil, e.sources
	}
	return e.parts[i].samples, e.sources - 1
}
