package media

import (
	"io"
	"sync"
)

// Pipe is a small ring of frames between two goroutines. Each end comes in two
// kinds: Write and Read wait for the other side, Offer and Take never do. One
// end is the bridge's, whose clock nothing may hold up; the other is somebody's
// who is to be held to that clock.
type Pipe struct {
	mu      sync.Mutex
	turned  *sync.Cond // something was put in or taken out, or closed
	ring    []Frame
	first   int
	n       int
	dropped uint64
	closed  bool
}

// NewPipe makes a Pipe that holds the given number of frames.
func NewPipe(frames int) *Pipe {
	p := &Pipe{ring: make([]Frame, max(frames, 1))}
	p.turned = sync.NewCond(&p.mu)
	return p
}

// Write puts f in, waiting while the ring is full. After Close it returns
// io.ErrClosedPipe.
func (p *Pipe) Write(f *Frame) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.n == len(p.ring) && !p.closed {
		p.turned.Wait()
	}
	if p.closed {
		return io.ErrClosedPipe
	}
	p.put(f)
	return nil
}

// Offer puts f in without waiting. Where the ring is full the oldest frame is
// dropped and counted; after Close f is.
func (p *Pipe) Offer(f *Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		p.dropped++
		return
	}
	if p.n == len(p.ring) {
		p.skip()
		p.dropped++
	}
	p.put(f)
}

// Read fills f, waiting while the ring is empty. After Close it gives what is
// left, then io.EOF.
func (p *Pipe) Read(f *Frame) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.n == 0 && !p.closed {
		p.turned.Wait()
	}
	if p.n == 0 {
		return io.EOF
	}
	p.take(f)
	return nil
}

// Take fills f without waiting and reports whether there was a frame.
func (p *Pipe) Take(f *Frame) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n == 0 {
		return false
	}
	p.take(f)
	return true
}

// Peek measures the level of the coming frame in -dBov, and reports whether
// there is one.
func (p *Pipe) Peek() (level uint8, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n == 0 {
		return Silent, false
	}
	return Level(&p.ring[p.first]), true
}

// Skip throws the coming frame away, if there is one.
func (p *Pipe) Skip() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n > 0 {
		p.skip()
	}
}

// Dropped is how many frames Offer has dropped.
func (p *Pipe) Dropped() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dropped
}

// Close lets everybody go who waits. It may be called more than once.
func (p *Pipe) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.turned.Broadcast()
}

func (p *Pipe) put(f *Frame) {
	to := &p.ring[(p.first+p.n)%len(p.ring)]
	to.Resize(len(f.Samples), f.Rate)
	copy(to.Samples, f.Samples)
	p.n++
	p.turned.Broadcast()
}

func (p *Pipe) take(f *Frame) {
	from := &p.ring[p.first]
	f.Resize(len(from.Samples), from.Rate)
	copy(f.Samples, from.Samples)
	p.skip()
}

func (p *Pipe) skip() {
	p.first = (p.first + 1) % len(p.ring)
	p.n--
	p.turned.Broadcast()
}
