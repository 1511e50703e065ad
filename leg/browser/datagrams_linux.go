package browser

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// readsAtOnce says that receive can do without waiting.
const readsAtOnce = true

// datagrams are the packets of a socket that pass the kernel with one system
// call, recvmmsg(2) or sendmmsg(2): their buffers, made once.
type datagrams struct {
	socket  *descriptor
	headers []header
	vectors []unix.Iovec
	names   []unix.RawSockaddrInet6 // or RawSockaddrInet4, which is shorter
	control [][arrivalSize]byte
	buffers [][]byte

	written           int // how many headers the kernel may have written to
	call, first, last int // what is to be done
	done              int
	errno             syscall.Errno
	once              func(fd uintptr) // do, made once
	until             func(fd uintptr) bool
}

// header is struct mmsghdr.
type header struct {
	unix.Msghdr
	n uint32
}

// arrivalSize is the room for the time of an arrival among the control messages
// of a packet, in octets.
const arrivalSize = 64

func newDatagrams(socket *descriptor, most int) *datagrams {
	d := &datagrams{
		socket: socket, written: most, headers: make([]header, most), vectors: make([]unix.Iovec, most),
		names: make([]unix.RawSockaddrInet6, most), control: make([][arrivalSize]byte, most), buffers: make([][]byte, most),
	}
	for i := range d.buffers {
		d.buffers[i] = make([]byte, 0, maxPacket)
		d.headers[i].Name = (*byte)(unsafe.Pointer(&d.names[i])) //nolint:gosec // for the kernel
		d.headers[i].Iov = &d.vectors[i]
		d.headers[i].SetIovlen(1)
	}
	d.once = d.do
	d.until = func(fd uintptr) bool {
		d.do(fd)
		return d.errno != unix.EAGAIN
	}
	return d
}

// do makes the call for the messages from first to last.
func (d *datagrams) do(fd uintptr) {
	at := uintptr(unsafe.Pointer(&d.headers[d.first])) //nolint:gosec // they do not move
	for {
		n, _, errno := unix.RawSyscall6(uintptr(d.call), fd, at, uintptr(d.last-d.first), unix.MSG_DONTWAIT, 0, 0) //nolint:gosec // small numbers
		if errno != unix.EINTR {
			d.done, d.errno = int(n), errno //nolint:gosec // how many, or -1
			return
		}
	}
}

// result is what the last call came to.
func (d *datagrams) result(err error) (int, error) {
	if err == nil && d.errno != 0 {
		err = d.errno
	}
	if err != nil {
		return 0, err
	}
	return d.done, nil
}

// receive reads what is there; n is how many packets. Where nothing is, it waits
// or fails.
func (d *datagrams) receive(wait bool) (n int, err error) {
	for i := range d.written {
		h := &d.headers[i]
		d.vectors[i].Base = unsafe.SliceData(d.buffers[i]) //nolint:gosec // for the kernel
		d.vectors[i].SetLen(maxPacket)
		h.Namelen, h.Control = unix.SizeofSockaddrInet6, &d.control[i][0]
		h.SetControllen(arrivalSize)
	}
	d.call, d.first, d.last = unix.SYS_RECVMMSG, 0, len(d.headers)
	if wait {
		n, err = d.result(d.socket.await(d.until))
	} else {
		n, err = d.result(d.socket.use(d.once))
	}
	d.written = min(n+1, len(d.headers))
	return n, err
}

// packet is one that was received.
func (d *datagrams) packet(i int) []byte { return d.buffers[i][:min(d.headers[i].n, maxPacket)] }

// from is where it came from.
func (d *datagrams) from(i int) netip.AddrPort {
	name := &d.names[i]
	if name.Family == unix.AF_INET {
		short := (*unix.RawSockaddrInet4)(unsafe.Pointer(name)) //nolint:gosec // as the kernel wrote it
		return netip.AddrPortFrom(netip.AddrFrom4(short.Addr), swapped(short.Port))
	}
	addr := netip.AddrFrom16(name.Addr)
	if name.Scope_id != 0 && !addr.Is4In6() {
		addr = addr.WithZone(zone(name.Scope_id))
	}
	return netip.AddrPortFrom(addr, swapped(name.Port))
}

// at is when it came, by the monotonic clock: at most now, and not before since.
// The kernel tells by the wall clock, which somebody may have set meanwhile.
func (d *datagrams) at(i int, now, since time.Time) time.Time {
	for left := d.control[i][:d.headers[i].Controllen]; len(left) >= unix.SizeofCmsghdr; {
		h, data, rest, err := unix.ParseOneSocketControlMessage(left)
		if err != nil {
			break
		}
		if h.Level == unix.SOL_SOCKET && h.Type == unix.SO_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			at := (*unix.Timespec)(unsafe.Pointer(&data[0])) //nolint:gosec // as the kernel wrote it
			waited := min(now.Sub(time.Unix(at.Unix())), now.Sub(since), restAtMost)
			return now.Add(-max(waited, 0))
		}
		left = rest
	}
	return now
}

// put makes one to be sent. The packet is lent until then.
func (d *datagrams) put(i int, packet []byte, to netip.AddrPort) {
	h, name := &d.headers[i], &d.names[i]
	d.vectors[i].Base = unsafe.SliceData(packet) //nolint:gosec // for the kernel
	d.vectors[i].SetLen(len(packet))
	h.Control = nil
	h.SetControllen(0)
	if d.socket.inet6 {
		*name = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: swapped(to.Port()), Addr: to.Addr().As16(), Scope_id: scope(to.Addr().Zone())}
		h.Namelen = unix.SizeofSockaddrInet6
		return
	}
	at := to.Addr().Unmap()
	if !at.Is4() {
		h.Namelen = 0 // not to be reached from here: the kernel refuses to send it
		return
	}
	short := (*unix.RawSockaddrInet4)(unsafe.Pointer(name)) //nolint:gosec // the shorter of the two
	*short = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: swapped(to.Port()), Addr: at.As4()}
	h.Namelen = unix.SizeofSockaddrInet4
}

// send sends those from first to last, excluded. It returns how many the kernel
// took.
func (d *datagrams) send(first, last int) (int, error) {
	d.call, d.first, d.last = unix.SYS_SENDMMSG, first, last
	return d.result(d.socket.use(d.once))
}

// swapped is a port in the order of the network, or back.
func swapped(port uint16) uint16 {
	var b [2]byte
	binary.NativeEndian.PutUint16(b[:], port)
	return binary.BigEndian.Uint16(b[:])
}

// zone is the number of an interface as an address has it, scope that number.
func zone(scope uint32) string { return strconv.FormatUint(uint64(scope), 10) }

func scope(zone string) uint32 {
	n, _ := strconv.ParseUint(zone, 10, 32) // zone has written it
	return uint32(n)
}
