package mix

import (
	"slices"

	"github.com/botd-dev/botd/media"
)

// audience is those who hear the same while they say nothing: what their ears
// hear and, on top, what is played to them alone.
type audience struct {
	ears    *ears
	was     *ears       // in their first tick: what they come from; else nil
	plays   []*playback // what is played to them alone
	members []*member
	groups  []*group // of the members, by format

	linear  int    // how many of the members hear frames
	encoded int    // and how many payloads
	codec   string // of those; empty if they do not agree

	from *audience // whom they were of before; only while they are sorted
	due  int64     // the tick from which they are as if they had always been

	past   past
	passed *member // whose packets they heard last, nil if it was a mix
	mixes  bool    // in this tick there is a mix to be made
	heard  []int32 // it, before limiting
	extra  int     // sources of it that the ears do not have
	buffer []int32
	level  envelope
}

// group is those of an audience who hear in the same format.
type group struct {
	format media.Format
	linear bool
	stream *stream // nil until something has been encoded for them

	made  int64       // the tick that what they share was made in
	sound media.Sound // it
	from  *member     // whose packet it is; nil if it is a mix
	quiet bool        // there is nothing to hear
}

func newAudience(e *ears, plays []*playback, now int64) *audience {
	return &audience{
		ears:  e,
		plays: slices.Clone(plays),
		due:   now + hangover,
		past:  past{quiet: history + 2},
		level: newEnvelope(),
	}
}

// groupOf is the group that m belongs to.
func (a *audience) groupOf(m *member) *group {
	for _, g := range a.groups {
		if g.format == m.format && g.linear == m.linear {
			return g
		}
	}
	g := &group{format: m.format, linear: m.linear, made: never}
	a.groups = append(a.groups, g)
	return g
}

// count finds out in which ways the members hear.
func (a *audience) count() {
	a.linear, a.encoded, a.codec = 0, 0, ""
	for _, m := range a.members {
		m.group = a.groupOf(m)
		switch {
		case m.linear:
			a.linear++
			continue
		case a.encoded == 0:
			a.codec = m.format.Codec
		case a.codec != m.format.Codec:
			a.codec = ""
		}
		a.encoded++
	}
}

// hears reports whether the audience hears by these ears, and these plays.
func (a *audience) hears(e *ears, plays []*playback) bool {
	return a.ears == e && slices.Equal(a.plays, plays)
}

// sounding is how many plays there are for the audience alone in this tick.
func (a *audience) sounding() (n int) {
	for _, p := range a.plays {
		if p.sound != nil {
			n++
		}
	}
	return n
}

// mix makes what the audience hears in this tick and returns how many samples
// the limiter bent.
func (a *audience) mix() (bent int64) {
	if !a.mixes {
		a.past.rest()
		a.level = newEnvelope()
		return 0
	}
	a.heard = a.ears.sum
	sources := a.ears.sources
	if a.was != nil || a.extra > 0 {
		a.heard = a.room()
		copy(a.heard, a.ears.sum)
	}
	if a.was != nil {
		blend(a.heard, a.was.sum, a.ears.sum)
		sources = max(sources, a.was.sources)
	}
	for _, p := range a.plays {
		if p.sound != nil {
			add(a.heard, p.sound.Samples)
		}
	}
	a.level.follow(a.heard, sources+a.extra)
	return a.level.limit(a.past.next().Samples, a.heard, sources+a.extra)
}

func (a *audience) room() []int32 {
	if a.buffer == nil {
		a.buffer = make([]int32, media.FrameSize)
	}
	return a.buffer
}

// part is what m adds to the mix, nil if nothing, and how many others do. It
// may use room.
func (a *audience) part(m *member, room []int16) (samples []int16, others int) {
	now, others := a.ears.part(m)
	if a.was == nil {
		return now, others + a.extra
	}
	before, rest := a.was.part(m)
	if before == nil && now == nil {
		return nil, 0
	}
	blendPart(room, before, now)
	return room, max(others, rest) + a.extra
}

// settled ends the first tick of an audience. It reports whether the bridge is
// to regroup before the next.
func (a *audience) settled(now int64) bool {
	arrived := a.was != nil
	a.was = nil
	return arrived || now == a.due
}
