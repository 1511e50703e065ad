package mix

import (
	"slices"

	"github.com/botd-dev/botd/media"
)

// audience is those who hear the same while they say nothing: the mix of
// everybody heard and, on top, what is played to them alone.
type audience struct {
	plays   []*playback // what is played to them alone; nothing for the first one
	members []*member
	streams map[media.Format]*stream

	past
	sum     []int32 // of this tick, before limiting
	sources int
}

// past is the last frames that an audience has heard, and the one of this tick.
type past struct {
	frames [history + 1]*media.Frame
	at     int
}

func newAudience() *audience {
	a := &audience{
		streams: map[media.Format]*stream{},
		sum:     make([]int32, media.FrameSize),
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

// mix makes what the audience hears in this tick and returns how many samples
// the limiter bent.
func (a *audience) mix(sum []int32, sources int) (bent int64) {
	copy(a.sum, sum)
	a.sources = sources
	for _, p := range a.plays {
		if p.sound != nil {
			add(a.sum, p.sound.Samples)
			a.sources++
		}
	}
	a.at = (a.at + 1) % len(a.frames)
	return limit(a.before(0).Samples, a.sum, a.sources)
}

// regroup puts every member into the audience of those who hear the same as it
// does. It runs when somebody came or went or a playback began or ended. An
// audience that was not there yet begins with the past of its first member, so
// that its encoders do.
//
// A member that changes audience changes encoder at once. Going, that is
// smooth, the new encoder being primed; coming back, what was played to it has
// just ended, and nothing goes on that could break off.
func (b *Bridge) regroup() {
	for _, a := range b.audiences {
		a.members = a.members[:0]
	}
	for _, m := range b.members {
		b.private = b.private[:0]
		for _, p := range b.plays {
			if p.to[m.id] {
				b.private = append(b.private, p)
			}
		}
		b.seat(m)
	}
	everybody := b.audiences[0]
	b.audiences = slices.DeleteFunc(b.audiences, func(a *audience) bool {
		return len(a.members) == 0 && a != everybody
	})
}

// seat puts m into the audience that hears b.private.
func (b *Bridge) seat(m *member) {
	i := slices.IndexFunc(b.audiences, func(a *audience) bool {
		return slices.Equal(a.plays, b.private)
	})
	if i < 0 {
		i = len(b.audiences)
		a := newAudience()
		a.plays = slices.Clone(b.private)
		if m.audience != nil {
			a.copy(&m.audience.past)
		}
		b.audiences = append(b.audiences, a)
	}
	m.audience = b.audiences[i]
	m.audience.members = append(m.audience.members, m)
}
