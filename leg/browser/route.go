package browser

import (
	"bytes"
	"net/netip"
	"sync"

	"github.com/pion/rtp"
)

// route is the short way of a track's packets: encrypted into the outbox, to the
// address that the peer is reached at. The long way, through every layer of the
// peer connection, costs several times as much; but only that one knows which
// address it is, and whether there is one.
//
// So one packet a second goes the long way, as a probe, and the first after the
// peer connection has chosen other addresses. What comes out at the outbox tells
// the address, and proves the cipher: the packet must be the same as ours, octet
// for octet. If it is not, or comes out elsewhere (TCP), every packet goes the
// long way.
type route struct {
	secret *secret
	cipher sealer
	failed bool // the cipher was not the same

	out   *outbox // nil: unknown until the next probe
	to    netip.AddrPort
	probe struct {
		header  *rtp.Header
		payload []byte
		buffer  []byte
	}
}

// probeEvery is after how many packets the long way is taken: once a second.
const probeEvery = 50

// open reports whether packets can go the short way.
func (r *route) open() bool { return r.out != nil }

// begin is before a probe.
func (r *route) begin(h *rtp.Header, payload []byte) {
	r.out, r.probe.header, r.probe.payload = nil, h, payload
}

// end is after it.
func (r *route) end() { r.probe.header, r.probe.payload = nil, nil }

// learn takes a probe as it came out at o.
func (r *route) learn(o *outbox, packet []byte, to netip.AddrPort) {
	if r.probe.header == nil || r.failed {
		return
	}
	if r.cipher == nil {
		r.failed = !r.find(packet)
	} else {
		r.failed = !r.same(r.cipher, packet)
	}
	if !r.failed {
		r.out, r.to = o, to
	}
}

// find tries the profiles that make packets as long as this one.
func (r *route) find(packet []byte) bool {
	size := r.probe.header.MarshalSize() + len(r.probe.payload)
	for i, p := range profiles {
		if len(packet) != size+p.added {
			continue
		}
		if c := r.secret.sealer(i); c != nil && r.same(c, packet) {
			r.cipher = c
			return true
		}
	}
	return false
}

// same reports whether the cipher makes the same packet of the probe.
func (r *route) same(c sealer, packet []byte) bool {
	b, err := protect(c, r.probe.buffer, r.probe.header, r.probe.payload)
	r.probe.buffer = b
	return err == nil && bytes.Equal(b, packet)
}

// send sends a packet the short way.
func (r *route) send(h *rtp.Header, payload []byte) { r.out.protected(r.cipher, h, payload, r.to) }

// protect writes a packet and encrypts it in place, in b if there is room.
func protect(c sealer, b []byte, h *rtp.Header, payload []byte) ([]byte, error) {
	size := h.MarshalSize()
	if cap(b) < maxPacket {
		b = make([]byte, 0, maxPacket)
	}
	b = b[:size]
	if _, err := h.MarshalTo(b); err != nil {
		return b[:0], err
	}
	b = append(b, payload...)
	return c.EncryptRTP(b[:0], b, h)
}

// tracks are those whose probes an outbox may see, by SSRC. Two of the same
// would be one too many: the later goes the long way.
type tracks struct{ of sync.Map }

func (t *tracks) add(ssrc uint32, out *track)    { t.of.LoadOrStore(ssrc, out) }
func (t *tracks) remove(ssrc uint32, out *track) { t.of.CompareAndDelete(ssrc, out) }

// see shows a packet that came the long way to its track.
func (t *tracks) see(o *outbox, packet []byte, to netip.AddrPort) {
	ssrc, ok := ssrcOf(packet)
	if !ok {
		return
	}
	if out, ok := t.of.Load(ssrc); ok {
		out.(*track).route.learn(o, packet, to) //nolint:errcheck,forcetypeassert // add stores nothing else
	}
}
