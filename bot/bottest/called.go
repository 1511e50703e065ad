package bottest

import (
	"math"
	"slices"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// reaction is what somebody does who is called.
type reaction struct {
	after time.Duration
	act   func(p *person, inv *call.Invitation) // nil: the script says
}

// WillAnswer has the person answer calls after they have rung for so long.
func (p *Person) WillAnswer(after time.Duration) *Person {
	p.when = reaction{after, func(p *person, inv *call.Invitation) { p.accept(inv) }}
	return p
}

// WillDecline has the person decline calls after they have rung for so long.
func (p *Person) WillDecline(after time.Duration) *Person {
	p.when = reaction{after, func(_ *person, inv *call.Invitation) { inv.Decline(call.ReasonDeclined) }}
	return p
}

// WillBeBusy has the person be busy when called.
func (p *Person) WillBeBusy() *Person {
	p.when = reaction{0, func(_ *person, inv *call.Invitation) { inv.Decline(call.ReasonBusy) }}
	return p
}

// HasVoicemail has a machine answer after a call has rung for so long: it says a
// greeting, beeps, and listens.
func (p *Person) HasVoicemail(after time.Duration, greeting string) *Person {
	p.when = reaction{after, func(p *person, inv *call.Invitation) {
		l := p.accept(inv)
		l.say(p.stage.language.text(p.name, greeting).frames()...)
		l.say(beep()...)
	}}
	return p
}

// beep is half a second of 1000 Hz at -15 dBov.
func beep() [][]int16 {
	frame := make([]int16, media.FrameSize)
	for i := range frame {
		frame[i] = media.Clip(int(8000 * math.Sin(2*math.Pi*1000*float64(i)/media.Rate)))
	}
	return slices.Repeat([][]int16{frame}, 25)
}

// Ring fits call.Ringer for everybody on the stage.
func (s *stage) Ring(inv *call.Invitation) bool {
	p := s.people[inv.To()]
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rung = append(p.rung, inv)
	if when := p.when; when.act != nil {
		timer := time.AfterFunc(when.after, func() { when.act(p, inv) })
		go func() {
			<-inv.Done()
			timer.Stop()
		}()
	}
	return true
}

// accept answers an invitation. One that rings no more is nobody's.
func (p *person) accept(inv *call.Invitation) *line {
	l := p.enter("answers")
	if _, err := inv.Accept(p.stage.life(), call.Acceptance{Leg: l, Name: p.name}); err != nil {
		l.leave()
	}
	return l
}

// ringing is the invitation that rings, nil if none does.
func (p *person) ringing() *call.Invitation {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, inv := range p.rung {
		select {
		case <-inv.Done():
		default:
			return inv
		}
	}
	return nil
}

// IsCalled waits until the person is called.
func (p *Person) IsCalled() {
	p.stage.helper()
	p.expect("is called", func() bool { return p.ringing() != nil })
}

// Answers waits until the person is called, and answers.
func (p *Person) Answers() {
	p.stage.helper()
	p.IsCalled()
	p.reacts("answers")
}

// reacts is what the person does with the call that rings.
func (p *Person) reacts(does string) {
	switch inv := p.ringing(); does {
	case "answers":
		p.accept(inv)
	case "declines":
		inv.Decline(call.ReasonDeclined)
	case "is busy":
		inv.Decline(call.ReasonBusy)
	}
	p.stage.rest()
}

// IsBusy waits until the person is called, and is busy.
func (p *Person) IsBusy() {
	p.stage.helper()
	p.IsCalled()
	p.did("is busy", "")
	p.reacts("is busy")
}

// Declines waits until the person is called, and declines.
func (p *Person) Declines() {
	p.stage.helper()
	p.IsCalled()
	p.did("declines", "")
	p.reacts("declines")
}
