package remote

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/wire"
	"github.com/botd-dev/botd/media"
)

// voice is what a bot says: no more than a window of it is under way, so that
// who speaks is held to the call's own pace.
type voice struct {
	call *call

	mu     sync.Mutex
	turned *sync.Cond
	next   uint32 // the sequence of the coming frame
	taken  uint32 // all before it is taken in
	at     time.Duration
	closed bool
}

func newVoice(k *call) *voice {
	v := &voice{call: k}
	v.turned = sync.NewCond(&v.mu)
	return v
}

// write sends a frame, of any length, in pieces of 20 ms at most. It waits while
// a window is under way. A rate that the protocol does not have is
// bot.ErrInvalid: botd would give up the whole process for it.
func (v *voice) write(f *media.Frame) error {
	if f.Rate < wire.MinRate || f.Rate > media.Rate {
		return fmt.Errorf("%w: a frame at %d Hz, not %d to %d", bot.ErrInvalid, f.Rate, wire.MinRate, media.Rate)
	}
	piece := max(1, f.Rate/50)
	for from := 0; from < len(f.Samples); from += piece {
		if err := v.send(f.Samples[from:min(from+piece, len(f.Samples))], f.Rate); err != nil {
			return err
		}
	}
	return nil
}

func (v *voice) send(samples []int16, rate int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.next-v.taken >= wire.Window && !v.closed {
		v.turned.Wait()
	}
	if v.closed {
		return io.ErrClosedPipe
	}
	v.call.session.link.Play(wire.Frame{
		Kind: wire.Said, Call: v.call.number, Sequence: v.next, Time: v.at, Rate: rate, PCM: wire.PCM(nil, samples),
	})
	v.next++
	v.at += time.Duration(len(samples)) * time.Second / time.Duration(rate)
	return nil
}

// room says that all frames before a sequence number are taken in.
func (v *voice) room(sequence uint32) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if under := v.next - sequence; under <= v.next-v.taken {
		v.taken = sequence
		v.turned.Broadcast()
	}
}

// rewound says that what is under way is lost.
func (v *voice) rewound() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.taken = v.next
	v.turned.Broadcast()
}

func (v *voice) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
	v.turned.Broadcast()
}
