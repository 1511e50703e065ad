// Package turn is who has the floor: whether somebody has begun to speak, whether
// they mean to interrupt or only show that they listen ("mhm"), and when they
// have finished. And what that does to a prompt that plays meanwhile. It knows
// frames and words; no call, no participant and no clock.
package turn

import "github.com/botd-dev/botd/media"

// Signal is what a Decider has found out.
type Signal int

// The signals. Began comes first, then Interruption, Backchannel or neither, and
// Ended last. An Interruption may follow a Backchannel that goes on.
const (
	// Nothing is new.
	Nothing Signal = iota
	// Began says that somebody may have begun to speak.
	Began
	// Interruption says that they want the floor.
	Interruption
	// Backchannel says that they only show that they listen.
	Backchannel
	// Ended says that they have finished.
	Ended
)

// String names the signal in logs and tests.
func (s Signal) String() string {
	return [...]string{"nothing", "began", "interruption", "backchannel", "ended"}[s]
}

// Decider follows one speaker. Its methods are called by one goroutine.
type Decider interface {
	// Frame takes the next 20 ms, at 8 kHz or more. Every frame is to come,
	// silent ones too: they are the Decider's clock. f is not kept.
	Frame(f *media.Frame) Signal
	// Words takes what a recognizer has understood of what is being said: all of
	// the utterance so far. It is optional, and may come late.
	Words(text string) Signal
}

// Policy is what speech does to a prompt that is playing.
type Policy int

// The policies.
const (
	// Stop ends the prompt at an interruption. It is the default.
	Stop Policy = iota
	// Pause holds it when somebody begins to speak, ends it at an interruption
	// and has it go on after a backchannel.
	Pause
	// Duck is Pause with a prompt that gets quieter instead.
	Duck
	// Uninterruptible plays it to its end, whatever is said or pressed.
	Uninterruptible
)

// policies are their names in requests.
var policies = map[string]Policy{"stop": Stop, "pause": Pause, "duck": Duck, "uninterruptible": Uninterruptible}

// ParsePolicy finds a policy by its name: "stop", "pause", "duck" or
// "uninterruptible".
func ParsePolicy(name string) (Policy, bool) {
	p, ok := policies[name]
	return p, ok
}
