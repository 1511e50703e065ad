package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/web"
)

// message is anything that travels on the signalling socket.
type message map[string]any

// fakeServer is as much of botd as a page needs: it hands out the files and
// tokens, answers signalling, and sends every call its own sound back.
type fakeServer struct {
	*httptest.Server
	echo *echo

	mu       sync.Mutex
	received []message
	socket   *websocket.Conn
	changed  chan struct{} // closed and made anew with every message
	tokens   bool          // whether it is in development mode
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self' blob:"

func newFakeServer(t *testing.T) *fakeServer {
	t.Helper()
	f := &fakeServer{echo: newEcho(t), changed: make(chan struct{}), tokens: true}
	mux := http.NewServeMux()
	mux.Handle("/", withPolicy(http.FileServerFS(web.Files())))
	mux.HandleFunc("POST /dev/token", f.token)
	mux.HandleFunc("/client/signal", f.signal)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		f.drop()
		f.Close()
	})
	return f
}

func withPolicy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		next.ServeHTTP(w, r)
	})
}

func (f *fakeServer) token(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.tokens {
		http.NotFound(w, nil)
		return
	}
	_ = json.NewEncoder(w).Encode(message{"token": "t", "userId": userID, "expiresOn": "2030-01-01T00:00:00Z"})
}

const userID = "8:acs:5c1f0a52-6a0f-4d4f-9a1e-3f9a5c0e1b77_0b6d2f5e-74a9-4f0c-8c3b-2f1f6f3a9d10"

func (f *fakeServer) signal(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"botd.signal.v1"}})
	if err != nil {
		return
	}
	defer func() { _ = c.CloseNow() }()
	f.mu.Lock()
	f.socket = c
	f.mu.Unlock()
	for {
		_, b, err := c.Read(r.Context())
		if err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(b, &m); err != nil {
			return
		}
		f.answer(m)
	}
}

func (f *fakeServer) answer(m message) {
	f.record(m)
	switch m["type"] {
	case "hello":
		f.say(message{"type": "welcome", "user": message{"rawId": userID}, "iceServers": []any{}, "resume": "r"})
	case "start", "join", "accept":
		f.say(message{"type": "ok", "ref": m["ref"]})
		f.connect(m)
	case "offer":
		f.say(message{"type": "ok", "ref": m["ref"]})
		f.reconnect(m)
	case "candidate":
		f.echo.candidate(m["candidate"])
	case "hangup":
		f.say(message{"type": "ok", "ref": m["ref"]})
		f.say(message{"type": "state", "call": m["call"], "state": "Disconnected", "reason": message{"code": 0, "subCode": 0, "message": ""}})
	case "ping":
		f.say(message{"type": "pong"})
	case "mute", "unmute", "muteOthers", "add", "remove", "reject", "admit", "return":
		f.say(message{"type": "ok", "ref": m["ref"]})
	case "hold":
		f.say(message{"type": "ok", "ref": m["ref"]})
		f.say(message{"type": "state", "call": m["call"], "state": "LocalHold"})
	case "resume":
		f.say(message{"type": "ok", "ref": m["ref"]})
		f.say(message{"type": "state", "call": m["call"], "state": "Connected"})
	}
}

func (f *fakeServer) connect(m message) {
	if m["type"] == "start" {
		f.say(message{"type": "state", "call": m["call"], "state": "Ringing"})
	}
	sdp, _ := m["sdp"].(string)
	answer, err := f.echo.answer(sdp, func() {
		f.say(message{"type": "state", "call": m["call"], "state": "Connected"})
	})
	if err != nil {
		reason := message{"code": 500, "subCode": 9999, "message": err.Error()}
		f.say(message{"type": "state", "call": m["call"], "state": "Disconnected", "reason": reason})
		return
	}
	f.say(message{"type": "answer", "call": m["call"], "sdp": answer})
}

func (f *fakeServer) reconnect(m message) {
	sdp, _ := m["sdp"].(string)
	if answer, err := f.echo.again(sdp); err == nil {
		f.say(message{"type": "answer", "call": m["call"], "sdp": answer})
	}
}

func (f *fakeServer) record(m message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.received = append(f.received, m)
	close(f.changed)
	f.changed = make(chan struct{})
}

// say sends a message on the socket that was opened last.
func (f *fakeServer) say(m message) {
	f.mu.Lock()
	socket := f.socket
	f.mu.Unlock()
	b, err := json.Marshal(m)
	if err == nil && socket != nil {
		_ = socket.Write(context.Background(), websocket.MessageText, b)
	}
}

// drop closes the socket as a failing network would.
func (f *fakeServer) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.socket != nil {
		_ = f.socket.CloseNow()
	}
}

// wait returns the n-th message of a type, counted from 1, once it is there.
func (f *fakeServer) wait(ctx context.Context, t *testing.T, kind string, n int) message {
	t.Helper()
	for {
		f.mu.Lock()
		changed, seen := f.changed, 0
		for _, m := range f.received {
			if m["type"] == kind {
				seen++
			}
			if seen == n {
				f.mu.Unlock()
				return m
			}
		}
		f.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("the page sent %d messages of type %s, not %d", seen, kind, n)
		}
	}
}
