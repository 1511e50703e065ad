package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/internal/strict"
)

const (
	// writeTimeout is how long one message may take. An application that reads
	// nothing for so long has its socket closed.
	writeTimeout = 15 * time.Second
	// pingEvery is how often it is asked whether it is there, and pingTimeout how
	// long it may take to say so.
	pingEvery   = 20 * time.Second
	pingTimeout = 20 * time.Second
	// closeTimeout bounds saying goodbye.
	closeTimeout = 500 * time.Millisecond
)

// socket is one connection of a Link.
type socket struct {
	link *Link
	conn *websocket.Conn
	own  bool // it speaks Protocol

	packet  Packet
	buffer  []byte
	numbers map[string]uint16 // of the streams of binary messages
}

func (l *Link) socket(conn *websocket.Conn) *socket {
	return &socket{link: l, conn: conn, own: conn.Subprotocol() == Protocol, numbers: map[string]uint16{}}
}

// run sends and receives until the socket breaks or ctx ends, which is no error.
func (s *socket) run(ctx context.Context) error {
	inside, cancel := context.WithCancelCause(ctx)
	var all sync.WaitGroup
	all.Go(func() { cancel(s.receive(inside)) })
	all.Go(func() { cancel(s.ping(inside)) })
	hurry := context.AfterFunc(inside, func() { s.hurry(ctx) })
	cancel(s.send(inside))
	s.close(ctx)
	hurry()
	all.Wait()
	if ctx.Err() != nil {
		return nil //nolint:nilerr // it was to end
	}
	return context.Cause(inside)
}

// hurry ends what waits for the other side: at once where the socket is broken,
// soon where it is to end.
func (s *socket) hurry(ctx context.Context) {
	if ctx.Err() == nil {
		_ = s.conn.CloseNow()
		return
	}
	time.AfterFunc(closeTimeout, func() { _ = s.conn.CloseNow() })
}

// close says goodbye, if the other side is still there to hear it.
func (s *socket) close(ctx context.Context) {
	if ctx.Err() != nil {
		_ = s.conn.Close(websocket.StatusNormalClosure, "")
	}
	_ = s.conn.CloseNow()
}

// send sends what is queued.
func (s *socket) send(ctx context.Context) error {
	for _, message := range s.link.Greeting() {
		if err := s.write(ctx, websocket.MessageText, message); err != nil {
			return err
		}
	}
	for {
		text, ok := s.link.Queue.take(&s.packet)
		var err error
		switch {
		case !ok:
			select {
			case <-s.link.Queue.ready:
			case <-ctx.Done():
				return ctx.Err()
			}
		case text != nil:
			err = s.write(ctx, websocket.MessageText, text)
		case s.own:
			err = s.binary(ctx)
		default:
			s.buffer = appendAudio(s.buffer[:0], &s.packet)
			err = s.write(ctx, websocket.MessageText, s.buffer)
		}
		if err != nil {
			return err
		}
	}
}

// binary sends the packet as a binary message, after saying whose stream it is
// the first time.
func (s *socket) binary(ctx context.Context) error {
	number, known := s.numbers[s.packet.Who]
	if !known {
		number = uint16(len(s.numbers)) //nolint:gosec // there are few
		s.numbers[s.packet.Who] = number
		if err := s.write(ctx, websocket.MessageText, numbered(number, s.packet.Who)); err != nil {
			return err
		}
	}
	s.buffer = appendBinary(s.buffer[:0], &s.packet, number)
	return s.write(ctx, websocket.MessageBinary, s.buffer)
}

// write sends one message. The end of ctx does not cut it short, so that what is
// queued can still be said, and goodbye.
func (s *socket) write(ctx context.Context, kind websocket.MessageType, message []byte) error {
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if err := s.conn.Write(patience, kind, message); err != nil {
		return fmt.Errorf("%w: write: %w", ErrLost, err)
	}
	return nil
}

// receive hands over what the application says, behind a barrier: what breaks
// whoever takes it loses the socket, and not the server.
func (s *socket) receive(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: a message broke us: %v", ErrLost, p)
		}
	}()
	for {
		kind, message, err := strict.Read(context.WithoutCancel(ctx), s.conn) // until it is closed
		if wrong := (*strict.Violation)(nil); errors.As(err, &wrong) {
			s.refuse(wrong.Code)
		}
		if err != nil {
			return parted(err)
		}
		s.link.Receive(s.own, kind == websocket.MessageBinary, message)
	}
}

// refuse closes the socket because of what the application said.
func (s *socket) refuse(code websocket.StatusCode) {
	defer time.AfterFunc(closeTimeout, func() { _ = s.conn.CloseNow() }).Stop()
	_ = s.conn.Close(code, "")
}

// parted says what the end of a socket means.
func parted(err error) error {
	code := websocket.CloseStatus(err)
	if code == websocket.StatusNormalClosure {
		return fmt.Errorf("%w: %w", ErrHungUp, err)
	}
	if code == websocket.StatusPolicyViolation {
		return fmt.Errorf("%w: %w", ErrUnauthorized, err)
	}
	return fmt.Errorf("%w: read: %w", ErrLost, err)
}

// ping asks now and then whether the application is there.
func (s *socket) ping(ctx context.Context) error {
	every := time.NewTicker(pingEvery)
	defer every.Stop()
	for {
		select {
		case <-every.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		patience, cancel := context.WithTimeout(ctx, pingTimeout)
		err := s.conn.Ping(patience)
		cancel()
		if err != nil && !errors.Is(ctx.Err(), context.Canceled) {
			return fmt.Errorf("%w: ping: %w", ErrLost, err)
		}
	}
}
