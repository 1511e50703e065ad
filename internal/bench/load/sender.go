package load

import (
	"context"
	"sync"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
)

// slots are the parts of 20 ms into which senders are spread.
const slots = 20

// slotLength is how long one is.
const slotLength = media.FrameDuration / slots

// sender sends for everybody, from one goroutine.
type sender struct {
	mu     sync.Mutex
	slots  [slots][]*participant
	joined int
	late   histogram // how late slots were
	failed int       // packets that could not be sent
}

// add gives a participant a slot.
func (s *sender) add(p *participant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	slot := s.joined * 7 % slots // three speakers are 7 ms apart
	s.slots[slot] = append(s.slots[slot], p)
	s.joined++
}

// run sends until ctx ends. A slot that is late is sent at once, and those after
// it keep their times.
func (s *sender) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	begin := time.Now()
	for k := 0; ; k++ {
		if k%slots != 0 && s.empty(k%slots) {
			continue
		}
		due := begin.Add(time.Duration(k) * slotLength)
		timer.Reset(time.Until(due))
		select {
		case <-timer.C:
			s.send(k%slots, time.Since(due))
		case <-ctx.Done():
			return
		}
	}
}

func (s *sender) empty(slot int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.slots[slot]) == 0
}

func (s *sender) send(slot int, late time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var packet rtp.Packet
	for _, p := range s.slots[slot] {
		if err := p.send(&packet); err != nil {
			s.failed++
		}
	}
	if len(s.slots[slot]) > 0 {
		s.late.add(late)
	}
}

// counted takes away how late it was and how much failed.
func (s *sender) counted() (late histogram, failed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	late, failed = s.late, s.failed
	s.late, s.failed = nil, 0
	return late, failed
}
