package media

import "sync/atomic"

const (
	// microphoneFrames is how far what is said may be ahead of the bridge.
	microphoneFrames = 3
	// speakerFrames is how much of what is heard waits for who listens.
	speakerFrames = 10
)

// Pair is a microphone and a speaker in memory: the port of a bot, which fits
// Port on one side and has Microphone and Speaker on the other. Both are linear
// PCM. Make one with NewPair and Close it at the end.
type Pair struct {
	said    *Pipe
	heard   *Pipe
	turn    chan struct{} // one token: whose turn it is to write
	frames  framer        // the holder of the token only
	full    *Frame        // the holder of the token only
	present bool          // a frame is there for this tick; the bridge's tick only
	awake   atomic.Bool   // something has been said since there was nothing
	follows atomic.Bool   // somebody has read from the speaker
}

// NewPair makes a Pair in which nobody has said anything yet.
func NewPair() *Pair {
	p := &Pair{
		said: NewPipe(microphoneFrames), heard: NewPipe(speakerFrames),
		turn: make(chan struct{}, 1), frames: framer{rate: Rate}, full: NewFrame(Rate),
	}
	p.turn <- struct{}{}
	return p
}

// Microphone is where to speak. It takes frames of any length and rate. Write
// waits while three frames wait for the bridge, so who speaks without a pause
// is held to the call's own clock. After Close it returns io.ErrClosedPipe.
//
// Sound that does not fill a frame of 20 ms waits for the next Write.
func (p *Pair) Microphone() Sink { return SinkFunc(p.speak) }

// Speaker is where to listen: frames of 20 ms at 48 kHz. Read waits for a frame;
// after Close it gives io.EOF. Who listens too slowly misses the oldest.
func (p *Pair) Speaker() Source { return SourceFunc(p.listen) }

func (p *Pair) listen(f *Frame) error {
	p.follows.Store(true)
	return p.heard.Read(f)
}

// Follows reports whether somebody has read from the speaker. With it, Pair fits
// Follower.
func (p *Pair) Follows() bool { return p.follows.Load() }

// Awake fits Sleeper.
func (p *Pair) Awake() *atomic.Bool { return &p.awake }

// Dropped is how many frames were heard by nobody, because the speaker was not
// read in time.
func (p *Pair) Dropped() uint64 { return p.heard.Dropped() }

// Close ends both directions. It may be called more than once.
func (p *Pair) Close() {
	p.said.Close()
	p.heard.Close()
}

// speak writes one frame for each 20 ms there now are. A channel, not a mutex,
// keeps two writers apart: who waits for the bridge may wait long.
func (p *Pair) speak(f *Frame) error {
	<-p.turn
	defer func() { p.turn <- struct{}{} }()
	if f.Rate == Rate && len(f.Samples) == FrameSize && p.frames.empty() {
		return p.say(f)
	}
	if err := p.frames.write(f); err != nil {
		return err
	}
	for p.frames.read(p.full) {
		if err := p.say(p.full); err != nil {
			return err
		}
	}
	return nil
}

// say writes one frame. The flag is set before, as the write may wait for the
// bridge, and after, as the bridge may have looked too early.
func (p *Pair) say(f *Frame) error {
	p.awake.Store(true)
	defer p.awake.Store(true)
	return p.said.Write(f)
}

// Level is the loudness of the coming 20 ms, in -dBov. What comes after it is
// for the next tick, so that Skip throws away nothing unheard of.
func (p *Pair) Level() uint8 {
	var level uint8
	level, p.present = p.said.Peek()
	if !p.present {
		p.awake.Store(false)
	}
	return level
}

// Read fills f with the coming 20 ms; with silence where nothing was said.
func (p *Pair) Read(f *Frame) error {
	if !p.present || !p.said.Take(f) {
		f.Resize(FrameSize, Rate)
		f.Silence()
	}
	p.present = false
	return nil
}

// Skip passes over the coming 20 ms.
func (p *Pair) Skip() {
	if p.present {
		p.said.Skip()
	}
	p.present = false
}

// Format is linear PCM.
func (p *Pair) Format() Format { return Format{} }

// Hear hands what is heard to the speaker.
func (p *Pair) Hear(s Sound) { p.heard.Offer(s.Frame) }

var (
	_ Port     = (*Pair)(nil)
	_ Sleeper  = (*Pair)(nil)
	_ Follower = (*Pair)(nil)
	_ Sink     = (*Pipe)(nil)
	_ Source   = (*Pipe)(nil)
)
