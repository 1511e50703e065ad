package floor

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/ipv4"
)

const (
	// peers is how many are sent to, in one system call where that is measured.
	peers = 64
	// batchSize is how many packets are received in one.
	batchSize = 32
	// pause is the time between two bursts, in which those who receive read
	// what came and wait again, as they do between two ticks of a bridge.
	pause = time.Millisecond
	// packetSize is that of all packets.
	packetSize = headerSize + payloadSize + tagSize
)

// network sends from one socket to many, and to itself.
type network struct {
	from    *net.UDPConn
	batched *ipv4.PacketConn
	to      []netip.AddrPort
	out     []ipv4.Message
	packet  [packetSize]byte

	inbox   *net.UDPConn
	reader  *ipv4.PacketConn
	in      []ipv4.Message
	readers sync.WaitGroup
	open    []*net.UDPConn
}

func newNetwork(ctx context.Context) (*network, error) {
	n := &network{}
	if err := n.listen(ctx); err != nil {
		n.close()
		return nil, err
	}
	return n, nil
}

func (n *network) listen(ctx context.Context) (err error) {
	if n.from, err = n.socket(ctx); err != nil {
		return err
	}
	n.batched = ipv4.NewPacketConn(n.from)
	if n.inbox, err = n.socket(ctx); err != nil {
		return err
	}
	n.reader, n.in = ipv4.NewPacketConn(n.inbox), messages(batchSize)
	for range peers {
		peer, err := n.socket(ctx)
		if err != nil {
			return err
		}
		n.to = append(n.to, address(peer))
		n.out = append(n.out, ipv4.Message{Buffers: [][]byte{n.packet[:]}, Addr: peer.LocalAddr()})
		n.readers.Go(func() { drain(peer) })
	}
	return nil
}

// socket opens one, to be closed at the end.
func (n *network) socket(ctx context.Context) (*net.UDPConn, error) {
	c, err := (&net.ListenConfig{}).ListenPacket(ctx, "udp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	udp, ok := c.(*net.UDPConn)
	if !ok {
		return nil, fmt.Errorf("a UDP socket is a %T", c)
	}
	n.open = append(n.open, udp)
	return udp, nil
}

func address(c *net.UDPConn) netip.AddrPort {
	return netip.MustParseAddrPort(c.LocalAddr().String())
}

func messages(n int) []ipv4.Message {
	all := make([]ipv4.Message, n)
	for i := range all {
		all[i].Buffers = [][]byte{make([]byte, packetSize)}
	}
	return all
}

// drain reads until the socket is closed; its thread's time does not count.
func drain(c *net.UDPConn) {
	buf := make([]byte, packetSize)
	for {
		if _, _, err := c.ReadFromUDPAddrPort(buf); err != nil {
			return
		}
	}
}

func (n *network) close() {
	for _, c := range n.open {
		_ = c.Close() // nothing is left in it that matters
	}
	n.readers.Wait()
}

// bursts sends to every peer again and again until it was so many packets.
func bursts(times int, burst func() error) (total time.Duration, err error) {
	for range times / peers {
		took, err := timed(burst)
		if err != nil {
			return 0, err
		}
		total += took
		<-time.After(pause)
	}
	return total, nil
}

func (n *network) sendOne(times int) (time.Duration, error) {
	return bursts(times, func() error {
		for _, to := range n.to {
			if _, err := n.from.WriteToUDPAddrPort(n.packet[:], to); err != nil {
				return err
			}
		}
		return nil
	})
}

func (n *network) send(times int) (time.Duration, error) {
	return bursts(times, func() error {
		for sent := 0; sent < len(n.out); {
			more, err := n.batched.WriteBatch(n.out[sent:], 0)
			if err != nil {
				return err
			}
			sent += more
		}
		return nil
	})
}

// receive fills the inbox and empties it; only the emptying counts.
func (n *network) receive(times int) (total time.Duration, err error) {
	to := address(n.inbox)
	for range times / batchSize {
		for range batchSize {
			if _, err := n.from.WriteToUDPAddrPort(n.packet[:], to); err != nil {
				return 0, err
			}
		}
		took, err := timed(func() error { return n.empty(batchSize) })
		if err != nil {
			return 0, err
		}
		total += took
	}
	return total, nil
}

// empty reads so many packets.
func (n *network) empty(packets int) error {
	for got := 0; got < packets; {
		more, err := n.reader.ReadBatch(n.in, 0)
		if err != nil {
			return err
		}
		got += more
	}
	return nil
}
