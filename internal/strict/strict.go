// Package strict reads WebSockets as RFC 6455 wants them read: who breaks its
// rules is told which, also where the library that reads frames would take it or
// go without a word.
package strict

import (
	"context"
	"errors"
	"io"
	"net"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// Violation means that the other side does not keep the rules of RFC 6455.
type Violation struct {
	// Code is what the socket is to be closed with (section 7.4.1). Where the
	// library has closed it already, closing it once more does nothing.
	Code websocket.StatusCode
	// Err is what was wrong.
	Err error
}

// Error says what was wrong.
func (v *Violation) Error() string { return v.Err.Error() }

// Unwrap is what was wrong.
func (v *Violation) Unwrap() error { return v.Err }

// errText is section 8.1.
var errText = errors.New("text is UTF-8")

// Read reads a message. Its errors are a *Violation, or those of the library.
func Read(ctx context.Context, conn *websocket.Conn) (websocket.MessageType, []byte, error) {
	kind, message, err := conn.Read(ctx)
	switch {
	case err != nil && blames(err):
		return 0, nil, &Violation{websocket.StatusProtocolError, err}
	case err == nil && kind == websocket.MessageText && !utf8.Valid(message):
		return 0, nil, &Violation{websocket.StatusInvalidFramePayloadData, errText}
	}
	return kind, message, err
}

// others are why a read may fail that is nobody's mistake, or has a code that the
// library has told.
var others = []error{
	websocket.ErrMessageTooBig, io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
	context.Canceled, context.DeadlineExceeded,
}

// blames says that a read failed because of what came. The library has no error
// of its own for that, so it is what is left.
func blames(err error) bool {
	for _, other := range others {
		if errors.Is(err, other) {
			return false
		}
	}
	return websocket.CloseStatus(err) == -1 && !errors.As(err, new(net.Error))
}
