package strict

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/coder/websocket"
)

func TestOnlyWhoBreaksTheRulesIsBlamed(t *testing.T) {
	for _, row := range []struct {
		name string
		err  error
		want bool
	}{
		{"no mask", errors.New("received unmasked frame from client"), true},
		{"a length below zero", fmt.Errorf("failed to get reader: %w", errors.New("received negative payload length: -1")), true},
		{"they closed it", websocket.CloseError{Code: websocket.StatusGoingAway}, false},
		{"they have gone", fmt.Errorf("failed to get reader: %w", io.EOF), false},
		{"they have gone in the middle", io.ErrUnexpectedEOF, false},
		{"the network has gone", &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, false},
		{"time is up", fmt.Errorf("failed to get reader: %w", context.DeadlineExceeded), false},
		{"we are stopping", context.Canceled, false},
		{"we closed it", net.ErrClosed, false},
		{"too long, which has a code of its own", websocket.ErrMessageTooBig, false},
	} {
		if blames(row.err) != row.want {
			t.Errorf("%s: %v", row.name, !row.want)
		}
	}
}

// FuzzWhateverComesIsAMessageOrBlamedOnSomebody reads frames of anybody.
func FuzzWhateverComesIsAMessageOrBlamedOnSomebody(f *testing.F) {
	for _, seed := range []string{
		"\x81\x82\x00\x00\x00\x00{}", "\x81\x02{}", "\xc1\x80\x00\x00\x00\x00", "\x88\x81\x00\x00\x00\x00\x03",
		"\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\x81\x81\x00\x00\x00\x00\xff", "\x01\x80\x00\x00\x00\x00\x80\x80\x00\x00\x00\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frames []byte) {
		here, there := net.Pipe()
		conn, err := websocket.Accept(&hijacked{http.Header{}, there}, upgrade(t.Context()), nil)
		if err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		both.Go(func() { _, _ = io.Copy(io.Discard, here) })
		both.Go(func() {
			_, _ = here.Write(frames)
			_ = here.Close()
		})
		for {
			kind, message, err := Read(t.Context(), conn)
			if err != nil {
				break
			}
			if kind == websocket.MessageText && !utf8.Valid(message) {
				t.Errorf("taken as text: %q", message)
			}
		}
		_ = conn.CloseNow()
		both.Wait()
	})
}

// upgrade is the request that opens a socket.
func upgrade(ctx context.Context) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	} {
		r.Header.Set(name, value)
	}
	return r
}

// hijacked gives its connection to whoever upgrades it.
type hijacked struct {
	header http.Header
	conn   net.Conn
}

func (h *hijacked) Header() http.Header         { return h.header }
func (h *hijacked) Write(b []byte) (int, error) { return len(b), nil }
func (h *hijacked) WriteHeader(int)             {}
func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}
