package mix

import (
	"io"
	"sync"

	"github.com/botd-dev/botd/media"
)

// ring is what waits for the reader of a tap. The tick never waits for it: where
// it is full the oldest is lost, and counted.
type ring struct {
	mu      sync.Mutex
	turned  *sync.Cond
	slots   []media.Tapped
	first   int
	n       int
	dropped uint64
	closed  bool
}

func newRing(opts media.TapOptions) *ring {
	r := &ring{slots: make([]media.Tapped, max(1, int(opts.Ring/media.FrameDuration))*perTick(opts))}
	r.turned = sync.NewCond(&r.mu)
	for i := range r.slots {
		if !opts.Packets {
			r.slots[i].Frame = *media.NewFrame(media.Rate)
		}
	}
	return r
}

// perTick is how much there may be in one tick.
func perTick(opts media.TapOptions) int {
	if opts.Each {
		return eachMost
	}
	return 1
}

// next is the place for what comes next. It holds the ring until put.
func (r *ring) next() *media.Tapped {
	r.mu.Lock()
	if r.n == len(r.slots) {
		r.first = (r.first + 1) % len(r.slots)
		r.n--
		r.dropped++
	}
	return &r.slots[(r.first+r.n)%len(r.slots)]
}

// put ends next.
func (r *ring) put() {
	r.n++
	r.turned.Signal()
	r.mu.Unlock()
}

func (r *ring) read(to *media.Tapped) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.n == 0 && !r.closed {
		r.turned.Wait()
	}
	if r.n == 0 {
		return io.EOF
	}
	from := &r.slots[r.first]
	frame, payload := to.Frame, to.Payload
	*to = *from
	frame.Resize(len(from.Frame.Samples), media.Rate)
	copy(frame.Samples, from.Frame.Samples)
	to.Frame, to.Payload = frame, append(payload[:0], from.Payload...)
	r.first = (r.first + 1) % len(r.slots)
	r.n--
	return nil
}

func (r *ring) lost() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

func (r *ring) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.turned.Broadcast()
}
