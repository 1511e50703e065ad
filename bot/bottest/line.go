package bottest

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// pressing is how long a key takes that is pressed by the other side.
const pressing = 160 * time.Millisecond

// line is somebody's way into one call, and their mouth and ear there. It fits
// call.Keypad, and media.Port, Sleeper and Follower.
type line struct {
	person  *person
	opening string // what they did to come in
	awake   atomic.Bool
	up      *wire // from them to the call
	down    *wire

	mu       sync.Mutex
	p        *call.Participant
	roster   call.Roster
	gone     *call.Reason
	said     [][]int16 // what they have yet to say, a frame a tick; nil is silence
	coming   []int16   // of this tick
	pressed  []call.Tone
	listener *listener
}

// Kind fits call.Leg.
func (*line) Kind() string { return "bottest" }

// Attach fits call.Leg.
func (l *line) Attach(p *call.Participant) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.p == nil {
		l.person.did(l.opening, "")
	}
	l.p = p
}

// Accept fits call.Leg: media flows at once.
func (l *line) Accept() { go l.participant().Connected() }

// Port fits call.Leg.
func (l *line) Port() media.Port { return l }

// Show fits call.Leg.
func (l *line) Show(v call.Roster) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.roster = v
}

// Mute fits call.Leg; the roster says it too.
func (*line) Mute() {}

// Unmute fits call.Leg.
func (*line) Unmute() {}

// Hangup fits call.Leg.
func (l *line) Hangup(why call.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone == nil {
		l.person.did("is hung up on", why.String())
		l.gone = &why
	}
	l.said = nil
}

// Press fits call.Keypad.
func (l *line) Press(tones ...call.Tone) (<-chan struct{}, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pressed = append(l.pressed, tones...)
	done := make(chan struct{})
	time.AfterFunc(time.Duration(len(tones))*pressing, func() { close(done) })
	return done, nil
}

func (l *line) participant() *call.Participant {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.p
}

// leave notes that the person goes by themselves.
func (l *line) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	why := call.ReasonLocal
	l.gone = &why
}

// over is why the person is not in the call any more, nil while they are.
func (l *line) over() *call.Reason {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gone
}

// state is the person's own in the call, as it was last shown.
func (l *line) state() call.Member {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.roster.Members {
		if m.ID == l.roster.Self {
			return m
		}
	}
	return call.Member{}
}

// with reports whether somebody else is there to be heard.
func (l *line) with(who identity.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.roster.Members, func(m call.Member) bool {
		return m.Identity == who && (m.State == call.Present || m.State == call.OnHold)
	})
}

// say has frames said after what is being said.
func (l *line) say(frames ...[]int16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone == nil {
		l.said = append(l.said, frames...)
		l.awake.Store(true)
	}
}

// attend says which tick comes, also where it is left out.
func (l *line) attend(tick int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listener.at(tick)
}

// cut takes the line off the network, or puts it on again.
func (l *line) cut(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up.down, l.down.down = down, down
}

// quiet reports whether all has been said.
func (l *line) quiet() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.said) == 0
}

// Awake fits media.Sleeper.
func (l *line) Awake() *atomic.Bool { return &l.awake }

// Follows fits media.Follower: what is on its way has to come out.
func (l *line) Follows() bool { return !l.down.empty() }

// Level fits media.Port.
func (l *line) Level() uint8 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var sound []int16
	if len(l.said) > 0 {
		sound, l.said = l.said[0], l.said[1:]
	}
	l.coming = l.up.pass(l.person.tick(), sound)
	if len(l.said) == 0 && l.up.empty() {
		l.awake.Store(false)
	}
	if l.coming == nil {
		return media.Silent
	}
	return media.Level(&media.Frame{Samples: l.coming, Rate: media.Rate})
}

// Read fits media.Port.
func (l *line) Read(f *media.Frame) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	f.Resize(media.FrameSize, media.Rate)
	f.Silence()
	copy(f.Samples, l.coming)
	return nil
}

// Skip fits media.Port: Level has taken the frame.
func (*line) Skip() {}

// Format fits media.Port: linear PCM.
func (*line) Format() media.Format { return media.Format{} }

// Hear fits media.Port.
func (l *line) Hear(s media.Sound) {
	samples := s.Frame.Samples
	if !loud(samples) {
		samples = nil
	}
	if samples = l.down.pass(l.person.tick(), samples); samples == nil {
		l.person.listen(nil)
		return
	}
	l.mu.Lock()
	l.listener.hear(samples, media.Rate)
	l.mu.Unlock()
	l.person.listen(samples)
}

var (
	_ call.Keypad    = (*line)(nil)
	_ media.Sleeper  = (*line)(nil)
	_ media.Follower = (*line)(nil)
)
