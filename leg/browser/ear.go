package browser

import (
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/dtmf"
)

// ear sorts the packets of a client: sound to the jitter buffer, keys and the
// start and end of speech to the participant. One goroutine feeds it.
type ear struct {
	leg    *leg
	lanes  lanes
	speech *speech
	keys   dtmf.Receiver
	packet rtp.Packet

	receipts *receipts // nil: nobody is told
}

func newEar(l *leg, negotiated lanes, receipts *receipts) *ear {
	l.port.buffer.SetLevelExtension(negotiated.level)
	return &ear{leg: l, lanes: negotiated, receipts: receipts, speech: newSpeech(
		func() { l.seat.do((*call.Participant).Speaking) },
		func() { l.seat.do((*call.Participant).Quiet) },
	)}
}

func (e *ear) close() { e.speech.stop() }

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
	case laneKeys:
		e.key(at)
	case laneNone:
	}
}

func (e *ear) sound(at time.Time) {
	if len(e.packet.Payload) == 0 {
		return // padding, sent to probe the path
	}
	if level, ok := audioLevel(&e.packet, e.lanes.level); ok {
		e.speech.hear(level)
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

// audioLevel reads what RFC 6464, section 3 draws: V (1) | level (7).
func audioLevel(p *rtp.Packet, id uint8) (uint8, bool) {
	if id == 0 {
		return 0, false
	}
	b := p.GetExtension(id)
	if len(b) == 0 {
		return 0, false
	}
	return b[0] & 0x7f, true
}
