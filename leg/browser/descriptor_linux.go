package browser

import (
	"errors"
	"net"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// descriptor is a UDP socket that Go's poller does not know, for that would be
// woken for every packet. Only who waits for one lets it know, for as long.
//
// System calls that return at once are made without a word to the scheduler,
// which would wake its monitor thread for each. That costs as much again as a
// tick of a small call.
type descriptor struct {
	inet6 bool

	mu      sync.RWMutex // held by who uses it
	fd      int
	closed  bool
	watched *os.File // another one of the same socket, known to the poller; nil while nobody waits
}

// adopt takes the socket of a connection, which is closed. It has the kernel
// tell when packets come; where it does not, they come when they are read.
func adopt(conn *net.UDPConn) (*descriptor, error) {
	d := &descriptor{inet6: conn.LocalAddr().(*net.UDPAddr).IP.To4() == nil} //nolint:errcheck,forcetypeassert // a UDP socket
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	failed := raw.Control(func(fd uintptr) {
		d.fd, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err = errors.Join(failed, err, conn.Close()); err != nil {
		return nil, err
	}
	_ = unix.SetsockoptInt(d.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	return d, nil
}

// use hands out the descriptor for a system call.
func (d *descriptor) use(f func(fd uintptr)) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return net.ErrClosed
	}
	f(uintptr(d.fd)) //nolint:gosec // not negative
	return nil
}

// await makes a system call until it has something, whenever the socket may.
func (d *descriptor) await(f func(fd uintptr) (has bool)) error {
	raw, err := d.watch()
	if err != nil {
		return err
	}
	if err := raw.Read(f); err != nil {
		return errors.Join(err, d.use(func(uintptr) {})) // says so if it is closed
	}
	return nil
}

// watch lets the poller know the socket.
func (d *descriptor) watch() (syscall.RawConn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, net.ErrClosed
	}
	if d.watched == nil {
		fd, err := unix.FcntlInt(uintptr(d.fd), unix.F_DUPFD_CLOEXEC, 0) //nolint:gosec // not negative
		if err != nil {
			return nil, err
		}
		d.watched = os.NewFile(uintptr(fd), "udp") //nolint:gosec // not negative
	}
	return d.watched.SyscallConn()
}

// unwatch has the poller forget it. Who waits waits no longer.
func (d *descriptor) unwatch() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.forget()
}

func (d *descriptor) forget() error {
	if d.watched == nil {
		return nil
	}
	err := d.watched.Close()
	d.watched = nil
	return err
}

func (d *descriptor) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return net.ErrClosed
	}
	d.closed = true
	return errors.Join(d.forget(), unix.Close(d.fd))
}
