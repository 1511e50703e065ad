package throttle

import (
	"net"
	"sync"
	"sync/atomic"
)

// ConnsConfig is how many connections there may be.
type ConnsConfig struct {
	// Peer is how many one peer may have; 0 any number.
	Peer int
	// All is how many there may be together; 0 any number.
	All int
	// Exempt says whose do not count for Peer; nil nobody's.
	Exempt func(remote string) bool
}

// Conns counts the connections of all listeners that it watches.
type Conns struct {
	cfg     ConnsConfig
	refused atomic.Uint64

	mu    sync.Mutex
	all   int
	peers map[string]int
}

// NewConns makes a Conns.
func NewConns(cfg ConnsConfig) *Conns {
	if cfg.Exempt == nil {
		cfg.Exempt = func(string) bool { return false }
	}
	return &Conns{cfg: cfg, peers: map[string]int{}}
}

// Watch is the listener without the connections that are too many: those are
// closed as soon as they are accepted.
func (c *Conns) Watch(l net.Listener) net.Listener { return &watched{l, c} }

// Refused is how many have been closed.
func (c *Conns) Refused() uint64 { return c.refused.Load() }

type watched struct {
	net.Listener
	conns *Conns
}

// Accept fits net.Listener.
func (w *watched) Accept() (net.Conn, error) {
	for {
		conn, err := w.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if leave, ok := w.conns.enter(conn.RemoteAddr().String()); ok {
			return &counted{conn, sync.OnceFunc(leave)}, nil
		}
		w.conns.refused.Add(1)
		_ = conn.Close() // it was not wanted
	}
}

// enter counts a connection, unless it is one too many, and returns what to do
// when it is closed.
func (c *Conns) enter(remote string) (leave func(), ok bool) {
	key := Peer(remote)
	if c.cfg.Peer == 0 || c.cfg.Exempt(remote) {
		key = ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cfg.All > 0 && c.all >= c.cfg.All || key != "" && c.peers[key] >= c.cfg.Peer {
		return nil, false
	}
	c.all++
	if key != "" {
		c.peers[key]++
	}
	return func() { c.leave(key) }, true
}

func (c *Conns) leave(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if key == "" {
		return
	}
	if c.peers[key]--; c.peers[key] == 0 {
		delete(c.peers, key)
	}
}

// counted is a connection that says when it is closed.
type counted struct {
	net.Conn
	leave func()
}

// Close fits net.Conn.
func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
