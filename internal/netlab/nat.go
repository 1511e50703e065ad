package netlab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// longestDatagram is the most that is passed on, in bytes.
const longestDatagram = 2048

// NAT is a network of the weather's between one WebRTC client and its server:
// the client talks to an address inside, the server hears from one outside, and
// neither knows the other's. It is on 127.0.0.1.
type NAT struct {
	inside *net.UDPConn
	queue  *queue
	tasks  sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	outside  *net.UDPConn
	client   netip.AddrPort // where the last datagram came from
	server   netip.AddrPort
	began    time.Time // the weather
	up, down *Line
}

// NewNAT makes a NAT in which everything passes at once.
func NewNAT() (*NAT, error) {
	inside, err := localSocket()
	if err != nil {
		return nil, err
	}
	outside, err := localSocket()
	if err != nil {
		return nil, errors.Join(err, inside.Close())
	}
	n := &NAT{inside: inside, outside: outside, queue: newQueue(), began: time.Now()}
	n.up, n.down = NewLine(Weather{}, 0), NewLine(Weather{}, 0)
	n.tasks.Go(n.readClient)
	n.tasks.Go(func() { n.readServer(outside) })
	return n, nil
}

func localSocket() (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("netlab: %w", err)
	}
	return conn, nil
}

// Change changes the weather now, in both directions; up is to the server. What
// is under way already comes as it would have come.
func (n *NAT) Change(up, down Weather, seed uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.began = time.Now()
	n.up, n.down = NewLine(up, seed), NewLine(down, seed+1)
}

// Counts is what has become of the datagrams since the weather changed.
func (n *NAT) Counts() (up, down Counts) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.up.Counts(), n.down.Counts()
}

// Rebind gives the client another address outside. What the server sends to the
// one before is lost.
func (n *NAT) Rebind() error {
	outside, err := localSocket()
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return outside.Close()
	}
	before := n.outside
	n.outside = outside
	n.tasks.Go(func() { n.readServer(outside) })
	return before.Close()
}

// Close takes the network away.
func (n *NAT) Close() error {
	n.mu.Lock()
	n.closed = true
	err := errors.Join(n.inside.Close(), n.outside.Close())
	n.mu.Unlock()
	n.tasks.Wait()
	n.queue.close()
	return err
}

// readClient takes what the client sends until its socket is closed.
func (n *NAT) readClient() {
	b := make([]byte, longestDatagram)
	for {
		size, from, err := n.inside.ReadFromUDPAddrPort(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			n.mu.Lock()
			n.client = from
			n.pass(n.up, b[:size], n.toServer)
			n.mu.Unlock()
		}
	}
}

// readServer takes what comes to one address outside until that is given up.
func (n *NAT) readServer(outside *net.UDPConn) {
	b := make([]byte, longestDatagram)
	for {
		size, err := outside.Read(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			n.mu.Lock()
			n.pass(n.down, b[:size], n.toClient)
			n.mu.Unlock()
		}
	}
}

// pass lets the weather decide about a datagram. It is called with mu held.
func (n *NAT) pass(l *Line, b []byte, send func([]byte)) {
	var twice [2]time.Duration
	for _, at := range l.Fate(twice[:0], time.Since(n.began)) {
		n.queue.put(n.began.Add(at), append([]byte(nil), b...), send)
	}
}

func (n *NAT) toServer(b []byte) {
	n.mu.Lock()
	outside, server := n.outside, n.server
	n.mu.Unlock()
	if server.IsValid() {
		_, _ = outside.WriteToUDPAddrPort(b, server) // networks lose things
	}
}

func (n *NAT) toClient(b []byte) {
	n.mu.Lock()
	client := n.client
	n.mu.Unlock()
	if client.IsValid() {
		_, _ = n.inside.WriteToUDPAddrPort(b, client) // networks lose things
	}
}
