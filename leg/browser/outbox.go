package browser

import (
	"net"
	"net/netip"
	"sync"
	"syscall"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

const (
	// outboxSize is how many packets leave with one system call.
	outboxSize = 64
	// socketBuffer is what is asked of the kernel for each socket, in octets: a
	// burst to a few hundred listeners, and theirs to us.
	socketBuffer = 4 << 20
)

// batcher sends many packets with one system call: *ipv4.PacketConn,
// *ipv6.PacketConn.
type batcher interface {
	WriteBatch(ms []ipv4.Message, flags int) (int, error)
}

// outbox is a UDP socket of many peers. What they are to hear leaves in batches:
// a tick of the bridge gathers a packet for each of its listeners, and flush
// sends them. Everything else leaves at once.
//
// A packet that the network does not take at once is dropped and counted. It
// would come too late anyway, and the tick must not wait.
type outbox struct {
	*net.UDPConn
	kernel  batcher
	dropped counter
	held    bool    // somebody flushes
	tracks  *tracks // nil: nobody's

	mu      sync.Mutex
	waiting [outboxSize]ipv4.Message
	n       int
}

// counter is a prometheus.Counter.
type counter interface{ Inc() }

func newOutbox(conn *net.UDPConn, dropped counter) *outbox {
	_ = conn.SetReadBuffer(socketBuffer) // as much of it as the kernel allows
	_ = conn.SetWriteBuffer(socketBuffer)
	o := &outbox{UDPConn: conn, dropped: dropped, kernel: ipv6.NewPacketConn(conn)}
	if local, ok := conn.LocalAddr().(*net.UDPAddr); ok && local.IP.To4() != nil {
		o.kernel = ipv4.NewPacketConn(conn)
	}
	for i := range o.waiting {
		o.waiting[i].Buffers = [][]byte{make([]byte, 0, maxPacket)}
		o.waiting[i].Addr = &net.UDPAddr{IP: make(net.IP, 0, net.IPv6len)}
	}
	return o
}

// ReadFromAddrPort fits ice.AddrPortReaderWriter.
func (o *outbox) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	return o.ReadFromUDPAddrPort(b)
}

// WriteToAddrPort fits ice.AddrPortReaderWriter.
func (o *outbox) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if !isSound(b) {
		return o.WriteToUDPAddrPort(b, to)
	}
	if o.tracks != nil {
		o.tracks.see(o, b, to)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	m := o.next()
	m.Buffers[0] = append(m.Buffers[0][:0], b...)
	o.add(m, to)
	return len(b), nil
}

// protected encrypts a packet and sends it with the others.
func (o *outbox) protected(c *srtp.Context, h *rtp.Header, payload []byte, to netip.AddrPort) {
	o.mu.Lock()
	defer o.mu.Unlock()
	m := o.next()
	b, err := protect(c, m.Buffers[0], h, payload)
	if err != nil {
		o.dropped.Inc()
		return
	}
	m.Buffers[0] = b
	o.add(m, to)
}

// next is where the next packet goes.
func (o *outbox) next() *ipv4.Message {
	if o.n == outboxSize {
		o.send()
	}
	return &o.waiting[o.n]
}

// add takes m in.
func (o *outbox) add(m *ipv4.Message, to netip.AddrPort) {
	address(m.Addr.(*net.UDPAddr), to) //nolint:errcheck,forcetypeassert // newOutbox made it
	o.n++
	if !o.held {
		o.send()
	}
}

// flush sends what waits.
func (o *outbox) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.send()
}

func (o *outbox) send() {
	for at := 0; at < o.n; {
		n, err := o.kernel.WriteBatch(o.waiting[at:o.n], syscall.MSG_DONTWAIT)
		if err != nil || n <= 0 {
			o.dropped.Inc()
			n = 1 // the first was the one that could not be sent
		}
		at += n
	}
	o.n = 0
}

// isSound tells RTP from the rest that shares a port: STUN and DTLS by the first
// octet (RFC 7983, section 7), RTCP by the second (RFC 5761, section 4).
func isSound(b []byte) bool {
	return len(b) > 1 && b[0]>>6 == 2 && (b[1] < 192 || b[1] > 223)
}

// address writes an address into one that is used again and again.
func address(a *net.UDPAddr, from netip.AddrPort) {
	a.Port, a.Zone = int(from.Port()), from.Addr().Zone()
	if ip := from.Addr().Unmap(); ip.Is4() {
		octets := ip.As4()
		a.IP = append(a.IP[:0], octets[:]...)
		return
	}
	octets := from.Addr().As16()
	a.IP = append(a.IP[:0], octets[:]...)
}

// outboxes is a network whose UDP sockets are outboxes.
type outboxes struct {
	*stdnet.Net
	dropped counter
	held    bool
	tracks  tracks
	all     []*outbox
}

// ListenUDP fits transport.Net.
func (n *outboxes) ListenUDP(network string, at *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := net.ListenUDP(network, at)
	if err != nil {
		return nil, err
	}
	o := newOutbox(conn, n.dropped)
	o.held, o.tracks = n.held, &n.tracks
	n.all = append(n.all, o)
	return o, nil
}

func (n *outboxes) flush() {
	for _, o := range n.all {
		o.flush()
	}
}
