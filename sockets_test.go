package botd

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// framed is a frame of a client (RFC 6455, section 5.2), whose mask is of zeros:
// what it carries looks as it is.
func framed(first byte, payload string) string { return frameOf(first, uint64(len(payload)), payload) }

// frameOf says that a frame is of another length than it is.
func frameOf(first byte, length uint64, payload string) string {
	const masked = 0x80
	head := []byte{first}
	switch {
	case length < 126:
		head = append(head, masked|byte(length))
	case length <= 0xffff:
		head = binary.BigEndian.AppendUint16(append(head, masked|126), uint16(length))
	default:
		head = binary.BigEndian.AppendUint64(append(head, masked|127), length)
	}
	return string(head) + "\x00\x00\x00\x00" + payload
}

// The first bytes of frames.
const (
	more      = 0x00 // of a message that goes on
	last      = 0x80 // the end of it
	textMore  = 0x01
	text      = 0x81
	bytesOnly = 0x82
	bye       = 0x88
	ping      = 0x89
	reserved  = 0x10 // the third of three bits that mean nothing
)

// With what a socket is closed (RFC 6455, section 7.4.1).
const (
	protocolError = 1002
	noText        = 1007
	tooMuch       = 1009
)

// long is more than any door takes in a message.
var long = strings.Repeat("x", 300<<10)

// broken are frames that break the rules, and the code that the socket is closed with.
var broken = []struct {
	name, sent string
	code       int
}{
	{"the first reserved bit", framed(text|reserved<<2, "{}"), protocolError},
	{"the second reserved bit", framed(text|reserved<<1, "{}"), protocolError},
	{"the third reserved bit", framed(text|reserved, "{}"), protocolError},
	{"a kind of message that there is not", framed(0x83, "{}"), protocolError},
	{"the last kind of message that there is not", framed(0x87, "{}"), protocolError},
	{"a kind of control that there is not", framed(0x8b, ""), protocolError},
	{"no mask", "\x81\x02{}", protocolError},
	{"HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", protocolError},
	{"half a ping", framed(ping&^last, "x"), protocolError},
	{"a ping of 126 bytes", framed(ping, strings.Repeat("x", 126)), protocolError},
	{"the end of nothing", framed(last, "{}"), protocolError},
	{"the middle of nothing", framed(more, "{}"), protocolError},
	{"a message within another", framed(textMore, "{") + framed(text, "{}"), protocolError},
	{"a goodbye of one byte", framed(bye, "\x03"), protocolError},
	{"a goodbye with the code 0", framed(bye, "\x00\x00"), protocolError},
	{"a goodbye with the code 999", framed(bye, "\x03\xe7"), protocolError},
	{"a goodbye with a code that is never sent, 1005", framed(bye, "\x03\xed"), protocolError},
	{"a goodbye with a code that is never sent, 1006", framed(bye, "\x03\xee"), protocolError},
	{"a goodbye with a code that nobody has defined", framed(bye, "\x0b\xb7"), protocolError},
	{"a length below zero", frameOf(text, 1<<63, "{}"), protocolError},
	{"a message that is too long", framed(text, long), tooMuch},
	{"a message that says it is 4 EB long", frameOf(text, 1<<62, long), tooMuch},
	{"a message that is too long, in pieces", framed(textMore, long[:200<<10]) + framed(more, long[:200<<10]) + framed(last, ""), tooMuch},
	{"a byte that is no text", framed(text, "{\"type\":\"\xff\"}"), noText},
	{"half a character", framed(text, "{\"type\":\"hello\"}\xe2\x82"), noText},
	{"a character in more bytes than it needs", framed(text, "{\"type\":\"\xc0\xaf\"}"), noText},
	{"half of a pair", framed(text, "{\"type\":\"\xed\xa0\x80\"}"), noText},
	{"no text, in pieces", framed(textMore, "{\"type\":\"\xff") + framed(last, "\"}"), noText},
}

// door is where a WebSocket is opened, and what is said first on it.
type door struct{ name, path, protocol, greeting string }

