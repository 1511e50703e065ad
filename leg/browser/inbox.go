package browser

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// inboxSize is how many packets are read with one system call.
	inboxSize = 32
	// fetchMost is how many of them are read in one go, so that a flood does not
	// keep a tick waiting: twice what comes in 20 ms from all of a full server.
	fetchMost = 64 * inboxSize
	// fetchedWithin is for how long after a fetch another one is expected.
	fetchedWithin = 100 * time.Millisecond
	// restAtMost is how long nobody looks at a socket that is not fetched from.
	restAtMost = time.Second
	// pollEvery is how often a socket is looked at that cannot be waited for.
	pollEvery = 20 * time.Millisecond
	// strayMost is how many packets wait for the peer connections. A kernel drops
	// as well what nobody takes.
	strayMost = 1024
)

// inbox reads a UDP socket of many peers. Sound goes the short way (source), and
// what that does not take, to the peer connections.
//
// Sound is wanted when the bridge ticks, and not before. To be woken for each
// packet costs more than all that is done with it, so while a clock ticks, and
// nobody is just connecting, the socket is read once a tick: fetch. The kernel
// keeps the packets until then, and the time at which each came. Otherwise, and
// while more comes than fits into a tick, it is read as soon as something is there.
type inbox struct {
	kernel  *datagrams
	sources *sources
	hurried *atomic.Int32 // how many want to be heard at once
	lazy    bool          // fetch can read

	kick   chan struct{} // something is there for next, or has changed
	closed atomic.Bool

	mu      sync.Mutex
	reading bool // next waits for the kernel
	fetched time.Time
	emptied time.Time // when nothing was left to be read
	flooded time.Time // when more came than fits into a tick
	strays  strays
}

func newInbox(socket *descriptor, s *sources, hurried *atomic.Int32) *inbox {
	return &inbox{
		kernel: newDatagrams(socket, inboxSize), sources: s, hurried: hurried, lazy: readsAtOnce,
		kick: make(chan struct{}, 1),
	}
}

// next gives the next packet for the peer connections, and waits for it.
func (i *inbox) next(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, wait, err := i.look(b)
		switch {
		case n > 0 || err != nil:
			return n, from, err
		case wait:
			i.rest(restAtMost)
		default:
			if err := i.read(); errors.Is(err, net.ErrClosed) {
				return 0, from, err
			} else if err != nil { // such as no descriptor for the poller
				i.rest(pollEvery)
				i.glance()
			}
		}
	}
}

// look takes what waits. Where nothing does, it says whether somebody else reads
// the socket.
func (i *inbox) look(b []byte) (n int, from netip.AddrPort, wait bool, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if n, from = i.strays.take(b); n > 0 {
		return n, from, false, nil
	}
	if i.closed.Load() {
		return 0, from, false, net.ErrClosed
	}
	wait = i.lazy && i.hurried.Load() <= 0 && time.Since(i.fetched) < fetchedWithin && time.Since(i.flooded) >= restAtMost
	i.reading = !wait
	return 0, from, wait, nil
}

// rest waits until something is there for next, or it is time to look again.
func (i *inbox) rest(atMost time.Duration) {
	_ = i.kernel.socket.unwatch() // it is closed: the next look says so
	again := time.NewTimer(atMost)
	defer again.Stop()
	select {
	case <-i.kick:
	case <-again.C:
	}
}

// read waits for packets and sorts them.
func (i *inbox) read() error {
	n, err := i.kernel.receive(true)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.reading = false
	if err == nil {
		i.sort(n)
	}
	return err
}

// fetch reads what has come, and does not wait.
func (i *inbox) fetch(now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fetched = now
	if i.lazy && !i.reading {
		i.drain()
	}
}

// glance reads what has come, for next.
func (i *inbox) glance() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.drain()
}

// drain reads what has come.
func (i *inbox) drain() {
	for range fetchMost / inboxSize {
		n, err := i.kernel.receive(false)
		if err != nil {
			break // there are no more
		}
		if i.sort(n); n < inboxSize {
			break
		}
	}
	if i.strays.some() {
		i.wake()
	}
}

// sort gives each packet to whom it is for.
func (i *inbox) sort(n int) {
	now := time.Now()
	for k := range n {
		packet := i.kernel.packet(k)
		if isSound(packet) && i.sources.take(packet, i.kernel.at(k, now, i.emptied)) {
			continue
		}
		if len(packet) > 0 && !i.strays.put(packet, i.kernel.from(k)) {
			i.flooded = now
		}
	}
	if n < inboxSize {
		i.emptied = now
	}
}

// wake has next look again.
func (i *inbox) wake() {
	select {
	case i.kick <- struct{}{}:
	default:
	}
}

// close has next return. It waits for nobody: who fetches may wait for the peer
// connections, and they for it.
func (i *inbox) close() {
	i.closed.Store(true)
	i.wake()
}

// strays are packets that wait for the peer connections, first in, first out.
type strays struct {
	waiting []stray
	first   int
	unused  [][]byte
}

type stray struct {
	packet []byte
	from   netip.AddrPort
}

func (s *strays) some() bool { return s.first < len(s.waiting) }

// put is false where there is no room.
func (s *strays) put(packet []byte, from netip.AddrPort) bool {
	if len(s.waiting)-s.first >= strayMost {
		return false
	}
	if s.first >= strayMost {
		s.waiting, s.first = append(s.waiting[:0], s.waiting[s.first:]...), 0
	}
	var b []byte
	if n := len(s.unused); n > 0 {
		b, s.unused = s.unused[n-1], s.unused[:n-1]
	}
	s.waiting = append(s.waiting, stray{append(b[:0], packet...), from})
	return true
}

func (s *strays) take(b []byte) (int, netip.AddrPort) {
	if !s.some() {
		return 0, netip.AddrPort{}
	}
	next := s.waiting[s.first]
	if s.first++; s.first == len(s.waiting) {
		s.waiting, s.first = s.waiting[:0], 0
	}
	if len(s.unused) < inboxSize {
		s.unused = append(s.unused, next.packet)
	}
	return copy(b, next.packet), next.from
}
