package mix

import (
	"slices"

	"github.com/botd-dev/botd/media"
)

// Who speaks is told by level: somebody does after 60 ms that are louder than a
// murmur, and until there has been nothing of that kind for half a second.
const (
	murmur  = 50 // -dBov
	onset   = 3  // ticks
	breath  = 25 // ticks
	insists = 10 // ticks after which somebody who is muted speaks
	settles = 15 // ticks between two changes of the list: 300 ms
	noticed = 8  // how many the list has at most
	fading  = 5  // ticks in which the weight of who speaks falls by 1 dB
)

// activity is whether a member speaks, heard or not.
type activity struct {
	loud   int   // ticks of sound in a row, give or take breaths
	weight int   // how loud of late, in dB above silence times fading
	last   int64 // the last tick with sound
	talks  bool  // and is not muted
	insist bool  // it was told that it speaks though muted
}

// dominant is the list of who speaks.
type dominant struct {
	talking []*member // the loudest first
	told    []string
	since   int64 // the last change
}

// watch takes in the level of a member in this tick.
func (b *Bridge) watch(m *member) {
	a := &m.activity
	a.weight = max(a.weight-1, fading*(media.Silent-int(min(m.said, media.Silent))))
	switch {
	case m.ending:
		a.loud = 0 // it has to go on to be told of
	case m.said < murmur:
		a.loud = min(a.loud+1, breath)
		a.last = b.now
	case b.now-a.last > breath:
		a.loud, a.insist = 0, false
	}
	if !m.muted {
		a.insist = false
		b.talks(m, a.loud >= onset)
		return
	}
	b.talks(m, false)
	if a.loud >= insists && !a.insist {
		a.insist = true
		if tell := b.opts.MutedSpeaking; tell != nil {
			b.news = append(b.news, func() { tell(m.id) })
		}
	}
}

func (b *Bridge) talks(m *member, does bool) {
	if m.talks == does {
		return
	}
	m.talks = does
	if does {
		b.talking = append(b.talking, m)
		return
	}
	b.talking = slices.DeleteFunc(b.talking, func(other *member) bool { return other == m })
}

// tellDominant tells who speaks if that has changed. Who is ahead in the list
// stays so unless somebody is clearly louder.
func (b *Bridge) tellDominant() {
	tell := b.opts.Speaking
	if tell == nil || b.now-b.since < settles {
		return
	}
	for i := 1; i < len(b.talking); i++ {
		for j := i; j > 0 && b.talking[j].weight > b.talking[j-1].weight+fading*lead; j-- {
			b.talking[j], b.talking[j-1] = b.talking[j-1], b.talking[j]
		}
	}
	if b.same() {
		return
	}
	b.since = b.now
	b.told = b.told[:0]
	for _, m := range b.talking[:min(noticed, len(b.talking))] {
		b.told = append(b.told, m.id)
	}
	ids := slices.Clone(b.told)
	b.news = append(b.news, func() { tell(ids) })
}

// same reports whether the list is what was told.
func (b *Bridge) same() bool {
	if len(b.told) != min(noticed, len(b.talking)) {
		return false
	}
	for i, id := range b.told {
		if b.talking[i].id != id {
			return false
		}
	}
	return true
}
