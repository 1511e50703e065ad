package conformance

import (
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// proxy is a network between a program and the server that loses an answer when
// it is asked to: what the server says next is not passed on, the connection is
// cut instead.
type proxy struct {
	listener net.Listener
	server   string // where it leads to
	cutting  atomic.Bool
	open     sync.WaitGroup
}

// between puts a proxy before a server, until the test ends.
func between(t *testing.T, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed below
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, server: server}
	p.open.Go(p.serve)
	t.Cleanup(func() {
		_ = l.Close()
		p.open.Wait()
	})
	return p
}

// cut has the next answer lost.
func (p *proxy) cut(w http.ResponseWriter, _ *http.Request) {
	p.cutting.Store(true)
	reply(w, nil)
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.open.Go(func() { p.connect(client) })
	}
}

// connect passes bytes on in both directions until one of them ends.
func (p *proxy) connect(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.server) //nolint:noctx // this machine
	if err != nil {
		return
	}
	defer server.Close()
	p.open.Go(func() {
		_, _ = io.Copy(server, client) // ends with either connection
		_ = server.Close()
	})
	_, _ = io.Copy(&lossy{client, p}, server) // ends with either connection, or by a cut
}

// lossy is the way back to the client.
type lossy struct {
	net.Conn
	p *proxy
}

func (l *lossy) Write(b []byte) (int, error) {
	if l.p.cutting.CompareAndSwap(true, false) {
		return 0, net.ErrClosed
	}
	return l.Conn.Write(b)
}
