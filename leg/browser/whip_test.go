package browser

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

func TestOneRequestIsEnoughToHearAndBeHeard(t *testing.T) {
	v := newWorld(t).visitor(t, ann)
	v.visit("g?name=Ann")
	v.speak(440)
	v.hears(440)
	if v.etag == "" || v.etag[0] != '"' {
		t.Errorf("the entity-tag is %s", v.etag)
	}
	if !strings.Contains(v.answer, "a=candidate:") || !strings.Contains(v.answer, "a=end-of-candidates") {
		t.Errorf("the answer is not complete:\n%s", v.answer)
	}
	if path := strings.TrimPrefix(v.at, v.web.URL); !strings.HasPrefix(path, "/whip/g/") || len(path) < len("/whip/g/")+20 {
		t.Errorf("the session is at %s", path)
	}
}

func TestAPageAndAVisitorMeetUnderTheirNames(t *testing.T) {
	w := newWorld(t)
	c := w.signIn(t, bob)
	c.join("g", line{})
	v := w.visitor(t, ann)
	v.visit("g?name=Ann%20Example")
	m := c.somebody(ann, "state", "Connected")
	if m.Participants[0]["displayName"] != "Ann Example" {
		t.Errorf("the page sees %v", m.Participants)
	}
	v.speak(440)
	c.somebody(ann, "isSpeaking", true)
	v.wants(v.ask(http.MethodDelete, v.at, ""), http.StatusOK)
	c.somebody(ann, "state", "Disconnected")
}

func TestLeavingLetsGoOfEverything(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(t, ann)
	v.visit("g")
	v.wants(v.ask(http.MethodDelete, v.at, ""), http.StatusOK)
	v.wants(v.ask(http.MethodDelete, v.at, ""), http.StatusNotFound)
	v.isClosed()
	soon(t, "no call is left", func() bool { return w.registry.Counts().Calls == 0 })
	if n := w.known(); n != 0 {
		t.Errorf("%d sessions are known", n)
	}
}

func TestAClientThatClosesItsConnectionHasLeft(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(t, ann)
	v.visit("g")
	v.hangUpMedia()
	soon(t, "no call is left", func() bool { return w.registry.Counts().Calls == 0 })
	v.wants(v.ask(http.MethodDelete, v.at, ""), http.StatusNotFound)
}

func TestWhoIsTakenOutIsToldByItsConnection(t *testing.T) {
	w := newWorld(t)
	c := w.signIn(t, bob)
	c.join("g", line{})
	v := w.visitor(t, ann)
	v.visit("g")
	c.somebody(ann, "state", "Connected")
	c.ask("remove", map[string]any{"target": map[string]string{"rawId": ann}})
	v.isClosed()
	v.wants(v.ask(http.MethodPatch, v.at, "a=ice-ufrag:abcd", "Content-Type", typeFragment), http.StatusNotFound)
}

func TestARefusalSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Enter = (&desk{err: refused{Code: 403, Subcode: 5828, Message: "not invited"}}).enter
	})
	for name, tc := range map[string]struct {
		place, offer, token string
		header              []string
		status              int
		says                string
	}{
		"another type":     {"g", page, ann, []string{"Content-Type", "application/json"}, 415, "application/sdp"},
		"too long":         {"g", page + strings.Repeat("a", maxSDP), ann, nil, 413, "32768"},
		"no description":   {"g", "hello", ann, nil, 400, "sdp"},
		"no encryption":    {"g", strings.Replace(page, "UDP/TLS/RTP/SAVPF", "RTP/AVP", 1), ann, nil, 400, "DTLS-SRTP"},
		"no Opus":          {"g", strings.Replace(page, "opus/48000/2", "L16/48000/2", 1), ann, nil, 406, "opus"},
		"no sound":         {"g", strings.Replace(page, "m=audio 9", "m=audio 0", 1), ann, nil, 406, "audio"},
		"no place":         {"", page, ann, nil, 400, "path"},
		"no group's name":  {"a%20b", page, ann, nil, 400, "path"},
		"a name of lines":  {"g?name=a%0D%0AX:%20y", page, ann, nil, 400, "name"},
		"a long name":      {"g?name=" + strings.Repeat("x", maxName+1), page, ann, nil, 400, "name"},
		"no token":         {"g", page, "", nil, 401, "token"},
		"a bad token":      {"g", page, "x", nil, 401, "token"},
		"not a bearer":     {"g", page, ann, []string{"Authorization", "Basic x"}, 401, "token"},
		"not on the list":  {"12345678901234567", page, ann, nil, 403, "not invited"},
		"an unknown call":  {"g/secret", page, ann, nil, 404, "session"},
		"a page elsewhere": {"g", page, ann, []string{"Origin", "https://elsewhere.example"}, 403, "origin"},
	} {
		t.Run(name, func(t *testing.T) {
			v := w.visitor(t, tc.token)
			r := v.ask(http.MethodPost, "/whip/"+tc.place, tc.offer, append([]string{"Content-Type", typeSDP}, tc.header...)...)
			var p problem
			fatal(t, json.Unmarshal([]byte(r.body), &p))
			if r.StatusCode != tc.status || p.Status != tc.status || !strings.Contains(p.Detail, tc.says) {
				t.Errorf("the answer is %s: %s", r.Status, r.body)
			}
			if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("the content type is %q", got)
			}
			if got := r.Header.Get("WWW-Authenticate"); (got != "") != (tc.status == 401) {
				t.Errorf("WWW-Authenticate is %q", got)
			}
		})
	}
	if n := w.known(); n != 0 || w.registry.Counts().Calls != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

// TestWhoMayNotJoinByOneRequestIsLoggedByName says of whom it is known who they
// are, and of nobody what they came with.
func TestWhoMayNotJoinByOneRequestIsLoggedByName(t *testing.T) {
	core, logged := observer.New(zap.InfoLevel)
	w := newWorld(t, func(c *Config) {
		c.Log = zap.New(core)
		c.Enter = (&desk{err: refused{Code: 403, Subcode: 5828, Message: "not invited"}}).enter
	})
	owner := w.visitor(t, ann)
	owner.visit("g")
	for _, row := range []struct {
		name, token, user string
		ask               func(*visitor) reply
		status, subcode   int64
	}{
		{"not on the list", bob, bob, func(v *visitor) reply { return v.offerTo("12345678901234567", page) }, 403, 5828},
		{"another's session", bob, bob, func(v *visitor) reply { return v.ask(http.MethodDelete, owner.at, "") }, 403, 8523},
		{"no good token", "x", "", func(v *visitor) reply { return v.offerTo("g", page) }, 401, 10009},
	} {
		t.Run(row.name, func(t *testing.T) {
			logged.TakeAll()
			v := w.visitor(t, row.token)
			v.wants(row.ask(v), int(row.status))
			lines := logged.FilterMessage("a WHIP client asked for what it may not").All()
			if len(lines) != 1 {
				t.Fatalf("%d lines were logged", len(lines))
			}
			f := lines[0].ContextMap()
			if f["userId"] != row.user || f["status"] != row.status || f["subCode"] != row.subcode {
				t.Errorf("logged %v", f)
			}
		})
	}
	owner.wants(owner.ask(http.MethodDelete, owner.at, ""), http.StatusOK)
}

func TestAMethodThatIsNotThereNamesThoseThatAre(t *testing.T) {
	v := newWorld(t).visitor(t, ann)
	r := v.ask(http.MethodGet, "/whip/g", "")
	v.wants(r, http.StatusMethodNotAllowed)
	if r.Header.Get("Allow") != "OPTIONS, POST" || r.Header.Get("Accept-Post") != typeSDP {
		t.Errorf("the headers are %v", r.Header)
	}
	v.visit("g")
	r = v.ask(http.MethodPut, v.at, "")
	v.wants(r, http.StatusMethodNotAllowed)
	if r.Header.Get("Allow") != "DELETE, OPTIONS, PATCH" || r.Header.Get("Accept-Patch") != typeFragment {
		t.Errorf("the headers are %v", r.Header)
	}
}