// TestEverySocketThatBreaksTheRulesIsClosedWithItsCode does to each door of the
// server what no library would do.
func TestEverySocketThatBreaksTheRulesIsClosedWithItsCode(t *testing.T) {
	s := start(t, func(*Config) {})
	doors := []door{
		{"a client", "/client/signal", "botd.signal.v1", ""},
		{"a client that is known", "/client/signal", "botd.signal.v1", `{"type":"hello","token":"` + devToken(t, s) + `"}`},
		{"a bot", "/bots", "", ""},
		{"a bot that is known", "/bots", "", `{"type":"hello","version":1,"names":[{"rawId":"elsewhere"}]}`},
	}
	for _, d := range doors {
		for _, row := range broken {
			c := openSocket(t, s, d)
			go func() { _, _ = io.WriteString(c, row.sent) }() // the server need not read all of it
			if got := c.closedWith(t); got != row.code {
				t.Errorf("%s: %s: closed with %d, want %d", d.name, row.name, got, row.code)
			}
		}
		c := openSocket(t, s, d) // half a frame, and nothing after it
		_, _ = io.WriteString(c, framed(text, "{}")[:3])
		_ = c.Close()
	}
	for _, d := range doors { // who keeps the rules is welcome
		c := openSocket(t, s, d)
		_, _ = io.WriteString(c, framed(ping, "still there?"))
		if first, payload, err := c.frame(); first != 0x8a || payload != "still there?" {
			t.Errorf("%s: afterwards: %x %q %v", d.name, first, payload, err)
		}
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// devToken is a token of somebody who may call.
func devToken(t *testing.T, s *Server) string {
	t.Helper()
	var made struct{ Token string }
	status, body := ask(t, s, http.MethodPost, "/dev/token", `{"displayName":"Ada"}`, nil)
	if err := json.Unmarshal(body, &made); status != http.StatusOK || err != nil {
		t.Fatalf("%d %s %v", status, body, err)
	}
	return made.Token
}

// client is the other end of a socket, byte by byte.
type clientSocket struct {
	net.Conn
	in *bufio.Reader
}

// openSocket opens a socket and greets.
func openSocket(t *testing.T, s *Server, d door) clientSocket {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.HTTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	c := clientSocket{conn, bufio.NewReader(conn)}
	request := head("GET "+d.path+" HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: "+d.protocol)
	request = strings.Replace(request, "Host: x", "Host: "+s.HTTPAddr(), 1)
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%s: %v %v", d.name, resp, err)
	}
	_ = resp.Body.Close()
	if d.greeting == "" {
		return c
	}
	if _, err := io.WriteString(c, framed(text, d.greeting)); err != nil {
		t.Fatal(err)
	}
	if _, welcome, err := c.frame(); err != nil || !strings.Contains(welcome, `"welcome"`) {
		t.Fatalf("%s: %q %v", d.name, welcome, err)
	}
	return c
}

// frame reads one of the server's.
func (c clientSocket) frame() (first byte, payload string, err error) {
	var b [2]byte
	if _, err := io.ReadFull(c.in, b[:]); err != nil {
		return 0, "", err
	}
	n := int64(b[1])
	if n == 126 {
		var long [2]byte
		if _, err := io.ReadFull(c.in, long[:]); err != nil {
			return 0, "", err
		}
		n = int64(binary.BigEndian.Uint16(long[:]))
	}
	if n > 0xffff || b[1] > 126 {
		return 0, "", errors.New("a frame of a server is short and has no mask")
	}
	var all bytes.Buffer
	_, err = io.CopyN(&all, c.in, n)
	return b[0], all.String(), err
}

// closedWith is the code of the server's goodbye, 0 if it goes without.
func (c clientSocket) closedWith(t *testing.T) int {
	t.Helper()
	defer c.Close() //nolint:errcheck // it has ended
	for {
		first, payload, err := c.frame()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("it stays open")
		}
		if err != nil {
			return 0
		}
		if first == bye && len(payload) >= 2 {
			return int(payload[0])<<8 | int(payload[1])
		}
	}
}
