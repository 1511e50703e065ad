package local

import "time"

// gap covers the time in which nobody does a bot's part: after a while the call
// hears a filler.
type gap struct {
	after time.Duration // 0 is never
	fill  func(filled bool)

	timer *time.Timer
	done  chan struct{} // closed when the timer's function has run
}

// begin starts the time. Begin and over are called by who runs the bot, in turn.
func (g *gap) begin() {
	if g.after == 0 || g.timer != nil {
		return
	}
	done := make(chan struct{})
	g.done = done
	g.timer = time.AfterFunc(g.after, func() {
		defer close(done)
		g.fill(true)
	})
}

// over ends it: somebody does the bot's part again, or nobody will.
func (g *gap) over() {
	if g.timer == nil {
		return
	}
	if !g.timer.Stop() {
		<-g.done
		g.fill(false)
	}
	g.timer = nil
}

// newGap covers the gaps of a seat.
func newGap(s *seat) *gap {
	return &gap{after: s.cfg.FillerAfter, fill: func(filled bool) {
		if cn := s.connection(); cn != nil && s.cfg.Away != nil {
			s.cfg.Away(cn.ID(), filled)
		}
	}}
}

// end stops the time for good.
func (g *gap) end() {
	if g.timer != nil && !g.timer.Stop() {
		<-g.done
	}
}
