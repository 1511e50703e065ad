package call

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Audible is somebody in a call who can be listened to: one of somebody's
// devices, or an application that speaks.
type Audible struct {
	// ParticipantID is unique in the call; Identity is not, for somebody who has
	// joined on several devices.
	ParticipantID string
	Identity      identity.ID
	Name          string
	// Application says that it is the seat of an application.
	Application bool
	// InBand says that keys are to be looked for in the sound, for no others come.
	InBand bool
}

func (p *Participant) audible() Audible {
	teller, ok := p.leg.(KeyTeller)
	return Audible{p.id, p.identity, p.name, p.seat != nil, ok && !teller.TellsKeys()}
}

// attendance is who is there, and how to learn that it has changed.
type attendance struct {
	people  []Audible
	changed chan struct{}
}

// muster says who can be listened to now.
func (c *Call) muster() {
	was := c.attendance.Load()
	var people []Audible
	for _, p := range c.members {
		if p.present() && p.port != nil {
			people = append(people, p.audible())
		}
	}
	if was != nil && slices.Equal(was.people, people) {
		return
	}
	c.attendance.Store(&attendance{people, make(chan struct{})})
	if was != nil {
		close(was.changed)
	}
}

// IDs are the callConnectionId, serverCallId and correlationId.
func (s *Stage) IDs() (connection, server, correlation string) {
	return s.cn.id, s.cn.call.id, s.cn.call.correlation
}

// Attendance is who can be listened to besides the application itself, and a
// channel that is closed when it has changed. Somebody who is muted or held is
// among them, and says nothing.
func (s *Stage) Attendance() (people []Audible, changed <-chan struct{}) {
	a := s.cn.call.attendance.Load()
	seat := s.cn.seat.id
	return slices.DeleteFunc(slices.Clone(a.people), func(p Audible) bool { return p.ParticipantID == seat }), a.changed
}

// Target is whom the operation listens to; nil is nobody.
func (s *Stage) Target() *Audible {
	if s.target == nil {
		return nil
	}
	heard := s.heard
	return &heard
}

// Tap listens to one participant by its id, or to all but the application itself
// if that is empty.
func (s *Stage) Tap(participant string, opts media.TapOptions) (media.Tap, error) {
	opts.Of, opts.Without = participant, ""
	if participant == "" {
		opts.Without = s.cn.seat.id
	}
	return s.bridge.Tap(opts)
}

// Speak gives the application a voice of its own in the call, until the function
// that it returns is called. It is a port like any other's: it can be muted, and
// is among those who speak. ErrConflict if the application has one.
func (s *Stage) Speak(ctx context.Context, port media.Port) (hush func(), err error) {
	seat := s.cn.seat
	hush = func() {
		s.cn.call.postAs(s.who()+" hushes", func() {
			if seat.port == port {
				seat.hush()
				seat.port = nil
			}
		})
	}
	err = s.cn.do(ctx, func() error {
		if seat.port != nil {
			return fmt.Errorf("speak: %w", ErrConflict)
		}
		seat.port = port
		seat.sound()
		return nil
	})
	if err != nil {
		hush() // whoever does not wait any more may have been given it
		return nil, err
	}
	return hush, nil
}

// ErrNoKeypad means that a participant cannot be sent keys.
var ErrNoKeypad = errors.New("no keys can be sent there")

// Press presses keys for whom the operation listens to, and waits until they have
// been sent. ErrNoKeypad, ErrNoParticipant if they are gone, or the end of ctx.
func (s *Stage) Press(ctx context.Context, tones ...Tone) error {
	var pad Keypad
	err := s.cn.call.doAs(ctx, s.who()+" presses", func() error {
		if s.target == nil || !s.target.present() {
			return fmt.Errorf("press: %w", ErrNoParticipant)
		}
		pad, _ = s.target.leg.(Keypad)
		return nil
	})
	switch {
	case err != nil:
		return err
	case pad == nil:
		return ErrNoKeypad
	}
	done, err := pad.Press(tones...)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoKeypad, err)
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
