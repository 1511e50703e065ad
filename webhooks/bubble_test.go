package webhooks

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats-server/v2/server/ats"
)

// bubble runs a test on virtual time, with a log, a teller and a network that
// live in it.
func bubble(t *testing.T, test func(t *testing.T, w *wires)) {
	t.Helper()
	// The store keeps one clock for all there are; it must not begin in here.
	ats.Register()
	defer ats.Unregister()
	synctest.Test(t, func(t *testing.T) { test(t, &wires{hosts: make(map[string]*pipes)}) })
}

// open has a teller run in the bubble, with the usual times.
func (w *wires) open(t *testing.T, dir string, changes ...func(*Config)) *desk {
	t.Helper()
	d := openAt(t, dir, append([]func(*Config){func(c *Config) {
		c.HTTP.Transport.(*http.Transport).DialContext = w.dial
	}}, changes...)...)
	return d
}

// openNew is open until the test ends.
func (w *wires) openNew(t *testing.T, changes ...func(*Config)) *desk {
	t.Helper()
	d := w.open(t, t.TempDir(), changes...)
	t.Cleanup(func() { d.abandon(t) })
	return d
}

// pass lets time pass, until nothing more happens.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// wires is a network inside the process: who dials a name is connected to who
// listens there.
type wires struct {
	mu    sync.Mutex
	hosts map[string]*pipes
}

var errNobody = errors.New("nobody listens there")

func (w *wires) dial(ctx context.Context, _, address string) (net.Conn, error) {
	w.mu.Lock()
	p := w.hosts[address]
	w.mu.Unlock()
	if p == nil {
		return nil, errNobody
	}
	ours, theirs := net.Pipe()
	select {
	case p.dialed <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, errNobody
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sockets is a listener whose connections are buffered.
type sockets struct{ *pipes }

// Accept takes the next connection.
func (s sockets) Accept() (net.Conn, error) {
	c, err := s.pipes.Accept()
	if err != nil {
		return nil, err
	}
	return buffer(c), nil
}

// buffered is a connection that one can write to although nobody reads, as a
// socket's.
type buffered struct {
	net.Conn
	out chan []byte
	end context.CancelFunc
	of  context.Context
}

func buffer(c net.Conn) net.Conn {
	b := &buffered{Conn: c, out: make(chan []byte, 16)}
	b.of, b.end = context.WithCancel(context.Background())
	go b.run()
	return b
}

// run writes until the connection is closed, and then what is left.
func (b *buffered) run() {
	defer b.Conn.Close()
	defer b.end()
	for {
		select {
		case data := <-b.out:
			if _, err := b.Conn.Write(data); err != nil {
				return
			}
			continue
		default:
		}
		select {
		case data := <-b.out:
			if _, err := b.Conn.Write(data); err != nil {
				return
			}
		case <-b.of.Done():
			return
		}
	}
}

// Write lets the data go soon.
func (b *buffered) Write(data []byte) (int, error) {
	select {
	case b.out <- slices.Clone(data):
		return len(data), nil
	case <-b.of.Done():
		return 0, net.ErrClosed
	}
}

// Close ends when what was written is read.
func (b *buffered) Close() error {
	b.end()
	return nil
}

// pipes is a listener of the network.
type pipes struct {
	name   string
	dialed chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Accept takes the next connection.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialed:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close takes no more.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr is its name.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: p.name} }

// listen has somebody listen at an address.
func (w *wires) listen(address string) *pipes {
	p := &pipes{name: address, dialed: make(chan net.Conn), closed: make(chan struct{})}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hosts[address] = p
	return p
}

// leave has nobody listen at an address.
func (w *wires) leave(address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.hosts, address)
}

// application has one listen under a name, at port 80.
func (w *wires) application(t *testing.T, name string, answer func(n int, r received, rw http.ResponseWriter)) *application {
	t.Helper()
	app := &application{news: make(chan struct{}, 1), closed: make(chan struct{}), answer: answer}
	var handling sync.WaitGroup
	handler := http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		handling.Add(1)
		defer handling.Done()
		app.ServeHTTP(rw, req)
	})
	s := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	p := w.listen(name + ":80")
	go func() { _ = s.Serve(p) }()
	t.Cleanup(func() {
		close(app.closed)
		_ = s.Close()
		handling.Wait()
		synctest.Wait()
	})
	return app
}
