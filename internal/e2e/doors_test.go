package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/measure"
)

// TestARevokedTokenIsCutWhileItsCallGoesOn has somebody in a call when their
// tokens are revoked: signalling is cut, the call waits for them to come back,
// and only a new token brings them back.
func TestARevokedTokenIsCutWhileItsCallGoesOn(t *testing.T) {
	h := openHouse(t)
	ann, bob := h.newUser(), h.newUser()
	room := h.newRoom(nil, map[string]call.Role{ann.id: call.Presenter, bob.id: call.Presenter})
	a, b := h.enter(ann), h.dial()
	b.say(map[string]any{"type": "hello", "token": bob.token})
	resume := b.await("welcome", func(m said) bool { return m.Type == "welcome" }).Resume
	a.join(map[string]any{"roomId": room.ID})
	b.join(map[string]any{"roomId": room.ID})
	b.sing(620)
	a.hears(620)

	// What Bob asks for after the answer is not done: he asks for the end of the
	// call, and Ann hears him all the same.
	h.revoke(bob)
	began := time.Now()
	last := b.cut()
	if took := time.Since(began); took > time.Second {
		t.Errorf("signalling was cut after %v", took)
	}
	if last.Type != "unregistered" || last.Code != 401 || last.Subcode != 10009 {
		t.Errorf("the last word is %s", raw(last))
	}
	a.hears(620)
	for _, again := range []map[string]any{{}, {"resume": resume}} {
		g := h.dial()
		again["type"], again["token"] = "hello", bob.token
		g.say(again)
		if m := g.cut(); m.Type != "unregistered" || m.Code != 401 || m.Subcode != 10009 {
			t.Errorf("a hello with the revoked token is answered %s", raw(m))
		}
	}
	h.logged("browser client refused", "revoked")
	if n := h.counted("botd_browser_refused_total", `at="hello"`); n != 2 {
		t.Errorf("%d refused clients were counted, want 2", n)
	}
	h.silentAbout(bob.token, ann.token, resume)

	// Nobody else comes back to his session, and he does with a token of now.
	g := h.dial()
	g.say(map[string]any{"type": "hello", "token": ann.token, "resume": resume})
	if m := g.await("welcome", func(m said) bool { return m.Type == "welcome" }); m.Resume == resume {
		t.Error("another user came back to the session")
	}
	g.refused(404, 8522, "hangup", nil)
	fresh := h.issue(bob)
	g = h.dial()
	g.refs = b.refs // what has been answered is not done again
	g.say(map[string]any{"type": "hello", "token": fresh.token, "resume": resume})
	g.reach("Connected")
	a.hears(620)
	if m := g.ask("hangup", nil); m.Type != "ok" {
		t.Errorf("hanging up is answered %s", raw(m))
	}
	g.reach("Disconnected")
}

func TestWhatARoleForbidsIsRefusedLoggedAndTold(t *testing.T) {
	h := openHouse(t)
	paula := h.newUser()
	roles := map[call.Role]user{call.Attendee: h.newUser(), call.Consumer: h.newUser(), call.Collaborator: h.newUser()}
	stranger := h.newUser()
	people := map[string]call.Role{paula.id: call.Presenter}
	for role, u := range roles {
		people[u.id] = role
	}
	room := h.newRoom(nil, people)
	p := h.enter(paula)
	p.join(map[string]any{"roomId": room.ID})
	connection := h.connect(room.ID)
	for role, u := range roles {
		g := h.enter(u)
		g.join(map[string]any{"roomId": room.ID})
		g.reach("Connected")
		others := map[string]any{"participants": []any{whom(paula)}}
		for _, wish := range []struct {
			kind string
			more map[string]any
			told string // what the log calls it
		}{
			{"muteOthers", nil, "mute others"},
			{"muteOthers", others, "mute others"},
			{"remove", map[string]any{"target": whom(paula)}, "remove somebody"},
			{"add", map[string]any{"target": whom(stranger)}, "invite"},
			{"admit", nil, "admit"},
			{"reject", others, "refuse"},
			{"return", others, "return"},
			{"hangup", map[string]any{"forEveryone": true}, "end the call"},
		} {
			g.refused(403, 7504, wish.kind, wish.more)
			h.logged("a client asked for what it may not", `"`+wish.kind+`"`, u.id, "7504")
			h.event(connection, "participant.refused", `"operation":"`+wish.told+`","role":"`+string(role)+`"`)
		}
	}
	if n := h.counted("botd_browser_requests_refused_total", `code="403"`); n != 8*len(roles) {
		t.Errorf("%d requests were counted as refused, want %d", n, 8*len(roles))
	}
	if m := h.member(room.ID, paula.id); m.State != call.Present || m.Muted {
		t.Errorf("the presenter is %+v", m)
	}
}

