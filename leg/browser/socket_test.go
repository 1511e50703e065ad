package browser

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/identity"
)

// pipes is a network without sockets, so that synctest rules its time.
type pipes struct{ conns chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	p.conns <- there
	return here, nil
}

// signalling runs f with a server that has no media ports, in fake time.
func signalling(t *testing.T, verify func(context.Context, string) (Session, error), f func(*testing.T, *Server, func() *websocket.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{Calls: none{}, Verify: verify}
		fatal(t, cfg.Validate())
		m, err := newMetrics(nil)
		fatal(t, err)
		s := newServer(cfg, nil, m)
		network := pipes{make(chan net.Conn)}
		web := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: time.Second}
		served := make(chan struct{})
		go func() { defer close(served); _ = web.Serve(network) }()
		client := &http.Client{Transport: &http.Transport{DialContext: network.dial}}
		f(t, s, func() *websocket.Conn {
			conn, _, err := websocket.Dial(t.Context(), "ws://botd/client/signal",
				&websocket.DialOptions{Subprotocols: []string{protocol}, HTTPClient: client})
			fatal(t, err)
			return conn
		})
		s.stop()
		s.tasks.Wait()
		close(network.conns)
		_ = web.Close()
		<-served
		client.CloseIdleConnections()
	})
}

// none places no calls.
type none struct{ Calls }

func hello(t *testing.T, c *websocket.Conn, token string) {
	t.Helper()
	fatal(t, c.Write(t.Context(), websocket.MessageText, encode(map[string]string{"type": "hello", "token": token})))
	if m := receive(t, c); m.Type != "welcome" {
		t.Fatalf("the answer to hello is %+v", m)
	}
}

func receive(t *testing.T, c *websocket.Conn) message {
	t.Helper()
	_, b, err := c.Read(t.Context())
	fatal(t, err)
	var m message
	fatal(t, json.Unmarshal(b, &m))
	return m
}

