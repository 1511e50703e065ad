package browser

import (
	"fmt"
	"sync"
	"time"

	"github.com/hraban/opus"
	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
)

// ears is what has come from the client and is yet to be mixed.
type ears struct {
	mu      sync.Mutex
	waiting [][]byte
	dec     *opus.Decoder
}

func newEars() (*ears, error) {
	d, err := opus.NewDecoder(media.Rate, 1)
	if err != nil {
		return nil, fmt.Errorf("opus decoder: %w", err)
	}
	return &ears{dec: d}, nil
}

func (e *ears) push(p *rtp.Packet, _ time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.waiting) < 10 {
		e.waiting = append(e.waiting, append([]byte{}, p.Payload...))
	}
}

func (e *ears) pop() []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.waiting) == 0 {
		return nil
	}
	b := e.waiting[0]
	e.waiting = e.waiting[1:]
	return b
}

// Level is a guess.
func (e *ears) Level() uint8 { return 20 }

// Read decodes the coming 20 ms.
func (e *ears) Read(f *media.Frame) error {
	f.Resize(media.FrameSize, media.Rate)
	b := e.pop()
	if b == nil {
		f.Silence()
		return nil
	}
	_, err := e.dec.Decode(b, f.Samples)
	return err
}

// Skip passes over the coming 20 ms.
func (e *ears) Skip() { e.pop() }

func (e *ears) pass(*rtp.Packet, time.Time) {}