// TestAConsumerIsNotHeardWhateverItSends lets one unmute itself and sing, while
// somebody else is heard in the same call at the same time.
func TestAConsumerIsNotHeardWhateverItSends(t *testing.T) {
	h := openHouse(t)
	paula, carl, dora := h.newUser(), h.newUser(), h.newUser()
	room := h.newRoom(nil, map[string]call.Role{paula.id: call.Presenter, carl.id: call.Consumer, dora.id: call.Attendee})
	there := map[string]any{"roomId": room.ID}
	p, c, d := h.enter(paula), h.enter(carl), h.enter(dora)
	p.join(there)
	c.join(there)
	d.join(there)
	d.sing(440)
	c.sing(620)
	for _, what := range []string{"unmute", "mute", "unmute"} {
		c.ask(what, nil)
	}
	p.hears(440)
	c.hears(440)
	all, _ := p.heard()
	last := all[max(0, len(all)-rate/2):]
	if err := last.differs(440, []float64{620}); err != nil {
		t.Errorf("the presenter: %v", err)
	}
	if m := h.member(room.ID, carl.id); !m.Muted || m.Role != call.Consumer {
		t.Errorf("the consumer is listed as %+v", m)
	}
	// Neither does being asked in again by somebody who may: the list decides.
	if m := c.ask("hangup", nil); m.Type != "ok" {
		t.Fatalf("hanging up is answered %s", raw(m))
	}
	c.reach("Disconnected")
	again := h.enter(carl)
	if m := p.ask("add", map[string]any{"target": whom(carl)}); m.Type != "ok" {
		t.Fatalf("asking in is answered %s", raw(m))
	}
	ring := again.await("incoming", func(m said) bool { return m.Type == "incoming" })
	if m := again.ask("accept", map[string]any{"call": ring.Call, "sdp": again.offer()}); m.Type != "ok" {
		t.Fatalf("accepting is answered %s", raw(m))
	}
	again.flow()
	again.sing(880)
	again.ask("unmute", map[string]any{"call": ring.Call})
	again.hears(440)
	p.hears(440)
	all, _ = p.heard()
	last = all[max(0, len(all)-rate/2):]
	if loud, quiet := measure.ToneLevel(last, rate, 440), measure.ToneLevel(last, rate, 880); loud-quiet < 20 {
		t.Errorf("the consumer is heard: %.0f dB below the other", loud-quiet)
	}
	if m := h.member(room.ID, carl.id); m.Role != call.Consumer {
		t.Errorf("who was asked in is listed as %+v", m)
	}
}

func TestARoomThatIsNotOpenIsEnteredByNobody(t *testing.T) {
	h := openHouse(t)
	ann, bob := h.newUser(), h.newUser()
	stamp := func(in time.Duration) string { return time.Now().Add(in).UTC().Format(time.RFC3339Nano) }
	both := map[string]call.Role{ann.id: call.Presenter, bob.id: call.Attendee}
	later := h.newRoom(map[string]any{"validFrom": stamp(time.Hour), "validUntil": stamp(2 * time.Hour)}, both)
	open := h.newRoom(nil, map[string]call.Role{ann.id: call.Presenter})
	brief := h.newRoom(nil, both)
	gone := h.newRoom(nil, both)

	a, b := h.enter(ann), h.enter(bob)
	a.join(map[string]any{"roomId": brief.ID})
	a.reach("Connected")
	// A room cannot be made expired: this one ends while Ann is in it.
	h.rest(http.StatusOK, http.MethodPatch, "/rooms/"+brief.ID+roomsAPI, map[string]any{
		"validFrom": stamp(-time.Hour), "validUntil": stamp(300 * time.Millisecond),
	})
	h.rest(http.StatusNoContent, http.MethodDelete, "/rooms/"+gone.ID+roomsAPI, nil)
	<-time.After(400 * time.Millisecond)

	for name, row := range map[string]struct {
		door          map[string]any
		code, subcode int
	}{
		"not yet open":            {map[string]any{"roomId": later.ID}, 403, 5829},
		"not yet open, by link":   {map[string]any{"meetingLink": later.MeetingLink}, 403, 5829},
		"expired":                 {map[string]any{"roomId": brief.ID}, 403, 5829},
		"expired, by passcode":    {map[string]any{"meetingId": brief.MeetingID, "passcode": brief.Passcode}, 403, 5829},
		"deleted":                 {map[string]any{"roomId": gone.ID}, 404, 8522},
		"deleted, by passcode":    {map[string]any{"meetingId": gone.MeetingID, "passcode": gone.Passcode}, 404, 8561},
		"deleted, by link":        {map[string]any{"meetingLink": gone.MeetingLink}, 404, 8561},
		"not invited":             {map[string]any{"roomId": open.ID}, 403, 5828},
		"not a room but its link": {map[string]any{"roomId": open.MeetingID}, 404, 8522},
	} {
		t.Run(name, func(t *testing.T) {
			b.refused(row.code, row.subcode, "join", row.door)
			h.logged("a client asked for what it may not", `"join"`, bob.id, raw(row.subcode))
		})
	}
	if n := h.counted("botd_browser_requests_refused_total", "code="); n != 9 {
		t.Errorf("%d refusals were counted, want 9", n)
	}
	for _, room := range []meeting{later, open, gone} {
		if c := h.callOf(room.ID); c.ID != "" {
			t.Errorf("a refusal made a call: %+v", c)
		}
	}
	for _, m := range []meeting{later, open, brief, gone} {
		h.silentAbout(m.MeetingID, m.Passcode, m.MeetingLink)
	}
	// An application is told by its event.
	got := h.rest(http.StatusOK, http.MethodPost, calling+":connect"+callAPI, map[string]any{
		"callLocator": map[string]any{"kind": "roomCallLocator", "roomId": brief.ID}, "callbackUri": callback,
	})
	var made struct{ CallConnectionID string }
	must(t, got.decode(&made))
	h.event(made.CallConnectionID, "ConnectFailed", "5829")
}
