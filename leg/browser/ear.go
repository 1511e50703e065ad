package browser

import (
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/dtmf"
)

// ear sorts the packets of a client: sound to the jitter buffer, keys to the
// participant. One goroutine feeds it.
type ear struct {
	leg    *leg
	lanes  lanes
	keys   dtmf.Receiver
	packet rtp.Packet

	receipts *receipts // nil: nobody is told
}

func newEar(l *leg, negotiated lanes, receipts *receipts) *ear {
	l.port.buffer.SetLevelExtension(negotiated.level)
	return &ear{leg: l, lanes: negotiated, receipts: receipts}
}

// take sorts one packet. What is no RTP, or was not agreed upon, is dropped.
func (e *ear) take(b []byte, at time.Time) {
	if e.packet.Unmarshal(b) != nil {
		return
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
		e.key(at)
	case laneNone:
	}
}

func (e *ear) sound(at time.Time) {
	if len(e.packet.Payload) == 0 {
		return // padding, sent to probe the path
	}
	e.leg.port.buffer.Push(&e.packet, at)
}

// key reports a key once, however many packets tell of it.
func (e *ear) key(at time.Time) {
	e.leg.port.buffer.Pass(&e.packet, at)
	if tone, pressed := e.keys.Push(&e.packet, at); pressed {
		e.leg.seat.do(func(p *call.Participant) { p.Tone(call.Tone(tone)) })
	}
}