// closed reads to the end and returns the close code.
func closed(t *testing.T, c *websocket.Conn) websocket.StatusCode {
	t.Helper()
	for {
		if _, _, err := c.Read(t.Context()); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func TestAClientThatSaysNothingIsCutAfterFiveSeconds(t *testing.T) {
	signalling(t, believe, func(t *testing.T, _ *Server, dial func() *websocket.Conn) {
		began := time.Now()
		if code := closed(t, dial()); code != websocket.StatusPolicyViolation {
			t.Errorf("the code is %v", code)
		}
		if d := time.Since(began); d != 5*time.Second {
			t.Errorf("it took %v", d)
		}
	})
}

func TestATokenThatExpiresUnregisters(t *testing.T) {
	soon := func(_ context.Context, token string) (Session, error) {
		ttl := time.Minute
		if token == "fresh" {
			ttl = time.Hour
		}
		return Session{User: ann, Scopes: []string{scopeAll}, Expires: time.Now().Add(ttl)}, nil
	}
	signalling(t, soon, func(t *testing.T, _ *Server, dial func() *websocket.Conn) {
		began := time.Now()
		c := dial()
		hello(t, c, "short")
		if m := receive(t, c); m.Type != "unregistered" || m.Code != 401 || m.Subcode != 10009 {
			t.Errorf("the client is told %+v", m)
		}
		if d := time.Since(began); d != time.Minute {
			t.Errorf("it was told after %v", d)
		}
		closed(t, c)
	})
	signalling(t, soon, func(t *testing.T, _ *Server, dial func() *websocket.Conn) {
		began := time.Now()
		c := dial()
		hello(t, c, "short")
		fatal(t, c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"token","ref":1,"token":"fresh"}`)))
		if m := receive(t, c); m.Type != "ok" {
			t.Errorf("a fresh token is answered %+v", m)
		}
		receive(t, c)
		if d := time.Since(began); d != time.Hour {
			t.Errorf("with a fresh token it was told after %v", d)
		}
		closed(t, c)
	})
}

func TestARevokedUserIsCut(t *testing.T) {
	signalling(t, believe, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
		mine, other := dial(), dial()
		hello(t, mine, ann)
		hello(t, other, bob)
		s.Revoke(identity.ID(ann))
		if m := receive(t, mine); m.Type != "unregistered" {
			t.Errorf("the client is told %+v", m)
		}
		closed(t, mine)
		fatal(t, other.Write(t.Context(), websocket.MessageText, []byte(`{"type":"ping"}`)))
		if m := receive(t, other); m.Type != "pong" {
			t.Errorf("somebody else is told %+v", m)
		}
		_ = other.CloseNow()
	})
}

func TestAClientThatDoesNotReadIsCut(t *testing.T) {
	signalling(t, believe, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
		c := dial()
		hello(t, c, ann)
		a := s.reachable(ann)[0]
		for range 2 * queueLength {
			a.send([]byte(`{"type":"pong"}`))
		}
		time.Sleep(2 * writeTimeout)
		if len(s.reachable(ann)) != 0 {
			t.Error("it is still there")
		}
		_ = c.CloseNow()
	})
}

func TestAClientThatDoesNotAnswerPingsIsCut(t *testing.T) {
	signalling(t, believe, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
		c := dial()
		hello(t, c, ann)
		time.Sleep(pingInterval + pingTimeout + writeTimeout)
		if len(s.reachable(ann)) != 0 {
			t.Error("it is still there")
		}
		_ = c.CloseNow()
	})
}

func TestAClientThatAnswersPingsStays(t *testing.T) {
	signalling(t, believe, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
		c := dial()
		hello(t, c, ann)
		ctx := c.CloseRead(t.Context())
		time.Sleep(time.Hour)
		if len(s.reachable(ann)) != 1 || ctx.Err() != nil {
			t.Error("it is gone")
		}
		_ = c.CloseNow()
	})
}

func TestWhatIsNoMessageClosesTheSocketWithItsCode(t *testing.T) {
	for _, tc := range []struct {
		name string
		kind websocket.MessageType
		data string
		code websocket.StatusCode
	}{
		{"over 64 KiB", websocket.MessageText, strings.Repeat("x", maxMessage+1), websocket.StatusMessageTooBig},
		{"no text", websocket.MessageBinary, "{}", websocket.StatusUnsupportedData},
		{"no UTF-8", websocket.MessageText, "\"\xff\"", websocket.StatusInvalidFramePayloadData},
	} {
		t.Run(tc.name, func(t *testing.T) {
			signalling(t, believe, func(t *testing.T, _ *Server, dial func() *websocket.Conn) {
				c := dial()
				hello(t, c, ann)
				_ = c.Write(t.Context(), tc.kind, []byte(tc.data))
				if code := closed(t, c); code != tc.code {
					t.Errorf("the code is %v", code)
				}
			})
		})
	}
}

func TestAMistakeIsAnsweredAndForgiven(t *testing.T) {
	for _, tc := range []struct {
		name, token, said string
		code, subcode     int
		names             string
	}{
		{"no JSON", ann, `{`, 400, 8523, "message"},
		{"a wrong type of field", ann, `{"type":"start","ref":7,"call":1}`, 400, 8523, "call may not be a JSON number"},
		{"no object", ann, `7`, 400, 8523, "message may not be a JSON number"},
		{"an unknown request", ann, `{"type":"dance","ref":7}`, 400, 8523, "type"},
		{"a name of two lines", ann, `{"type":"ping","ref":7,"displayName":"a\r\nX: y"}`, 400, 8523, "displayName"},
		{"no targets", ann, `{"type":"start","ref":7,"call":"c"}`, 400, 8523, "targets"},
		{"nobody among the targets", ann, `{"type":"start","ref":7,"call":"c","targets":[{"rawId":"8:acs:r_x"},null]}`, 400, 8523, "targets[1]"},
		{"nobody among the participants", ann, `{"type":"admit","ref":7,"call":"c","participants":[null]}`, 400, 8523, "participants[0]"},
		{"a bad group", ann, `{"type":"join","ref":7,"call":"c","groupId":"a b"}`, 400, 8523, "groupId"},
		{"no offer", ann, `{"type":"join","ref":7,"call":"c","groupId":"g"}`, 400, 8523, "sdp"},
		{"a bad offer", ann, `{"type":"join","ref":7,"call":"c","groupId":"g","sdp":"v=0"}`, 400, 8523, "sdp"},
		{"no such call", ann, `{"type":"hangup","ref":7,"call":"c"}`, 404, 8522, "hangup"},
		{"nothing to accept", ann, `{"type":"accept","ref":7,"call":"c"}`, 404, 8522, "incoming call"},
		{"a token that may only join", "join " + ann, `{"type":"start","ref":7,"call":"c"}`, 403, 8523, "start"},
		{"somebody else's token", ann, `{"type":"token","ref":7,"token":"8:acs:bob"}`, 403, 8523, "token"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			signalling(t, believe, func(t *testing.T, _ *Server, dial func() *websocket.Conn) {
				c := dial()
				hello(t, c, tc.token)
				fatal(t, c.Write(t.Context(), websocket.MessageText, []byte(tc.said)))
				m := receive(t, c)
				if m.Type != "error" || m.Code != tc.code || m.Subcode != tc.subcode || !strings.Contains(m.Message, tc.names) {
					t.Errorf("the answer is %+v", m)
				}
				if strings.Contains(tc.said, "ref") && (m.Ref == nil || *m.Ref != 7) {
					t.Error("the reference is missing")
				}
				fatal(t, c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"ping"}`)))
				if m := receive(t, c); m.Type != "pong" {
					t.Errorf("afterwards: %+v", m)
				}
				_ = c.CloseNow()
			})
		})
	}
}

func TestABadTokenIsRefused(t *testing.T) {
	signalling(t, believe, func(t *testing.T, _ *Server, dial func() *websocket.Conn) {
		c := dial()
		fatal(t, c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"hello","token":"nonsense"}`)))
		if m := receive(t, c); m.Type != "unregistered" || m.Code != 401 {
			t.Errorf("the client is told %+v", m)
		}
		if code := closed(t, c); code != websocket.StatusPolicyViolation {
			t.Errorf("the code is %v", code)
		}
	})
}

func TestAPageOfAnotherOriginIsRefused(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.AllowedOrigins = []string{"https://app.example.com"} })
	for origin, allowed := range map[string]bool{
		"https://app.example.com": true, "http://app.example.com": false,
		"https://evil.example.com": false, w.web.URL: true, "null": false,
	} {
		conn, res, err := websocket.Dial(t.Context(), w.url(), &websocket.DialOptions{
			Subprotocols: []string{protocol}, HTTPHeader: http.Header{"Origin": {origin}},
		})
		if conn != nil {
			_ = conn.CloseNow()
		}
		if (err == nil) != allowed {
			t.Errorf("%s: %v", origin, err)
		}
		if err != nil && res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d", origin, res.StatusCode)
		}
	}
	if _, _, err := websocket.Dial(t.Context(), w.url(), nil); errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
