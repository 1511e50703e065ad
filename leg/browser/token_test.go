package browser

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"github.com/botd-dev/botd/identity"
)

// signingKey is made once: it takes a while.
var signingKey = sync.OnceValues(identity.NewKey)

// registry is the users of a resource, one of them, and who gives them tokens.
type registry struct {
	*identity.Issuer
	users *identity.Users
	ann   identity.ID
	down  atomic.Bool

	kept sync.Map
}

var errDown = errors.New("the disk is gone")

func (r *registry) Get(_ context.Context, key string) ([]byte, bool, error) {
	if r.down.Load() {
		return nil, false, errDown
	}
	v, ok := r.kept.Load(key)
	if !ok {
		return nil, false, nil
	}
	return v.([]byte), true, nil
}

func (r *registry) Put(_ context.Context, key string, value []byte) error {
	r.kept.Store(key, value)
	return nil
}

func (r *registry) Delete(_ context.Context, key string) error {
	r.kept.Delete(key)
	return nil
}

func newRegistry(t *testing.T) *registry {
	t.Helper()
	key, err := signingKey()
	fatal(t, err)
	r := &registry{}
	r.users = identity.NewUsers(r, uuid.New())
	r.Issuer, err = identity.NewIssuer(identity.IssuerConfig{Key: key, URL: "https://botd.example", Users: r.users})
	fatal(t, err)
	r.ann, err = r.users.Create(t.Context())
	fatal(t, err)
	return r
}

func (r *registry) token(t *testing.T, life time.Duration, scopes ...string) string {
	t.Helper()
	token, err := r.IssueUser(t.Context(), r.ann, identity.Grant{Scopes: scopes, For: life})
	fatal(t, err)
	return token.Token
}

// say sends a message.
func say(t *testing.T, c *websocket.Conn, message map[string]any) {
	t.Helper()
	fatal(t, c.Write(t.Context(), websocket.MessageText, encode(message)))
}

// turnedAway wants a token to be refused.
func turnedAway(t *testing.T, c *websocket.Conn, token string) {
	t.Helper()
	say(t, c, map[string]any{"type": "hello", "token": token})
	if m := receive(t, c); m.Type != "unregistered" || m.Code != 401 || m.Subcode != 10009 {
		t.Errorf("the client is told %+v", m)
	}
	if code := closed(t, c); code != websocket.StatusPolicyViolation {
		t.Errorf("the code is %v", code)
	}
}

func TestRevokingTheTokensOfAUserCutsTheirSignalling(t *testing.T) {
	for name, void := range map[string]func(*identity.Users, context.Context, identity.ID) error{
		"revoked": (*identity.Users).Revoke, "deleted": (*identity.Users).Delete,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegistry(t)
			signalling(t, r.VerifyUser, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
				r.users.OnRevoke(s.Revoke)
				token := r.token(t, time.Hour, scopeAll)
				page, tab := dial(), dial()
				hello(t, page, token)
				hello(t, tab, token)
				began := time.Now()
				fatal(t, void(r.users, t.Context(), r.ann))
				for _, c := range []*websocket.Conn{page, tab} {
					if m := receive(t, c); m.Type != "unregistered" || m.Code != 401 || m.Subcode != 10009 {
						t.Errorf("the client is told %+v", m)
					}
					if code := closed(t, c); code != websocket.StatusPolicyViolation {
						t.Errorf("the code is %v", code)
					}
				}
				if took := time.Since(began); took >= time.Second {
					t.Errorf("it took %v", took)
				}
				turnedAway(t, dial(), token)
				if name == "revoked" {
					again := dial()
					hello(t, again, r.token(t, time.Hour, scopeAll))
					_ = again.CloseNow()
				}
			})
		})
	}
}

func TestATokenRevokedWhileItIsLookedAtIsNotLetIn(t *testing.T) {
	r := newRegistry(t)
	looks := 0
	verify := func(ctx context.Context, token string) (Session, error) {
		session, err := r.VerifyUser(ctx, token)
		if looks++; looks == 1 {
			fatal(t, r.users.Revoke(ctx, r.ann))
		}
		return session, err
	}
	signalling(t, verify, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
		r.users.OnRevoke(s.Revoke)
		turnedAway(t, dial(), r.token(t, time.Hour, scopeAll))
		if looks != 2 || len(s.reachable(r.ann)) != 0 {
			t.Errorf("after %d looks %d clients are registered", looks, len(s.reachable(r.ann)))
		}
	})
}

func TestAUserIsLetInWhileOthersAreRevoked(t *testing.T) {
	r := newRegistry(t)
	var s *Server
	looks := 0
	verify := func(ctx context.Context, token string) (Session, error) {
		if looks++; looks < 4 {
			s.Revoke(bob)
		}
		return r.VerifyUser(ctx, token)
	}
	signalling(t, verify, func(t *testing.T, server *Server, dial func() *websocket.Conn) {
		s = server
		c := dial()
		hello(t, c, r.token(t, time.Hour, scopeAll))
		if looks != 4 {
			t.Errorf("%d looks", looks)
		}
		_ = c.CloseNow()
	})
}

