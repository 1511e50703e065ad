package browser

import (
	"sync"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/dtmf"
)

// ear sorts the packets of a client: sound to the jitter buffer, keys to the
// participant. They come by two ways (source).
type ear struct {
	leg   *leg
	lanes lanes

	mu       sync.Mutex
	keys     dtmf.Receiver
	packet   rtp.Packet
	receipts *receipts // nil: nobody is told
}

func newEar(l *leg, negotiated lanes, receipts *receipts) *ear {
	l.port.buffer.SetLevelExtension(negotiated.level)
	return &ear{leg: l, lanes: negotiated, receipts: receipts}
}

// listens reports whether the second octet of a packet (RFC 3550, section 5.1)
// is that of sound.
func (e *ear) listens(octet byte) bool {
	l := e.lanes.of[octet&0x7f]
	return l == laneSound || l == laneRED
}

// take sorts one packet. What is no RTP, or was not agreed upon, is dropped. It
// blocks for no sound, but may for keys.
func (e *ear) take(b []byte, at time.Time) {
	if tone, pressed := e.sort(b, at); pressed {
		e.leg.seat.do(func(p *call.Participant) { p.Tone(tone) })
	}
}

// sort reports a key once, however many packets tell of it.
func (e *ear) sort(b []byte, at time.Time) (pressed call.Tone, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.packet.Unmarshal(b) != nil {
		return pressed, false
	}
	if e.receipts != nil {
		e.receipts.take(&e.packet, at)
	}
	switch e.lanes.of[e.packet.PayloadType&0x7f] {
	case laneSound:
		e.sound(at)
	case laneRED:
		e.leg.port.buffer.PushRED(&e.packet, at)
	case laneKeys:
		e.leg.port.buffer.Pass(&e.packet, at)
		tone, is := e.keys.Push(&e.packet, at)
		return call.Tone(tone), is
	case laneNone:
	}
	return pressed, false
}

func (e *ear) sound(at time.Time) {
	if len(e.packet.Payload) == 0 {
		return // padding, sent to probe the path
	}
	e.leg.port.buffer.Push(&e.packet, at)
}