func TestAnAddressOfARoomIsItsId(t *testing.T) {
	for place, want := range map[string]bool{
		"12345678901234567": true, "1234567890123456": false, "123456789012345678": false, "1234567890123456x": false, "g": false,
	} {
		if isRoom(place) != want {
			t.Errorf("%s is a room: %v", place, !want)
		}
	}
}

// aRoom is a place that is a room's.
const aRoom = "12345678901234567"

func TestWhoWaitsInTheLobbyIsAnsweredAndHearsNothing(t *testing.T) {
	w := room(t, map[identity.ID]Admission{ann: {Lobby: true}, bob: {Role: call.Presenter}})
	c := w.signIn(t, bob)
	c.knock("Connected")
	v := w.visitor(t, ann)
	v.visit(aRoom)
	v.speak(440)
	c.somebody(ann, "state", "InLobby")
	c.speak(660)
	c.hears(660) // time passes
	if n := v.received(); n != 0 {
		t.Errorf("%d packets came to the lobby", n)
	}
	c.ask("admit", named(ann))
	v.hears(440)
}

func TestAConsumersMicrophoneIsNotHeard(t *testing.T) {
	w := room(t, map[identity.ID]Admission{ann: {Role: call.Consumer}, bob: {Role: call.Presenter}})
	c := w.signIn(t, bob)
	c.knock("Connected")
	v := w.visitor(t, ann)
	v.visit(aRoom)
	v.speak(440)
	c.somebody(ann, "isMuted", true)
	c.speak(660)
	c.hears(660) // time passes
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.packets == 0 {
		t.Error("the consumer hears nothing")
	}
	for _, s := range v.heard {
		if s > 100 || s < -100 {
			t.Fatal("the consumer is heard")
		}
	}
}

func TestASessionBelongsToItsUser(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(t, ann)
	v.visit("g")
	v.token = bob
	v.wants(v.ask(http.MethodDelete, v.at, ""), http.StatusForbidden)
	v.token = ""
	v.wants(v.ask(http.MethodDelete, v.at, ""), http.StatusUnauthorized)
	v.token = ann
	v.wants(v.ask(http.MethodDelete, strings.Replace(v.at, "/g/", "/h/", 1), ""), http.StatusNotFound)
	v.wants(v.ask(http.MethodDelete, v.at, ""), http.StatusOK)
}

func TestAGuestNeedsNoToken(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Guest = func(_ *http.Request, name string) (Session, bool) {
			return Session{User: identity.ID("8:acs:" + name), Name: name}, name != "Eve"
		}
	})
	v := w.visitor(t, "")
	v.wants(v.offerTo("g?name=Eve", page), http.StatusUnauthorized)
	v.visit("g?name=Ann")
	v.wants(v.ask(http.MethodDelete, v.at, ""), http.StatusOK)
}

func TestRevokingATokenEndsItsSessions(t *testing.T) {
	w := newWorld(t)
	a, b := w.visitor(t, ann), w.visitor(t, bob)
	a.visit("g")
	b.visit("g")
	w.Revoke(ann)
	a.isClosed()
	a.wants(a.ask(http.MethodDelete, a.at, ""), http.StatusNotFound)
	b.wants(b.ask(http.MethodDelete, b.at, ""), http.StatusOK)
}

func TestATokenRevokedWhileAVisitorComesIsLookedAtAgain(t *testing.T) {
	for name, tc := range map[string]struct {
		revoked identity.ID
		status  int
	}{
		"its own":   {ann, http.StatusUnauthorized},
		"another's": {bob, http.StatusCreated},
	} {
		t.Run(name, func(t *testing.T) {
			var w *world
			looks := 0 // the client makes one request at a time
			w = newWorld(t, func(c *Config) {
				c.Verify = func(ctx context.Context, token string) (Session, error) {
					if looks++; looks == 1 {
						defer w.Revoke(tc.revoked)
					} else if tc.revoked == ann {
						return Session{}, identity.ErrToken
					}
					return believe(ctx, token)
				}
			})
			v := w.visitor(t, ann)
			v.wants(v.offerTo("g", page), tc.status)
			if looks != 2 {
				t.Errorf("the token was looked at %d times", looks)
			}
		})
	}
}

