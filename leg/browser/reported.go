package browser

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
)

// reported is what the peer has told by RTCP: when it sent its last report, how
// our packets arrive there, and how long the way there and back is.
type reported struct {
	mu       sync.Mutex
	lsr      uint32 // the middle of the last sender report's time (RFC 3550, section 6.4.1)
	lsrAt    time.Time
	trip     time.Duration
	outgoing arrival
}

// arrival is how our packets arrive at the peer.
type arrival struct {
	known    bool
	fraction float64       // lost since the report before
	lost     uint32        // ever
	jitter   time.Duration // RFC 3550, section 6.4.1
	trip     time.Duration // there and back; zero while unknown
	progress progress
}

// own sorts one RTCP packet about the client's own sound.
func (r *reported) own(p rtcp.Packet, at time.Time) {
	if s, ok := p.(*rtcp.SenderReport); ok {
		r.sender(s, at)
	}
}

// take sorts one RTCP packet about ours, which is out: something of it may be asked
// for again. One goroutine calls it.
func (r *reported) take(p rtcp.Packet, at time.Time, out *track) {
	switch p := p.(type) {
	case *rtcp.SenderReport:
		r.sender(p, at)
		r.receptions(p.Reports, at, out)
	case *rtcp.ReceiverReport:
		r.receptions(p.Reports, at, out)
	case *rtcp.TransportLayerNack:
		for _, pair := range p.Nacks {
			out.again(pair.PacketList())
		}
	}
}

// receptions takes the blocks that are about our stream.
func (r *reported) receptions(blocks []rtcp.ReceptionReport, at time.Time, out *track) {
	to := out.bound.Load()
	for i := range blocks {
		if to != nil && blocks[i].SSRC == to.ssrc {
			r.reception(&blocks[i], at)
			out.expected.take(float64(blocks[i].FractionLost)/256, at)
		}
	}
}

// sender takes a sender report.
func (r *reported) sender(s *rtcp.SenderReport, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lsr, r.lsrAt = uint32(s.NTPTime>>16), at //nolint:gosec // its middle 32 bits
}

// reception takes one block of a report about our stream.
func (r *reported) reception(b *rtcp.ReceptionReport, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outgoing.known = true
	r.outgoing.fraction = float64(b.FractionLost) / 256
	r.outgoing.lost = b.TotalLost
	r.outgoing.progress.take(b)
	r.outgoing.jitter = time.Duration(b.Jitter) * time.Second / 48000
	if b.LastSenderReport == 0 {
		return
	}
	units := uint32(ntp(at)>>16) - b.LastSenderReport - b.Delay //nolint:gosec // modulo 2^32 (RFC 3550, section 6.4.1)
	if trip := time.Duration(units) * time.Second / 65536; trip < 10*time.Second {
		r.trip, r.outgoing.trip = trip, trip
	}
}

// echo is what a report says of the peer's last sender report, and how long ago
// that was in units of 1/65536 s.
func (r *reported) echo(at time.Time) (lsr, delay uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lsr == 0 {
		return 0, 0
	}
	return r.lsr, uint32(at.Sub(r.lsrAt) * 65536 / time.Second) //nolint:gosec // hours would wrap as RFC 3550 has it
}

func (r *reported) roundTrip() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trip
}

// arrives is how our packets arrive.
func (r *reported) arrives() arrival {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outgoing
}
