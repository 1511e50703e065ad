package stream

import (
	"bufio"
	"context"
	"crypto/sha1" //nolint:gosec // RFC 6455, section 4.2.2, wants it
	"encoding/base64"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// frame is one of a server's (RFC 6455, section 5.2).
func frame(first byte, payload string) string {
	head := []byte{first, byte(len(payload))}
	if len(payload) > 125 {
		head = binary.BigEndian.AppendUint64([]byte{first, 127}, uint64(len(payload)))
	}
	return string(head) + payload
}

// byHand opens the socket as a server does, says something, and tells with which
// code the other side closes it.
func byHand(frames string, code chan<- websocket.StatusCode) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, both, err := w.(http.Hijacker).Hijack()
		if err != nil {
			code <- -1
			return
		}
		defer conn.Close()                                                                                  //nolint:errcheck // it has ended
		sum := sha1.Sum([]byte(r.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // as above
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Accept: "+base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n")
		go func() { _, _ = io.WriteString(conn, frames) }() // not all of it may be taken
		code <- goodbye(both.Reader)
	}
}

// goodbye reads a client's frames, which have masks, until it says goodbye; -1 if
// it does not.
func goodbye(in *bufio.Reader) websocket.StatusCode {
	for {
		var head [6]byte // and none of ours is long
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return -1
		}
		payload := make([]byte, head[1]&0x7f)
		if _, err := io.ReadFull(in, payload); err != nil {
			return -1
		}
		for i := range payload {
			payload[i] ^= head[2+i%4]
		}
		if head[0]&0xf == 8 && len(payload) >= 2 {
			return websocket.StatusCode(binary.BigEndian.Uint16(payload))
		}
	}
}

func TestAnApplicationThatBreaksTheRulesIsToldWhich(t *testing.T) {
	for _, row := range []struct {
		name, frames string
		code         websocket.StatusCode
	}{
		{"a bit that means nothing", frame(0x91, "{}"), websocket.StatusProtocolError},
		{"a kind of message that there is not", frame(0x83, "{}"), websocket.StatusProtocolError},
		{"a kind of control that there is not", frame(0x8b, ""), websocket.StatusProtocolError},
		{"half a ping", frame(0x09, "x"), websocket.StatusProtocolError},
		{"a ping of 126 bytes", frame(0x89, strings.Repeat("x", 126)), websocket.StatusProtocolError},
		{"the end of nothing", frame(0x80, ""), websocket.StatusProtocolError},
		{"a message within another", frame(0x01, "{") + frame(0x81, "}"), websocket.StatusProtocolError},
		{"a goodbye of one byte", frame(0x88, "\x03"), websocket.StatusProtocolError},
		{"a goodbye with the code 999", frame(0x88, "\x03\xe7"), websocket.StatusProtocolError},
		{"a length below zero", "\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", websocket.StatusProtocolError},
		{"a message that is too long", frame(0x81, strings.Repeat("x", maxMessage+1)), websocket.StatusMessageTooBig},
		{"a message that is too long, in pieces", frame(0x01, strings.Repeat("x", maxMessage)) + frame(0x80, "x"), websocket.StatusMessageTooBig},
		{"no text", frame(0x81, "{\"kind\":\"\xff\"}"), websocket.StatusInvalidFramePayloadData},
	} {
		t.Run(row.name, func(t *testing.T) {
			inOffice(t, nil, func(o *office) {
				code := make(chan websocket.StatusCode, 100)
				o.byHand = byHand(row.frames, code)
				ctx, cancel := context.WithCancel(o.Context())
				over := make(chan error, 1)
				go func() { over <- o.link(NewQueue(1, o.dialer.Stats)).Run(ctx) }()
				if got := <-code; got != row.code {
					o.Errorf("closed with %v, want %v", got, row.code)
				}
				cancel()
				if err := <-over; err != nil {
					o.Error(err)
				}
			})
		})
	}
}

func TestAMessageThatBreaksWhoeverTakesItCostsTheSocketAlone(t *testing.T) {
	serve := func(conn *websocket.Conn, attempt int) {
		for _, say := range []string{"bad", "good"}[min(attempt, 1):] {
			_ = conn.Write(context.Background(), websocket.MessageText, []byte(say))
		}
		_, _, _ = conn.Read(context.Background())
		_, _, _ = conn.Read(context.Background())
	}
	inOffice(t, serve, func(o *office) {
		ctx, cancel := context.WithCancel(o.Context())
		took := make(chan string, 10)
		l := o.link(NewQueue(1, o.dialer.Stats))
		l.Receive = func(_, _ bool, message []byte) {
			if string(message) == "bad" {
				panic("planted")
			}
			took <- string(message)
		}
		over := make(chan error, 1)
		go func() { over <- l.Run(ctx) }()
		if got := <-took; got != "good" {
			o.Errorf("took %q", got)
		}
		if n := o.dialer.Stats.Lost.Load(); n != 1 {
			o.Errorf("%d sockets were lost, want 1", n)
		}
		cancel()
		if err := <-over; err != nil {
			o.Error(err)
		}
	})
}
