package dtmf

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrTone is a name that is no key's.
var ErrTone = errors.New("no such tone")

const (
	// Length is how long a key is pressed: what any receiver of ITU-T Q.24 takes,
	// with room.
	Length = 100 * time.Millisecond
	// Pause is how long it is silent before the next key.
	Pause = 80 * time.Millisecond
	// step is the time between packets.
	step = 20 * time.Millisecond
	// ends is how often the end is said (RFC 4733, section 2.5.1.4).
	ends = 3
	// volume is that of the events sent, in -dBm0.
	volume = 10
)

// Packet is a telephone-event to be sent as RTP. The sequence number is the
// stream's next, as for any other packet.
type Packet struct {
	// Timestamp is when the key went down; all packets of a press have the same.
	Timestamp uint32
	// Marker is set in the first packet of a press.
	Marker bool
	// Payload is lent until the next call of Next.
	Payload []byte
}

// Sender makes the packets of keys to be pressed one after the other. Press may
// be called from any goroutine, Next belongs to the one that sends.
type Sender struct {
	clock uint32 // timestamp units in a step

	mu      sync.Mutex
	waiting []press

	// Below here, Next only.
	current press
	active  bool
	steps   int // of the key and the pause after it, taken so far
	began   uint32
	payload [payloadSize]byte
}

type press struct {
	code uint8
	done chan struct{} // closed after it, if it is the last of its batch
}

// NewSender makes the sender for a stream whose RTP clock has the given rate in
// hertz: that of the sound beside which the events travel.
func NewSender(clockRate int) *Sender {
	return &Sender{clock: uint32(clockRate / int(time.Second/step))} //nolint:gosec // a few thousand at most
}

// Press has keys pressed after those that are waiting already. done is closed
// when the last packet of the last of them has been handed out, which is never
// if the stream ends before. A name that is no key's is ErrTone, and presses
// none.
func (s *Sender) Press(tones ...Tone) (done <-chan struct{}, err error) {
	all := make([]press, len(tones))
	for i, t := range tones {
		code, ok := t.Code()
		if !ok {
			return nil, fmt.Errorf("%q: %w", t, ErrTone)
		}
		all[i].code = code
	}
	last := make(chan struct{})
	if len(all) == 0 {
		close(last)
		return last, nil
	}
	all[len(all)-1].done = last
	s.mu.Lock()
	s.waiting = append(s.waiting, all...)
	s.mu.Unlock()
	return last, nil
}

// Next gives the packet for the 20 ms that begin at an RTP timestamp, if there
// is one to send. It is to be called once for each 20 ms.
func (s *Sender) Next(timestamp uint32) (Packet, bool) {
	if !s.active && !s.begin(timestamp) {
		return Packet{}, false
	}
	s.steps++
	const pressed, said = int(Length / step), int(Length/step) + ends - 1
	switch {
	case s.steps <= said:
		return s.packet(min(s.steps, pressed), s.steps >= pressed), true
	case s.steps >= int((Length+Pause)/step):
		s.active = false
	}
	return Packet{}, false
}

// begin takes the next key.
func (s *Sender) begin(timestamp uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return false
	}
	s.current = s.waiting[0]
	s.waiting = s.waiting[1:]
	s.active, s.steps, s.began = true, 0, timestamp
	return true
}

// packet makes the packet of a key that has been down for some steps.
func (s *Sender) packet(steps int, end bool) Packet {
	e := Event{
		Code: s.current.code, End: end, Volume: volume,
		Duration: uint16(min(uint32(steps)*s.clock, longest)), //nolint:gosec // limited just here
	}
	if s.steps == int(Length/step)+ends-1 && s.current.done != nil {
		close(s.current.done)
	}
	return Packet{Timestamp: s.began, Marker: s.steps == 1, Payload: e.Append(s.payload[:0])}
}
