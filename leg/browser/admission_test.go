package browser

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/internal/throttle"
)

// introduce sends a hello and returns what the server answers, or how it closes.
func introduce(t *testing.T, c *websocket.Conn, token, resume string) (message, websocket.StatusCode) {
	t.Helper()
	fatal(t, c.Write(t.Context(), websocket.MessageText,
		encode(map[string]string{"type": "hello", "token": token, "resume": resume})))
	_, b, err := c.Read(t.Context())
	if err != nil {
		return message{}, websocket.CloseStatus(err)
	}
	var m message
	fatal(t, json.Unmarshal(b, &m))
	return m, 0
}

func TestAUserRegistersNewClientsOnlySoOften(t *testing.T) {
	byToken := func(_ context.Context, token string) (Session, error) {
		return Session{User: identity.ID("8:acs:r_" + token), Scopes: []string{scopeAll}}, nil
	}
	signalling(t, byToken, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
		hellos := throttle.New(throttle.Rate{Count: 2, Per: time.Minute})
		s.cfg.Admit = func(user identity.ID, remote string) error {
			if remote == "" {
				t.Error("the address is not known")
			}
			return hellos.Take(string(user))
		}
		var resume string
		for range 2 {
			m, _ := introduce(t, dial(), "alice", "")
			if m.Type != "welcome" {
				t.Fatalf("%+v", m)
			}
			resume = m.Resume
		}
		if m, code := introduce(t, dial(), "alice", ""); code != websocket.StatusTryAgainLater {
			t.Errorf("a third client: %+v, closed with %d", m, code)
		}
		if _, code := introduce(t, dial(), "alice", "forged"); code != websocket.StatusTryAgainLater {
			t.Errorf("one that pretends to come back: closed with %d", code)
		}
		if m, code := introduce(t, dial(), "bob", resume); m.Type != "welcome" || m.Resume == resume {
			t.Errorf("somebody else: %+v, closed with %d", m, code)
		}
		for range 5 {
			if m, code := introduce(t, dial(), "alice", resume); m.Resume != resume {
				t.Fatalf("one that comes back: %+v, closed with %d", m, code)
			}
		}
		time.Sleep(time.Minute)
		if m, code := introduce(t, dial(), "alice", ""); m.Type != "welcome" {
			t.Errorf("a minute later: %+v, closed with %d", m, code)
		}
	})
}
