package media

import (
	"io"
	"sync"
	"sync/atomic"
)

// ringFrames is how many frames wait between a bot and its bridge in each
// direction: 60 ms.
const ringFrames = 3

// Pair joins a program to a bridge: a Port on the bridge's side, a microphone
// and a speaker on the program's.
//
// The microphone keeps its writer to the bridge's time: Write waits while 60 ms
// are waiting to be mixed. The speaker never keeps the bridge waiting: what is
// not read in time is dropped, oldest first, and counted.
type Pair struct {
	said, heard chan *Frame // full frames on their way
	spare       chan *Frame // empty frames to be used again
	done        chan struct{}
	once        sync.Once
	dropped     atomic.Uint64

	coming *Frame // what Level looked at; the bridge's goroutine only
	speak  sync.Mutex
	reframe
}

// NewPair makes a pair. Close ends it.
func NewPair() *Pair {
	p := &Pair{
		said:  make(chan *Frame, ringFrames),
		heard: make(chan *Frame, ringFrames),
		spare: make(chan *Frame, 4*ringFrames),
		done:  make(chan struct{}),
	}
	return p
}

// Close ends both directions: Write returns io.ErrClosedPipe, and Read io.EOF
// once what was heard before has been read.
func (p *Pair) Close() { p.once.Do(func() { close(p.done) }) }

// Dropped is how many frames the speaker's reader was too late for.
func (p *Pair) Dropped() uint64 { return p.dropped.Load() }

// Microphone is what the program says.
func (p *Pair) Microphone() Sink { return SinkFunc(p.write) }

// Speaker is what the program hears.
func (p *Pair) Speaker() Source { return SourceFunc(p.read) }

func (p *Pair) take() *Frame {
	select {
	case f := <-p.spare:
		return f
	default:
		return NewFrame(Rate)
	}
}

func (p *Pair) give(f *Frame) {
	select {
	case p.spare <- f:
	default:
	}
}

func (p *Pair) write(f *Frame) error {
	p.speak.Lock()
	defer p.speak.Unlock()
	return p.each(f, p.say)
}

// say waits for room and puts a frame of the bridge's size on its way.
func (p *Pair) say(samples []int16) error {
	select {
	case <-p.done:
		return io.ErrClosedPipe
	default:
	}
	next := p.take()
	next.Resize(FrameSize, Rate)
	copy(next.Samples, samples)
	select {
	case p.said <- next:
		return nil
	case <-p.done:
		return io.ErrClosedPipe
	}
}

func (p *Pair) read(f *Frame) error {
	select {
	case next := <-p.heard:
		p.hand(f, next)
		return nil
	default:
	}
	select {
	case next := <-p.heard:
		p.hand(f, next)
		return nil
	case <-p.done:
		return io.EOF
	}
}

func (p *Pair) hand(f, next *Frame) {
	f.Resize(len(next.Samples), next.Rate)
	copy(f.Samples, next.Samples)
	p.give(next)
}

// Level fits Port.
func (p *Pair) Level() uint8 {
	if p.coming == nil {
		select {
		case p.coming = <-p.said:
		default:
			return Silent
		}
	}
	return Level(p.coming)
}

// Read fits Port.
func (p *Pair) Read(f *Frame) error {
	f.Resize(FrameSize, Rate)
	if p.coming == nil {
		f.Silence()
		return nil
	}
	copy(f.Samples, p.coming.Samples)
	p.Skip()
	return nil
}

// Skip fits Port.
func (p *Pair) Skip() {
	if p.coming != nil {
		p.give(p.coming)
		p.coming = nil
	}
}

// Format fits Port: the program hears PCM.
func (p *Pair) Format() Format { return Format{} }

// Hear fits Port.
func (p *Pair) Hear(s Sound) {
	next := p.take()
	next.Resize(len(s.Frame.Samples), s.Frame.Rate)
	copy(next.Samples, s.Frame.Samples)
	for {
		select {
		case p.heard <- next:
			return
		default:
		}
		select {
		case old := <-p.heard:
			p.dropped.Add(1)
			p.give(old)
		default:
		}
	}
}
