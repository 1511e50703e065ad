//go:build !linux

package browser

import (
	"errors"
	"net/netip"
	"time"
)

// readsAtOnce says that receive can do without waiting.
const readsAtOnce = false

// datagrams are the packets of a socket that are read and sent together: one by
// one, where the kernel is not Linux.
type datagrams struct {
	socket  *descriptor
	buffers [][]byte
	others  []netip.AddrPort
	sizes   []int
}

var errWaits = errors.New("browser: it cannot be read without waiting")

func newDatagrams(socket *descriptor, most int) *datagrams {
	d := &datagrams{
		socket: socket, buffers: make([][]byte, most), others: make([]netip.AddrPort, most), sizes: make([]int, most),
	}
	for i := range d.buffers {
		d.buffers[i] = make([]byte, 0, maxPacket)
	}
	return d
}

// receive waits for one packet.
func (d *datagrams) receive(wait bool) (n int, err error) {
	if !wait {
		return 0, errWaits
	}
	d.sizes[0], d.others[0], err = d.socket.conn.ReadFromUDPAddrPort(d.buffers[0][:maxPacket])
	if err != nil {
		return 0, err
	}
	return 1, nil
}

func (d *datagrams) packet(i int) []byte                    { return d.buffers[i][:d.sizes[i]] }
func (d *datagrams) from(i int) netip.AddrPort              { return d.others[i] }
func (d *datagrams) at(_ int, now, _ time.Time) time.Time   { return now }
func (d *datagrams) put(i int, b []byte, to netip.AddrPort) { d.buffers[i], d.others[i] = b, to }

// send sends those from first to last, excluded, up to one that cannot be sent.
func (d *datagrams) send(first, last int) (int, error) {
	for i := first; i < last; i++ {
		if _, err := d.socket.conn.WriteToUDPAddrPort(d.buffers[i], d.others[i]); err != nil {
			return i - first, err
		}
	}
	return last - first, nil
}