func TestWhatARevokedClientHadSaidIsNotDone(t *testing.T) {
	for range 8 { // it could be left undone by chance
		r := newRegistry(t)
		looks := 0
		verify := func(ctx context.Context, token string) (Session, error) {
			session, err := r.VerifyUser(ctx, token)
			if looks++; looks == 2 {
				time.Sleep(time.Second) // fake: the rest of what was said has come
				fatal(t, r.users.Revoke(ctx, r.ann))
			}
			return session, err
		}
		signalling(t, verify, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
			r.users.OnRevoke(s.Revoke)
			token := r.token(t, time.Hour, scopeAll)
			c := dial()
			hello(t, c, token)
			for ref := range 12 {
				say(t, c, map[string]any{"type": "token", "ref": ref, "token": token})
			}
			closed(t, c)
			s.tasks.Wait()
			if looks != 2 {
				t.Errorf("%d tokens were looked at", looks)
			}
		})
	}
}

func TestATokenThatCannotBeCheckedIsNotCalledBad(t *testing.T) {
	r := newRegistry(t)
	signalling(t, r.VerifyUser, func(t *testing.T, _ *Server, dial func() *websocket.Conn) {
		token := r.token(t, time.Hour, scopeAll)
		inside, outside := dial(), dial()
		hello(t, inside, token)
		r.down.Store(true)
		say(t, outside, map[string]any{"type": "hello", "token": token})
		if _, b, err := outside.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusTryAgainLater {
			t.Errorf("the client outside is told %s, %v", b, err)
		}
		say(t, inside, map[string]any{"type": "token", "ref": 1, "token": token})
		if m := receive(t, inside); m.Type != "error" || m.Code != 503 || m.Subcode != 9998 {
			t.Errorf("the client inside is told %+v", m)
		}
		r.down.Store(false)
		again := dial()
		hello(t, again, token)
		say(t, inside, map[string]any{"type": "token", "ref": 2, "token": token})
		if m := receive(t, inside); m.Type != "ok" {
			t.Errorf("later the client inside is told %+v", m)
		}
		_, _ = again.CloseNow(), inside.CloseNow()
	})
}

func TestTheScopesOfATokenDecideWhatItsBearerMay(t *testing.T) {
	const forbidden = 403
	for _, row := range []struct {
		name   string
		scopes []string
		let    bool
		start  int // the code of an empty request: 400 is allowed
	}{
		{"calls", []string{"voip"}, true, 400},
		{"calls and chat", []string{"chat", "voip"}, true, 400},
		{"joining", []string{"voip.join"}, true, forbidden},
		{"joining and chat", []string{"chat", "voip.join", "chat.join"}, true, forbidden},
		{"chat", []string{"chat", "chat.join", "chat.join.limited"}, false, 0},
		{"nothing", nil, false, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := newRegistry(t)
			signalling(t, r.VerifyUser, func(t *testing.T, _ *Server, dial func() *websocket.Conn) {
				c, token := dial(), r.token(t, time.Hour, row.scopes...)
				if !row.let {
					turnedAway(t, c, token)
					return
				}
				hello(t, c, token)
				for _, what := range []string{"start", "add"} {
					say(t, c, map[string]any{"type": what, "ref": 1 + len(what), "call": "c"})
					if m := receive(t, c); m.Type != "error" || m.Code != row.start {
						t.Errorf("%s is answered %+v", what, m)
					}
				}
				say(t, c, map[string]any{"type": "join", "ref": 9, "call": "c", "groupId": "g"})
				if m := receive(t, c); m.Code != 400 {
					t.Errorf("join is answered %+v", m)
				}
				_ = c.CloseNow()
			})
		})
	}
}

func TestATokenOfLessScopeTakesScopeAway(t *testing.T) {
	r := newRegistry(t)
	signalling(t, r.VerifyUser, func(t *testing.T, _ *Server, dial func() *websocket.Conn) {
		c := dial()
		hello(t, c, r.token(t, time.Hour, scopeAll))
		say(t, c, map[string]any{"type": "token", "ref": 1, "token": r.token(t, time.Hour, scopeJoin)})
		if m := receive(t, c); m.Type != "ok" {
			t.Fatalf("the token is answered %+v", m)
		}
		say(t, c, map[string]any{"type": "start", "ref": 2, "call": "c"})
		if m := receive(t, c); m.Code != 403 {
			t.Errorf("start is answered %+v", m)
		}
		_ = c.CloseNow()
	})
}

func TestAnExpiredTokenOfAUserIsCutWhenItSays(t *testing.T) {
	r := newRegistry(t)
	signalling(t, r.VerifyUser, func(t *testing.T, _ *Server, dial func() *websocket.Conn) {
		began := time.Now()
		token := r.token(t, time.Hour, scopeAll)
		c := dial()
		hello(t, c, token)
		if m := receive(t, c); m.Type != "unregistered" {
			t.Errorf("the client is told %+v", m)
		}
		if d := time.Since(began); d != time.Hour {
			t.Errorf("it was cut after %v", d)
		}
		closed(t, c)
		turnedAway(t, dial(), token)
	})
}
