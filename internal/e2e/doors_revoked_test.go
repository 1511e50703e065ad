package e2e

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

// TestARevokedTokenEndsWhatCameByOneRequest has somebody in a call who has no
// socket that could be cut: their session goes, and with it they.
func TestARevokedTokenEndsWhatCameByOneRequest(t *testing.T) {
	h := openHouse(t)
	ann, bob := h.newUser(), h.newUser()
	room := h.newRoom(nil, map[string]call.Role{ann.id: call.Presenter, bob.id: call.Presenter}).ID
	a, b := h.enter(ann), h.pass(bob)
	a.join(map[string]any{"roomId": room})
	b.come(room)
	b.sing(620)
	a.hears(620)
	a.sing(440)
	a.reach("Connected")

	h.revoke(bob)
	within(t, time.Second, "who came by one request is gone", func(context.Context) error {
		if m := h.member(room, bob.id); m.ID != "" {
			return errors.New(string(m.State))
		}
		return nil
	})
	for _, method := range []string{http.MethodPatch, http.MethodDelete} {
		if r := b.send(method, b.at, ""); r.status != http.StatusUnauthorized && r.status != http.StatusNotFound {
			t.Errorf("%s of the session is answered %d: %s", method, r.status, r.body)
		}
	}
	h.pass(bob).refused(room, http.StatusUnauthorized)
	h.logged("a WHIP client asked for what it may not", `"status":401`)
	h.silentAbout(bob.token, b.at)

	fresh := h.pass(h.issue(bob))
	fresh.come(room)
	fresh.sing(880)
	a.hears(880)
}

// TestARevokedTokenIsCutInTheLobbyToo has somebody wait whose tokens are revoked:
// they are told, and neither they nor anybody with the token comes any nearer.
func TestARevokedTokenIsCutInTheLobbyToo(t *testing.T) {
	f := openFoyer(t)
	f.revoke(f.gus)
	began := time.Now()
	last := f.out.cut()
	if took := time.Since(began); took > time.Second {
		t.Errorf("signalling was cut after %v", took)
	}
	if last.Type != "unregistered" || last.Code != 401 || last.Subcode != 10009 {
		t.Errorf("the last word is %s", raw(last))
	}
	f.shut("having been revoked", f.out)

	again := f.dial()
	again.say(map[string]any{"type": "hello", "token": f.gus.token})
	if m := again.cut(); m.Type != "unregistered" || m.Code != 401 {
		t.Errorf("a hello with the revoked token is answered %s", raw(m))
	}
	f.logged("browser client refused", "revoked")
	if m := f.host.ask("reject", map[string]any{"participants": []any{whom(f.gus)}}); m.Type != "ok" {
		t.Errorf("sending them away is answered %s", raw(m))
	}
	within(t, 5*time.Second, "nobody waits", func(context.Context) error {
		if n := len(f.Calls().Waiting(f.room.ID)); n > 0 {
			return errors.New("somebody does")
		}
		return nil
	})
}

// TestATokenOpensNoRESTBeforeOrAfterItIsRevoked shows one to the operations of
// applications.
func TestATokenOpensNoRESTBeforeOrAfterItIsRevoked(t *testing.T) {
	h := openHouse(t)
	u := h.newUser()
	asks := func(status int) {
		t.Helper()
		req, err := h.request(t.Context(), http.MethodGet, "/rooms"+roomsAPI, nil)
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+u.token)
		got, err := h.send(req)
		if err != nil || got.status != status {
			t.Errorf("%d %s %v, want %d", got.status, got.body, err, status)
		}
	}
	asks(http.StatusForbidden)
	h.logged("a request was not let in", "listRooms", `"status":403`)
	h.revoke(u)
	asks(http.StatusUnauthorized)
	h.logged("a request was not let in", "listRooms", `"status":401`)
	h.silentAbout(u.token)
}
