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
	streams map[media.Format]*stream

	from *audience // whom they were of before; only while they are sorted
	due  int64     // the tick from which they are as if they had always been

	past
	heard  []int32 // the mix of this tick, before limiting
	extra  int     // sources of it that the ears do not have
	buffer []int32
}

// past is the last frames that an audience has heard, and the one of this tick.
type past struct {
	frames [history + 1]*media.Frame
	at     int
}

func newAudience(e *ears, plays []*playback, now int64) *audience {
	a := &audience{
		ears:    e,
		plays:   slices.Clone(plays),
		streams: map[media.Format]*stream{},
		due:     now + hangover,
		buffer:  make([]int32, media.FrameSize),
	}
	for i := range a.frames {
		a.frames[i] = media.NewFrame(media.Rate)
	}
	return a
}

// before is the frame of n ticks ago; 0 is this tick's.
func (p *past) before(n int) *media.Frame {
	return p.frames[(p.at+len(p.frames)-n)%len(p.frames)]
}

// copy takes over what others have heard.
func (p *past) copy(from *past) {
	p.at = from.at
	for i, f := range from.frames {
		copy(p.frames[i].Samples, f.Samples)
	}
}

// hears reports whether the audience hears by these ears, and these plays.
func (a *audience) hears(e *ears, plays []*playback) bool {
	return a.ears == e && slices.Equal(a.plays, plays)
}

// mix makes what the audience hears in this tick and returns how many samples
// the limiter bent.
func (a *audience) mix() (bent int64) {
	a.heard, a.extra = a.ears.sum, 0
	sources := a.ears.sources
	if a.was != nil {
		a.heard = a.buffer
		blend(a.heard, a.was.sum, a.ears.sum)
		sources = max(sources, a.was.sources)
	}
	for _, p := range a.plays {
		if p.sound != nil {
			a.play(p.sound)
		}
	}
	a.at = (a.at + 1) % len(a.frames)
	return limit(a.before(0).Samples, a.heard, sources+a.extra)
}

// play adds what is played to the audience alone.
func (a *audience) play(f *media.Frame) {
	if a.was == nil && a.extra == 0 {
		a.heard = a.buffer
		copy(a.heard, a.ears.sum)
	}
	add(a.heard, f.Samples)
	a.extra++
}

// part is what m adds to the mix, nil if nothing, and how many others do. It
// may use room.
func (a *audience) part(m *member, room []int16) (samples []int16, others int) {
	if m.voice == nil {
		return nil, 0
	}
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
