package mix

import "github.com/botd-dev/botd/media"

// scratch is what a tick works with. A call in which packets are passed on needs
// little of it.
type scratch struct {
	awake []*member // those who were asked for their level
	taken []*member // those of them whose sound somebody wants

	frames  []*media.Frame // of voices and of faded voices
	used    int            // of frames, those of this tick
	played  []int32        // what is played to all
	common  int            // how many sources that is
	playing bool           // something is played, to whomever
	mine    *media.Frame   // what somebody hears who is heard, or a tap
	own     []int16        // and what they hear less, while it fades
	past    memory         // what somebody heard whose encoder is to be primed
	sent    bool           // somebody was handed something to send
	count   Stats
	news    []func() // what is to be told when the lock is free

	at      int     // how far a guarded step has come
	culprit *member // whose port is being called
}

// room makes what is needed to mix, once something is to be.
func (s *scratch) room() {
	if s.mine == nil {
		s.played = make([]int32, media.FrameSize)
		s.mine = media.NewFrame(media.Rate)
		s.own = make([]int16, media.FrameSize)
	}
}

// frame is one that nobody else has in this tick.
func (s *scratch) frame() *media.Frame {
	if s.used == len(s.frames) {
		s.frames = append(s.frames, media.NewFrame(media.Rate))
	}
	s.used++
	return s.frames[s.used-1]
}

// faded is f after fade, and f as it was; nil for nil.
func (s *scratch) faded(f *media.Frame, fade func([]int16)) *media.Frame {
	if f == nil {
		return nil
	}
	other := s.frame()
	copy(other.Samples, f.Samples)
	fade(other.Samples)
	return other
}
