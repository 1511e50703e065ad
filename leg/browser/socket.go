package browser

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"github.com/botd-dev/botd/internal/strict"
)

// How a socket is kept.
const (
	queueLength  = 256              // messages waiting to be written
	writeTimeout = 10 * time.Second // for one message
	pingInterval = 15 * time.Second
	pingTimeout  = 15 * time.Second
	messageRate  = 50 // messages a second taken from one client
	messageBurst = 200
)

// socket is one WebSocket: a reader, a writer and a pinger. Its queue is
// bounded; a client that does not read is cut, never waited for.
type socket struct {
	conn   *websocket.Conn
	remote string // address of the client, or of its proxy
	queue  chan []byte
	in     chan []byte // what the client said, in order

	once  sync.Once
	shut  chan struct{} // closed by close
	code  websocket.StatusCode
	cause string
	said  chan struct{} // closed when nothing will be written any more
	gone  chan struct{} // closed when nothing can be read any more
	tasks sync.WaitGroup
}

func newSocket(conn *websocket.Conn) *socket {
	conn.SetReadLimit(maxMessage)
	return &socket{
		conn: conn, queue: make(chan []byte, queueLength), in: make(chan []byte, 16),
		shut: make(chan struct{}), said: make(chan struct{}), gone: make(chan struct{}),
	}
}

// start runs the socket until ctx ends, the client leaves or close is called;
// wait returns when all of it has stopped.
func (s *socket) start(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	s.tasks.Go(func() { defer cancel(); s.read(ctx) })
	s.tasks.Go(func() { defer cancel(); s.write(ctx) })
	s.tasks.Go(func() { s.ping(ctx) })
}

func (s *socket) wait() { s.tasks.Wait() }

// send queues a message. It never blocks: where the queue is full the client
// has stopped reading, and is cut.
func (s *socket) send(b []byte) {
	select {
	case s.queue <- b:
	default:
		s.close(websocket.StatusPolicyViolation, "the client does not read")
	}
}

// close writes what is queued and then closes, once; the first reason stands.
func (s *socket) close(code websocket.StatusCode, why string) {
	s.once.Do(func() {
		s.code, s.cause = code, why
		close(s.shut)
	})
}

// closed says whether close was called.
func (s *socket) closed() bool {
	select {
	case <-s.shut:
		return true
	default:
		return false
	}
}

// read takes messages until none can come. A client that sends faster than
// messageRate is read no faster.
func (s *socket) read(ctx context.Context) {
	defer close(s.gone)
	pace := rate.NewLimiter(messageRate, messageBurst)
	for {
		kind, b, err := strict.Read(ctx, s.conn)
		if wrong := (*strict.Violation)(nil); errors.As(err, &wrong) {
			s.close(wrong.Code, fmt.Sprintf("%.100s", wrong.Error()))
			<-s.said // it is told before reading ends, which ends all
		}
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			s.close(websocket.StatusUnsupportedData, "only text is understood")
		}
		if pace.Wait(ctx) != nil {
			return
		}
		select {
		case s.in <- b:
		case <-s.shut: // go on reading, for the closing handshake
		case <-ctx.Done():
			return
		}
	}
}

// write writes what is queued until close is called, and says goodbye.
func (s *socket) write(ctx context.Context) {
	defer s.conn.CloseNow() //nolint:errcheck // closed already, or nothing to be done
	closed := s.deliver(ctx)
	close(s.said)
	if closed {
		_ = s.conn.Close(s.code, s.cause)
	}
}

// deliver writes what is queued; true if that ended because close was called.
func (s *socket) deliver(ctx context.Context) bool {
	for {
		select {
		case b := <-s.queue:
			if s.put(ctx, b) != nil {
				return false
			}
		case <-s.shut:
			s.flush(ctx)
			return true
		case <-ctx.Done():
			return false
		}
	}
}

// flush writes what was queued before close, unless the client reads nothing.
func (s *socket) flush(ctx context.Context) {
	for {
		select {
		case b := <-s.queue:
			if len(s.queue) == queueLength-1 || s.put(ctx, b) != nil {
				return
			}
		default:
			return
		}
	}
}

func (s *socket) put(ctx context.Context, b []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, b)
}

// ping finds out that a client has vanished without a word.
func (s *socket) ping(ctx context.Context) {
	tick := time.NewTicker(pingInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		answer, cancel := context.WithTimeout(ctx, pingTimeout)
		err := s.conn.Ping(answer)
		cancel()
		if err != nil {
			_ = s.conn.CloseNow()
			return
		}
	}
}
