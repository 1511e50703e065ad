package bottest

import (
	"runtime"
	"slices"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// scheduler lets one thing happen at a time, and everything come to rest before
// the next. At one moment of virtual time these come in this order: timers,
// whoever wants something of a call, the strands of the script, and last the tick
// of the bridges. It runs in the goroutine of the test.
type scheduler struct {
	gate  *gate
	clock *mix.Clock
	began time.Time
	ticks int64            // the last one that was made or left out
	tell  func(tick int64) // of one that comes

	// Only what runs alone looks at these: a strand, or the scheduler.
	strands int // that have not ended
	cues    []*cue
	aborted bool
}

// cue is a strand of the script that waits for something.
type cue struct {
	ready    func() bool
	deadline time.Time
	resume   chan bool
}

func newScheduler(g *gate, clock *mix.Clock, tell func(int64)) *scheduler {
	return &scheduler{gate: g, clock: clock, tell: tell, began: time.Now()}
}

// elapsed is the virtual time since the beginning.
func (s *scheduler) elapsed() time.Duration { return time.Since(s.began) }

// start runs f as a strand of its own, which begins when it is its turn.
func (s *scheduler) start(f func()) {
	c := s.await(nil, s.began)
	s.strands++
	go func() {
		defer func() { s.strands-- }()
		if <-c.resume; !s.aborted {
			f()
		}
	}()
}

// wait lets the others go on until ready, and reports false if that did not
// happen in time. Only a strand may call it.
func (s *scheduler) wait(ready func() bool, limit time.Duration) bool {
	c := s.await(ready, time.Now().Add(limit))
	ok := <-c.resume
	if s.aborted {
		runtime.Goexit()
	}
	return ok
}

// rest lets everything come to rest.
func (s *scheduler) rest() { s.wait(func() bool { return true }, 0) }

func (s *scheduler) await(ready func() bool, deadline time.Time) *cue {
	c := &cue{ready, deadline, make(chan bool, 1)}
	s.cues = append(s.cues, c)
	return c
}

// run goes on until every strand has ended.
func (s *scheduler) run() {
	for {
		synctest.Wait()
		switch {
		case s.gate.next(), s.next():
		case s.strands == 0:
			return
		default:
			s.advance()
		}
	}
}

// next lets the first strand go on that may, and reports false if there is none.
func (s *scheduler) next() bool {
	for i, c := range s.cues {
		ready := c.ready != nil && c.ready()
		if ready || s.aborted || !time.Now().Before(c.deadline) {
			s.cues = slices.Delete(s.cues, i, i+1)
			c.resume <- ready
			return true
		}
	}
	return false
}

// advance makes the tick that is due, or lets time go on to the next thing.
func (s *scheduler) advance() {
	due := int64(s.elapsed() / media.FrameDuration)
	if due > s.ticks && s.at(due).Equal(time.Now()) {
		s.ticks = due
		s.tell(due)
		if !s.clock.Quiet() {
			s.clock.Step(due)
		}
		return
	}
	next := s.at(due + 1)
	for _, c := range s.cues {
		if c.deadline.Before(next) {
			next = c.deadline
		}
	}
	s.sleep(time.Until(next))
}

func (s *scheduler) at(tick int64) time.Time {
	return s.began.Add(time.Duration(tick) * media.FrameDuration)
}

// sleep lets time pass until d is over or somebody is at the gate.
func (s *scheduler) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.gate.arrived:
	}
}
