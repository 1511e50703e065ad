package browser

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
)

const (
	// outboxSize is how many packets leave with one system call.
	outboxSize = 64
	// socketBuffer is what is asked of the kernel for each socket, in octets: a
	// burst to a few hundred listeners, and theirs to us.
	socketBuffer = 4 << 20
)

// outbox is a UDP socket of many peers; what comes in is for its inbox. What they
// are to hear leaves in batches: a tick of the bridge gathers a packet for each of
// its listeners, and flush sends them. Everything else leaves at once.
//
// A packet that the network does not take at once is dropped and counted. It
// would come too late anyway, and the tick must not wait.
type outbox struct {
	*net.UDPConn // closed: its address is what is left of it
	socket       *descriptor
	dropped      counter
	held         bool    // somebody flushes
	tracks       *tracks // nil: nobody's
	in           *inbox

	mu     sync.Mutex
	batch  *datagrams
	n      int // how many wait
	urgent sync.Mutex
	single *datagrams
}

// counter is a prometheus.Counter.
type counter interface{ Inc() }

// newOutbox takes the socket of a connection, which is closed either way.
func newOutbox(conn *net.UDPConn, dropped counter, s *sources, hurried *atomic.Int32) (*outbox, error) {
	_ = conn.SetReadBuffer(socketBuffer) // as much of it as the kernel allows
	_ = conn.SetWriteBuffer(socketBuffer)
	socket, err := adopt(conn)
	if err != nil {
		return nil, err
	}
	return &outbox{
		UDPConn: conn, socket: socket, dropped: dropped, in: newInbox(socket, s, hurried),
		batch: newDatagrams(socket, outboxSize), single: newDatagrams(socket, 1),
	}, nil
}

// ReadFromAddrPort fits ice.AddrPortReaderWriter: what is no sound, or is to go
// the long way.
func (o *outbox) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) { return o.in.next(b) }

// ReadFrom fits net.PacketConn, like ReadFromAddrPort.
func (o *outbox) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := o.in.next(b)
	return n, net.UDPAddrFromAddrPort(from), err
}

// WriteTo fits net.PacketConn, like WriteToAddrPort.
func (o *outbox) WriteTo(b []byte, to net.Addr) (int, error) {
	at, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, &net.AddrError{Err: "not a UDP address", Addr: to.String()}
	}
	return o.WriteToAddrPort(b, at.AddrPort())
}

// SetWriteDeadline fits net.Conn: nothing that is written waits.
func (o *outbox) SetWriteDeadline(time.Time) error { return nil }

// Close fits net.PacketConn.
func (o *outbox) Close() error {
	o.in.close()
	return o.socket.close()
}

// WriteToAddrPort fits ice.AddrPortReaderWriter.
func (o *outbox) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if !isSound(b) {
		return o.now(b, to)
	}
	if o.tracks != nil {
		o.tracks.see(o, b, to)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.add(append(o.next(), b...), to)
	return len(b), nil
}

// now sends one packet by itself.
func (o *outbox) now(b []byte, to netip.AddrPort) (int, error) {
	o.urgent.Lock()
	defer o.urgent.Unlock()
	o.single.put(0, b, to)
	if _, err := o.single.send(0, 1); err != nil {
		return 0, err
	}
	return len(b), nil
}

// protected encrypts a packet and sends it with the others.
func (o *outbox) protected(c sealer, h *rtp.Header, payload []byte, to netip.AddrPort) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b, err := protect(c, o.next(), h, payload)
	if err != nil {
		o.dropped.Inc()
		return
	}
	o.add(b, to)
}

// next is where the next packet is written.
func (o *outbox) next() []byte {
	if o.n == outboxSize {
		o.send()
	}
	return o.batch.buffers[o.n][:0]
}

// add takes what was written there.
func (o *outbox) add(b []byte, to netip.AddrPort) {
	o.batch.put(o.n, b, to)
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
		n, err := o.batch.send(at, o.n)
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

// ssrcOf is whose sound a packet is (RFC 3550, section 5.1).
func ssrcOf(b []byte) (ssrc uint32, ok bool) {
	const at = 8
	if len(b) < at+4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(b[at:]), true
}

// outboxes is a network whose UDP sockets are outboxes.
type outboxes struct {
	*stdnet.Net
	dropped counter
	held    bool
	tracks  tracks
	sources sources
	hurried atomic.Int32 // how many are connecting
	all     []*outbox
}

// ListenUDP fits transport.Net.
func (n *outboxes) ListenUDP(network string, at *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := net.ListenUDP(network, at)
	if err != nil {
		return nil, err
	}
	o, err := newOutbox(conn, n.dropped, &n.sources, &n.hurried)
	if err != nil {
		return nil, err
	}
	o.held, o.tracks = n.held, &n.tracks
	n.all = append(n.all, o)
	return o, nil
}

func (n *outboxes) flush() {
	for _, o := range n.all {
		o.flush()
	}
}

// fetch takes what has come to the sockets.
func (n *outboxes) fetch() {
	now := time.Now()
	for _, o := range n.all {
		o.in.fetch(now)
	}
}

// hurry has the sockets read as soon as something is there, until the function
// that it returns is called.
func (n *outboxes) hurry() (done func()) {
	n.hurried.Add(1)
	for _, o := range n.all {
		o.in.wake()
	}
	return sync.OnceFunc(func() { n.hurried.Add(-1) })
}
