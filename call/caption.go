package call

import (
	"slices"
	"time"

	"github.com/botd-dev/botd/identity"
)

// Captioned is a Leg whose user is shown what is said; not every leg is. Caption
// may not block.
type Captioned interface {
	Leg
	Caption(c Caption)
}

// Caption is what somebody in a call has said, or is saying.
type Caption struct {
	// Call is the serverCallId.
	Call string
	// Self is the participant who is shown it.
	Self string
	// ID is the participant who speaks.
	ID       string
	Identity identity.ID
	Name     string
	Text     string
	// Language is that of Text, as BCP 47 spells it.
	Language string
	// Final says that the utterance is over; what comes before may change.
	Final bool
	// At is when it began.
	At time.Time
}

// Caption shows what somebody says to those who hear them, and to themselves.
func (s *Stage) Caption(c Caption) {
	call := s.cn.call
	call.postAs(s.who()+" captions", func() {
		c.Call = call.id
		for _, p := range call.members {
			leg, ok := p.leg.(Captioned)
			if !ok || p.state != Present || !p.follows(c.ID) {
				continue
			}
			told := c
			told.Self = p.id
			call.afterwards(func() { leg.Caption(told) })
		}
	})
}

// follows says that the participant hears what somebody says, or has said it.
func (p *Participant) follows(speaker string) bool {
	return p.id == speaker || p.hears == nil || slices.Contains(p.hears, speaker)
}