func TestTooManyVisitsOfAUserAreRefused(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Admit = func(identity.ID, string) error { return io.EOF } })
	r := w.visitor(t, ann).offerTo("g", page)
	if r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
		t.Errorf("the answer is %s %v", r.Status, r.Header)
	}
}

func TestAnOfferOfOneDirectionIsAnsweredWithTheOther(t *testing.T) {
	w := newWorld(t)
	for offered, answered := range map[string]string{"sendonly": "recvonly", "recvonly": "sendonly", "sendrecv": "sendrecv"} {
		t.Run(offered, func(t *testing.T) {
			v := w.visitor(t, ann)
			r := v.offerTo("g", strings.Replace(page, "a=sendrecv", "a="+offered, 1))
			v.wants(r, http.StatusCreated)
			var s sdp.SessionDescription
			fatal(t, s.UnmarshalString(r.body))
			if _, ok := s.MediaDescriptions[0].Attribute(answered); !ok {
				t.Errorf("the answer is\n%s", r.body)
			}
		})
	}
}

func TestTheServersThatHelpToReachUsAreNamed(t *testing.T) {
	servers := []ICEServer{{URLs: []string{"stun:s.example"}}, {URLs: []string{"turn:t.example"}, Username: `a"b`, Credential: `c\d`}}
	v := newWorld(t, func(c *Config) { c.ICEServers = func(identity.ID) []ICEServer { return servers } }).visitor(t, ann)
	r := v.offerTo("g", page)
	v.wants(r, http.StatusCreated)
	want := `<stun:s.example>; rel="ice-server"` + "\n" +
		`<turn:t.example>; rel="ice-server"; username="a\"b"; credential="c\\d"; credential-type="password"`
	if got := strings.Join(r.Header.Values("Link"), "\n"); got != want {
		t.Errorf("the links are\n%s\nwant\n%s", got, want)
	}
}

func TestPagesOfAllowedOriginsMayAsk(t *testing.T) {
	v := newWorld(t, func(c *Config) { c.AllowedOrigins = []string{"https://app.example.com", "*.example.org"} }).visitor(t, ann)
	for origin, allowed := range map[string]bool{
		"https://app.example.com": true, "http://app.example.com": false, "https://a.example.org": true,
		"https://example.org": false, "https://elsewhere.example": false, "null": false,
	} {
		r := v.ask(http.MethodOptions, "/whip/g", "", "Origin", origin, "Access-Control-Request-Method", "POST")
		if got := r.Header.Get("Access-Control-Allow-Origin"); (got == origin) != allowed || (r.StatusCode == 204) != allowed {
			t.Errorf("%s is answered %s with %q", origin, r.Status, got)
		}
		if allowed && (!strings.Contains(r.Header.Get("Access-Control-Allow-Headers"), "If-Match") ||
			!strings.Contains(r.Header.Get("Access-Control-Expose-Headers"), "Location")) {
			t.Errorf("%s: the headers are %v", origin, r.Header)
		}
	}
	own := v.ask(http.MethodOptions, "/whip/g", "", "Origin", v.web.URL)
	v.wants(own, http.StatusNoContent)
	v.wants(v.ask(http.MethodOptions, "/whip/g", ""), http.StatusNoContent)
}

func TestAServerThatStopsEndsItsSessions(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(t, ann)
	v.visit("g")
	fatal(t, w.registry.Close(t.Context()))
	v.isClosed()
	v.wants(v.offerTo("g", page), http.StatusServiceUnavailable)
	if n := w.known(); n != 0 {
		t.Errorf("%d sessions are known", n)
	}
}
