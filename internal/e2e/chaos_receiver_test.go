package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// receiver is a program that is posted to, and that may be down.
type receiver struct {
	*httptest.Server
	name  string
	state atomic.Int32
}

// The states of a receiver.
const (
	up       = iota
	refusing // answers 503
	hanging  // takes a request and breaks off
	halving  // breaks off in the middle of its answer
	away     // takes no connection
	states
)

func newReceiver(t *testing.T, name string, handler http.Handler) *receiver {
	t.Helper()
	r := &receiver{name: name}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.serve(handler, w, req)
	}))
	r.Listener = door{r.Listener, r}
	r.Start()
	t.Cleanup(r.Close)
	return r
}

// serve lets a request through if the receiver is up.
func (r *receiver) serve(handler http.Handler, w http.ResponseWriter, req *http.Request) {
	switch r.state.Load() {
	case up:
		handler.ServeHTTP(w, req)
	case refusing:
		http.Error(w, "not now", http.StatusServiceUnavailable)
	case halving:
		w.Header().Set("Content-Length", "100")
		_, _ = fmt.Fprint(w, "half") // it is not meant to arrive whole
		panic(http.ErrAbortHandler)
	default:
		panic(http.ErrAbortHandler)
	}
}

// flap has the receiver go down and up, each for a moment, until the returned
// function is called; then it is up for good.
func (r *receiver) flap(seed uint64) func() {
	chance := rand.New(rand.NewPCG(seed, 2))
	over := make(chan struct{})
	var flapping sync.WaitGroup
	flapping.Go(func() {
		defer r.state.Store(up)
		for down := true; ; down = !down {
			r.state.Store(up)
			if down {
				r.state.Store(1 + chance.Int32N(states-1))
			}
			select {
			case <-time.After(time.Duration(500+chance.IntN(4000)) * time.Millisecond):
			case <-over:
				return
			}
		}
	})
	return func() {
		close(over)
		flapping.Wait()
	}
}

// door is a listener that nobody answers at while its receiver is away.
type door struct {
	net.Listener
	of *receiver
}

// Accept takes the next connection.
func (d door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil || d.of.state.Load() != away {
			return conn, err
		}
		_ = conn.Close() // nobody is there
	}
}
