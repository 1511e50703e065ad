package turn

import "github.com/botd-dev/botd/media"

// DuckedBy is by how many decibels Duck makes a prompt quieter.
const DuckedBy = 18

// Prompt applies a policy to what is playing. One goroutine uses it.
type Prompt struct {
	policy Policy
	plays  media.Playback
	held   bool // by Pause or Duck
	over   bool
}

// NewPrompt puts a playback under a policy.
func NewPrompt(p Policy, plays media.Playback) *Prompt { return &Prompt{policy: p, plays: plays} }

// Signal does what the policy says, and reports whether the prompt has been
// stopped: now or before.
func (p *Prompt) Signal(s Signal) (stopped bool) {
	switch {
	case p.over || p.policy == Uninterruptible:
	case s == Began:
		p.hold()
	case s == Interruption:
		p.stop()
	case s == Backchannel, s == Ended:
		p.goOn()
	}
	return p.over
}

// Key is a key that was pressed: it is always meant, and stops what may be
// stopped.
func (p *Prompt) Key() (stopped bool) {
	if p.policy != Uninterruptible {
		p.stop()
	}
	return p.over
}

func (p *Prompt) stop() {
	if !p.over {
		p.over = true
		p.plays.Stop()
	}
}

func (p *Prompt) hold() {
	switch p.policy {
	case Pause:
		p.plays.Pause()
	case Duck:
		p.plays.Duck(DuckedBy)
	case Stop, Uninterruptible:
		return
	}
	p.held = true
}

func (p *Prompt) goOn() {
	if !p.held {
		return
	}
	p.held = false
	p.plays.Duck(0)
	p.plays.Resume()
}
