package mix

import "github.com/botd-dev/botd/media"

// past is the last frames that an audience has heard, and the one of this tick.
// It has no frames before something is mixed: passing needs none.
type past struct {
	frames *[history + 1]*media.Frame
	at     int
	quiet  int // how many ticks there has been nothing
	rested int // and how many there had been before this one
}

// memory is the last frames somebody heard, oldest first.
type memory [history]*media.Frame

// before is the frame of n ticks ago; 0 is this tick's. There is one only if
// there are frames.
func (p *past) before(n int) *media.Frame {
	return p.frames[(p.at+len(p.frames)-n)%len(p.frames)]
}

// memory fills m with what was heard before this tick.
func (p *past) memory(m *memory, silent *media.Frame) {
	for i := range m {
		m[i] = silent
		if p.frames != nil {
			m[i] = p.before(history - i)
		}
	}
}

// frame is that of this tick.
func (p *past) frame(silent *media.Frame) *media.Frame {
	if p.frames == nil {
		return silent
	}
	return p.before(0)
}

// next turns to the frame of a tick in which there is something.
func (p *past) next() *media.Frame {
	if p.frames == nil {
		p.frames = newFrames()
	}
	p.rested, p.quiet = p.quiet, 0
	p.at = (p.at + 1) % len(p.frames)
	return p.before(0)
}

// rest turns to the frame of a tick in which there is nothing.
func (p *past) rest() {
	p.rested = p.quiet
	if p.quiet++; p.frames == nil || p.quiet > history+1 {
		return // all of them are silent
	}
	p.at = (p.at + 1) % len(p.frames)
	p.before(0).Silence()
}

// replace makes what others heard before this tick the past. It comes before
// the frame of this tick.
func (p *past) replace(m *memory) {
	if p.frames == nil {
		p.frames = newFrames()
	}
	p.quiet = 0 // as is rested, with the frame of this tick
	for i, f := range m {
		copy(p.before(history-1-i).Samples, f.Samples)
	}
}

// copy takes over what others have heard.
func (p *past) copy(from *past) {
	p.at, p.quiet = from.at, from.quiet
	if from.frames == nil {
		return
	}
	p.frames = newFrames()
	for i, f := range from.frames {
		copy(p.frames[i].Samples, f.Samples)
	}
}

func newFrames() *[history + 1]*media.Frame {
	var f [history + 1]*media.Frame
	for i := range f {
		f[i] = media.NewFrame(media.Rate)
	}
	return &f
}
