package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/botd-dev/botd/internal/bench/join"
	"github.com/botd-dev/botd/internal/bench/proc"
	"github.com/botd-dev/botd/internal/bench/sound"
)

const (
	// joining is how many join at once.
	joining = 4
	// ears is how many listeners of the first call decode, beside its first
	// speaker, who listens for itself.
	ears = 5
)

// Plan says who takes part.
type Plan struct {
	// Way is how they get in.
	Way join.Way
	// Server is the process whose time and memory are measured.
	Server int
	// Participants and Speakers are those of each call.
	Participants, Speakers int
	// Open says that those who do not speak have their microphones open, in a
	// quiet room; else they are muted and send nothing.
	Open bool
	// Voices are what they say.
	Voices *Voices
	// Joined is called once everybody is in a call, with its room and the names
	// of those who speak; it may bring others in. Nil is nothing more.
	Joined func(ctx context.Context, room string, speakers []string) error
	// Echoed says that what the first speaker hears of itself is what is meant:
	// a bot repeats it.
	Echoed bool
}

// ErrPlan is a plan that cannot be.
var ErrPlan = errors.New("impossible plan")

func (p Plan) validate() error {
	if p.Participants < 1 || p.Speakers < 0 || p.Speakers > p.Participants {
		return fmt.Errorf("%w: %d speakers among %d", ErrPlan, p.Speakers, p.Participants)
	}
	return nil
}

// Session is a number of calls that go on.
type Session struct {
	plan   Plan
	before proc.Usage // before anybody joined
	window atomic.Pointer[window]
	sender sender
	stop   context.CancelFunc
	done   sync.WaitGroup

	mu           sync.Mutex
	participants []*participant
	calls        int
	broken       error // why somebody cannot listen
}

// NewSession begins without any call.
func NewSession(plan Plan) (*Session, error) {
	if err := plan.validate(); err != nil {
		return nil, err
	}
	before, err := proc.Read(plan.Server)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Session{plan: plan, before: before, stop: stop}
	s.done.Go(func() { s.sender.run(ctx) })
	return s, nil
}

// Grow begins so many calls more; everybody is in when it returns.
func (s *Session) Grow(ctx context.Context, calls int) error {
	g, joined := errgroup.WithContext(ctx)
	g.SetLimit(joining)
	var rooms []*call
	for range calls {
		c := &call{room: fmt.Sprintf("bench-%d", s.calls), first: s.calls == 0}
		rooms = append(rooms, c)
		s.calls++
		for index := range s.plan.Participants {
			g.Go(func() error { return s.join(joined, newParticipant(s, c, index)) })
		}
	}
	if err := g.Wait(); err != nil || s.plan.Joined == nil {
		return err
	}
	for _, c := range rooms {
		var speakers []string
		for index := range s.plan.Speakers {
			speakers = append(speakers, c.name(index))
		}
		if err := s.plan.Joined(ctx, c.room, speakers); err != nil {
			return fmt.Errorf("%s: %w", c.room, err)
		}
	}
	return nil
}

func (s *Session) join(ctx context.Context, p *participant) error {
	name := p.call.name(p.index)
	peer, err := s.plan.Way.Join(ctx, join.Person{Room: p.call.room, Name: name, Muted: p.clip == nil, Hears: p.hear})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.peer = peer
	s.mu.Lock()
	s.participants = append(s.participants, p)
	s.mu.Unlock()
	if p.clip != nil {
		s.sender.add(p)
	}
	return nil
}

// listens says whether a participant decodes: the first speaker of the first
// call for itself, and some of the others, the silent ones first.
func (s *Session) listens(p *participant) bool {
	if !p.call.first || s.plan.Speakers == 0 {
		return false
	}
	silent := s.plan.Participants - s.plan.Speakers
	if silent == 0 {
		return p.index <= ears
	}
	return p.index == 0 || p.index >= s.plan.Speakers && p.index < s.plan.Speakers+ears
}

// newEar makes one, or keeps why not.
func (s *Session) newEar() *sound.Ear {
	ear, err := sound.NewEar()
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.broken = err
	}
	return ear
}

// Close leaves every call.
func (s *Session) Close() {
	s.stop()
	s.done.Wait()
	var g errgroup.Group
	g.SetLimit(joining)
	for _, p := range s.participants {
		g.Go(func() error {
			p.peer.Leave()
			return nil
		})
	}
	_ = g.Wait() // closing has no errors
}
