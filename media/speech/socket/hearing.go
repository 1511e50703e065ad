package socket

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// often is how often the server has to answer a ping.
const often = 5 * time.Second

// hearing is one socket.
type hearing struct {
	conn     *websocket.Conn
	cfg      Config
	finished chan struct{} // all that was to be heard was sent
	failed   chan error    // of those who send
	results  results
}

// hear is a speech.Hear: this goroutine waits for what is heard, one sends sound,
// one pings. They end with the socket and the ear's sound.
func (h *hearing) hear(ctx context.Context, src media.Source, tell func(speech.Heard) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer h.conn.CloseNow() //nolint:errcheck // it is over
	go h.send(ctx, src)
	go h.ping(ctx)
	read := make(chan error, 1)
	go func() { read <- h.read(ctx, tell) }()
	end := time.NewTimer(h.cfg.Timeout)
	end.Stop()
	defer end.Stop()
	finished := h.finished
	for {
		select {
		case err := <-read:
			return err
		case err := <-h.failed:
			return fmt.Errorf("socket: %w", err)
		case <-finished:
			finished = nil
			end.Reset(h.cfg.Timeout)
		case <-end.C:
			return fmt.Errorf("socket: %w: no end within %v", speech.ErrTimeout, h.cfg.Timeout)
		}
	}
}

// send sends the sound, and then that it was all.
func (h *hearing) send(ctx context.Context, src media.Source) {
	f := media.NewFrame(rate)
	var b []byte
	for {
		err := src.Read(f)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return // the ear was closed
		}
		b = b[:0]
		for _, s := range f.Samples {
			b = binary.LittleEndian.AppendUint16(b, uint16(s))
		}
		if !h.write(ctx, websocket.MessageBinary, b) {
			return
		}
	}
	close(h.finished) // before the server can answer it
	h.write(ctx, websocket.MessageText, []byte(`{"type":"CloseStream"}`))
}

// write sends one message. A server that does not read is given up; one that is
// gone is read's to tell.
func (h *hearing) write(ctx context.Context, kind websocket.MessageType, b []byte) bool {
	within, cancel := context.WithTimeout(ctx, h.cfg.Timeout)
	defer cancel()
	err := h.conn.Write(within, kind, b)
	if err != nil && errors.Is(within.Err(), context.DeadlineExceeded) {
		h.failed <- fmt.Errorf("%w: the server does not listen", speech.ErrTimeout)
	}
	return err == nil
}

// ping finds out whether the server is still there.
func (h *hearing) ping(ctx context.Context) {
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		within, cancel := context.WithTimeout(ctx, h.cfg.Timeout)
		err := h.conn.Ping(within)
		silent := errors.Is(within.Err(), context.DeadlineExceeded)
		cancel()
		if err != nil && silent {
			h.failed <- fmt.Errorf("%w: the server is silent", speech.ErrUnavailable)
		}
		if err != nil {
			return
		}
	}
}

// read tells what the server hears until it closes the socket.
func (h *hearing) read(ctx context.Context, tell func(speech.Heard) error) error {
	for {
		kind, data, err := h.conn.Read(ctx)
		if err != nil {
			return h.closed(ctx, err, tell)
		}
		if kind != websocket.MessageText {
			return fmt.Errorf("socket: %w: a binary message", speech.ErrUnavailable)
		}
		heard, ok, err := h.results.take(data)
		if err != nil {
			return fmt.Errorf("socket: %w", err)
		}
		if ok {
			if err := tell(heard); err != nil {
				return err
			}
		}
	}
}

// closed is how the ear ends when the socket does: well if all was sent and the
// server said goodbye.
func (h *hearing) closed(ctx context.Context, err error, tell func(speech.Heard) error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case <-h.finished:
		if code := websocket.CloseStatus(err); code == websocket.StatusNormalClosure || code == websocket.StatusNoStatusRcvd || code == websocket.StatusGoingAway {
			return h.rest(tell)
		}
	default:
	}
	return fmt.Errorf("socket: %w: %w", meaning(websocket.CloseStatus(err)), err)
}

// rest tells what was final but not yet the end of an utterance.
func (h *hearing) rest(tell func(speech.Heard) error) error {
	if heard, ok := h.results.end(); ok {
		return tell(heard)
	}
	return nil
}

// meaning is the error that the code of a closed socket means.
func meaning(code websocket.StatusCode) error {
	switch code { //nolint:exhaustive // the others are of no provider's
	case websocket.StatusPolicyViolation, websocket.StatusInvalidFramePayloadData, websocket.StatusUnsupportedData:
		return speech.ErrRequest
	case websocket.StatusTryAgainLater:
		return speech.ErrBusy
	}
	return speech.ErrUnavailable
}
