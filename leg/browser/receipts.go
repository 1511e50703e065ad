package browser

import (
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
)

const (
	// receiptEvery is how often a peer is told how its packets arrive.
	receiptEvery = time.Second
	// transportEvery is the same for transport-wide feedback.
	transportEvery = 100 * time.Millisecond
	// nackGap is the longest gap that is asked for again.
	nackGap = 8
	// nackMost is how often in a receiptEvery something is asked for again: once
	// for each packet that comes in it, of 20 ms.
	nackMost = 50
	// transportGap is how many transport-wide numbers in a row may be missing, 5 s
	// of them. After more, what is told begins anew: each that is missing is told.
	transportGap = 250
	// nackWithin is the longest round trip after which a packet asked for again
	// may still be of use.
	nackWithin = 100 * time.Millisecond
)

// receipts tell a peer how its packets arrive: receiver reports (RFC 3550,
// section 6.4.2), transport-wide feedback, and NACK for what is missing where
// that was agreed upon (RFC 4585, section 6.2.1). They have no timer: the peer's
// own packets drive them, and who sends nothing need not be told. Packets come by
// two ways (source); the ear's lock is held while one is taken.
type receipts struct {
	send      func([]rtcp.Packet) error
	transport uint8 // header extension id, zero for none
	nack      bool
	out       *track
	peer      *reported

	source      uint32
	first, last int64 // extended sequence numbers
	received    int64
	before      struct{ expected, received int64 } // at the last report
	clock       clock
	recorder    *twcc.Recorder
	newest      uint16 // transport-wide number
	told        struct{ report, transport time.Time }
	asked       int // since the last report
	start       time.Time
}

// clock is the jitter of RFC 3550, section 6.4.1, in units of the RTP clock.
type clock struct {
	started bool
	transit int64
	jitter  float64
}

func newReceipts(p *peer, out *track, agreed lanes) *receipts {
	return &receipts{
		send: p.pc.WriteRTCP, peer: &p.told, out: out,
		transport: agreed.transport, nack: agreed.nack,
	}
}

// ours is the SSRC that we go by.
func (r *receipts) ours() uint32 {
	if to := r.out.bound.Load(); to != nil {
		return to.ssrc
	}
	return 0
}

// take notes one packet and tells the peer what is due.
func (r *receipts) take(p *rtp.Packet, at time.Time) {
	if r.source != p.SSRC || r.received == 0 {
		r.begin(p, at)
	}
	sequence := r.last + int64(int16(p.SequenceNumber-uint16(r.last))) //nolint:gosec // RFC 3550: modulo 2^16
	missing := sequence - r.last - 1
	r.last = max(r.last, sequence)
	r.received++
	r.clock.take(p.Timestamp, at.Sub(r.start))
	r.ask(sequence, missing)
	r.note(p, at)
	if at.Sub(r.told.report) >= receiptEvery {
		r.told.report, r.asked = at, 0
		_ = r.send([]rtcp.Packet{r.report(at)}) // where it is lost another follows
	}
}

// begin starts to count a stream.
func (r *receipts) begin(p *rtp.Packet, at time.Time) {
	r.source, r.start = p.SSRC, at
	r.first = int64(p.SequenceNumber) + 1<<16
	r.last, r.received, r.clock = r.first, 0, clock{}
	r.before.expected, r.before.received = 0, 0
	r.told.report, r.asked = at, 0
}

// ask sends for packets that are missing before one, where they may still come
// in time.
func (r *receipts) ask(sequence, missing int64) {
	if !r.nack || missing <= 0 || missing > nackGap || r.asked == nackMost || r.peer.roundTrip() > nackWithin {
		return
	}
	r.asked++
	lost := make([]uint16, 0, nackGap)
	for n := sequence - missing; n < sequence; n++ {
		lost = append(lost, uint16(n)) //nolint:gosec // modulo 2^16
	}
	_ = r.send([]rtcp.Packet{&rtcp.TransportLayerNack{
		SenderSSRC: r.ours(), MediaSSRC: r.source, Nacks: rtcp.NackPairsFromSequenceNumbers(lost),
	}})
}

// note keeps when a packet came for transport-wide feedback.
func (r *receipts) note(p *rtp.Packet, at time.Time) {
	if r.transport == 0 {
		return
	}
	var x rtp.TransportCCExtension
	if x.Unmarshal(p.GetExtension(r.transport)) != nil {
		return
	}
	if r.recorder == nil {
		r.told.transport = at
	}
	if ahead := int16(x.TransportSequence - r.newest); r.recorder == nil || ahead > transportGap || ahead < -transportGap { //nolint:gosec // modulo 2^16
		r.recorder = twcc.NewRecorder(r.ours())
	}
	r.newest = x.TransportSequence
	r.recorder.Record(p.SSRC, x.TransportSequence, at.Sub(r.start).Microseconds())
	if at.Sub(r.told.transport) >= transportEvery {
		r.told.transport = at
		_ = r.send(r.recorder.BuildFeedbackPacket())
	}
}

// report is what has arrived since the last one.
func (r *receipts) report(at time.Time) *rtcp.ReceiverReport {
	expected := r.last - r.first + 1
	due, came := expected-r.before.expected, r.received-r.before.received
	r.before.expected, r.before.received = expected, r.received
	var fraction uint8
	if due > 0 && came < due {
		fraction = uint8(min((due-came)*256/due, 255)) //nolint:gosec // limited
	}
	lsr, dlsr := r.peer.echo(at)
	return &rtcp.ReceiverReport{SSRC: r.ours(), Reports: []rtcp.ReceptionReport{{
		SSRC: r.source, FractionLost: fraction,
		TotalLost:          uint32(min(max(expected-r.received, 0), 1<<23-1)), //nolint:gosec // limited
		LastSequenceNumber: uint32(r.last - 1<<16),                            //nolint:gosec // cycles and number (RFC 3550, A.1)
		Jitter:             uint32(r.clock.jitter), LastSenderReport: lsr, Delay: dlsr,
	}}}
}

// take enters one packet's timestamp and when it came.
func (c *clock) take(timestamp uint32, at time.Duration) {
	transit := int64(at)*(media.Rate/1000)/int64(time.Millisecond) - int64(timestamp)
	if c.started {
		d := int64(int32(transit - c.transit)) //nolint:gosec // modulo 2^32, as timestamps are
		c.jitter += (float64(max(d, -d)) - c.jitter) / 16
	}
	c.transit, c.started = transit, true
}
