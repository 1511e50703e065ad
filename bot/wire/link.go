package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/internal/strict"
)

const (
	// maxOutstanding is how many messages may wait for the other side's Ack.
	maxOutstanding = 4096
	// ackEvery is after how many messages an Ack goes out by itself.
	ackEvery = 16
	// writeTimeout is how long one message may take.
	writeTimeout = 10 * time.Second
	// pingEvery finds out that the other side has vanished without a word.
	pingEvery = 5 * time.Second
)

// ErrSlow means that the other side does not take what it is sent.
var ErrSlow = errors.New("the other side does not read")

// Link is all that two sides say to each other, over sockets that come and go:
// messages exactly once and in order, and sound as far as there is time for it.
type Link struct {
	mu       sync.Mutex
	out      []Message // not acknowledged
	written  int       // of them, to the present socket
	number   uint64    // of the last one
	received uint64    // the last number of the other side
	owed     int       // messages received since the last Ack
	sound    lanes
	dropped  func()
	news     chan struct{}
}

// NewLink makes a link over which nothing has gone. dropped, if not nil, is called
// for each frame of sound that is dropped because the socket is slow; it may not
// call the link.
func NewLink(dropped func()) *Link {
	if dropped == nil {
		dropped = func() {}
	}
	return &Link{dropped: dropped, news: make(chan struct{}, 1)}
}

// Send has a message written as soon as there is a socket. It does not block.
// ErrSlow if too much waits already: the other side is lost then.
func (l *Link) Send(m Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.out) >= maxOutstanding {
		return ErrSlow
	}
	l.number++
	m.Number = l.number
	l.out = append(l.out, m)
	l.signal()
	return nil
}

// Play has a frame written; where the socket is slow the oldest of its stream
// are dropped.
func (l *Link) Play(f Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sound.put(f) {
		l.dropped()
	}
	l.signal()
}

// Received is the number of the last message that has come.
func (l *Link) Received() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.received
}

func (l *Link) signal() {
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// Ends takes what comes over a link. Its functions are called by one goroutine
// and must not block.
type Ends struct {
	Message func(Message) error
	Frame   func(Frame)
	// Rewound, if set, is told that the sound which was under way is lost.
	Rewound func()
}

// Run uses a socket until it breaks, ctx ends, or the other side breaks the
// rules; the error says which. received is what the other side says has reached
// it. Only one socket is used at a time.
func (l *Link) Run(ctx context.Context, conn *websocket.Conn, received uint64, to Ends) error {
	if err := l.rewind(received); err != nil {
		return err
	}
	if to.Rewound != nil {
		to.Rewound()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var tasks sync.WaitGroup
	tasks.Go(func() { cancel(l.write(ctx, conn)) })
	tasks.Go(func() { cancel(ping(ctx, conn)) })
	err := l.read(ctx, conn, to)
	cancel(err)
	tasks.Wait()
	return context.Cause(ctx)
}

// rewind readies the link for another socket: what has not reached the other
// side is written again.
func (l *Link) rewind(received uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.acknowledge(received); err != nil {
		return err
	}
	l.written = 0
	l.sound = lanes{}
	l.signal()
	return nil
}

// acknowledge forgets what has reached the other side.
func (l *Link) acknowledge(number uint64) error {
	if number > l.number {
		return fmt.Errorf("%w: ack of %d, which was never sent", bot.ErrInvalid, number)
	}
	n := len(l.out) - int(l.number-min(number, l.number)) //nolint:gosec // at most maxOutstanding
	if n > 0 {
		l.out = append(l.out[:0:0], l.out[n:]...)
		l.written = max(0, l.written-n)
	}
	return nil
}

// read takes in what comes.
func (l *Link) read(ctx context.Context, conn *websocket.Conn, to Ends) error {
	for {
		kind, data, err := strict.Read(ctx, conn)
		if err != nil {
			return err
		}
		if kind == websocket.MessageBinary {
			f, err := ParseFrame(data)
			if err != nil {
				return err
			}
			to.Frame(f)
			continue
		}
		m, err := Parse(data)
		if err != nil {
			return err
		}
		fresh, err := l.accept(m)
		if err == nil && fresh {
			err = to.Message(m)
		}
		if err != nil {
			return err
		}
	}
}

// accept says whether a message is new.
func (l *Link) accept(m Message) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.acknowledge(m.Ack); err != nil {
		return false, err
	}
	switch {
	case m.Number == 0 || m.Number <= l.received: // no message, or one that came before
		return false, nil
	case m.Number != l.received+1:
		return false, fmt.Errorf("%w: message %d after %d", bot.ErrInvalid, m.Number, l.received)
	}
	l.received++
	if l.owed++; l.owed >= ackEvery {
		l.signal()
	}
	return true, nil
}

// write writes what there is: messages first, then sound.
func (l *Link) write(ctx context.Context, conn *websocket.Conn) error {
	for {
		kind, data, err := l.next()
		if err != nil {
			return err
		}
		if data == nil {
			select {
			case <-l.news:
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err := write(ctx, conn, kind, data); err != nil {
			return err
		}
	}
}

// next is what is to be written next; nil if there is nothing.
func (l *Link) next() (websocket.MessageType, []byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := Message{Kind: Receipt}
	switch {
	case l.written < len(l.out):
		m = l.out[l.written]
		l.written++
	case l.owed >= ackEvery:
	default:
		return websocket.MessageBinary, l.sound.take(), nil
	}
	m.Ack, l.owed = l.received, 0
	data, err := json.Marshal(m)
	return websocket.MessageText, data, err
}

func write(ctx context.Context, conn *websocket.Conn, kind websocket.MessageType, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return conn.Write(ctx, kind, data)
}

func ping(ctx context.Context, conn *websocket.Conn) error {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		answer, cancel := context.WithTimeout(ctx, pingEvery)
		err := conn.Ping(answer)
		cancel()
		if err != nil {
			return fmt.Errorf("no answer to a ping: %w", err)
		}
	}
}

// WriteMessage writes a message outside of the order.
func WriteMessage(ctx context.Context, conn *websocket.Conn, m Message) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return write(ctx, conn, websocket.MessageText, data)
}

// ReadMessage reads a message outside of the order, of a kind.
func ReadMessage(ctx context.Context, conn *websocket.Conn, want Kind) (Message, error) {
	kind, data, err := strict.Read(ctx, conn)
	if err != nil {
		return Message{}, err
	}
	if kind != websocket.MessageText {
		return Message{}, fmt.Errorf("%w: a frame before %s", bot.ErrInvalid, want)
	}
	m, err := Parse(data)
	if err == nil && m.Kind != want {
		err = fmt.Errorf("%w: %s instead of %s", bot.ErrInvalid, m.Kind, want)
	}
	return m, err
}
