package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// refused is an error that says what the client is told.
type refused call.Reason

func (r refused) Error() string       { return "refused: " + r.Message }
func (r refused) Reason() call.Reason { return call.Reason(r) }

// desk decides who may enter, and remembers who asked for what.
type desk struct {
	admissions map[identity.ID]Admission
	err        error

	mu    sync.Mutex
	asked []Door
}

func (d *desk) enter(_ context.Context, user identity.ID, door Door) (Admission, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, door)
	return d.admissions[user], d.err
}

// room is a world with one room, which those may enter.
func room(t *testing.T, may map[identity.ID]Admission, change ...func(*Config)) *world {
	t.Helper()
	for user, a := range may {
		a.Room = "r"
		may[user] = a
	}
	d := &desk{admissions: may}
	return newWorld(t, append(change, func(c *Config) { c.Enter = d.enter })...)
}

// knock asks to be let into the room, media negotiated.
func (c *client) knock(state string) {
	c.t.Helper()
	c.say(map[string]any{"type": "join", "ref": 100, "call": "c1", "roomId": "r", "sdp": c.offer(line{})})
	c.take(c.pick("answer", func(m message) bool { return m.Type == "answer" }).SDP)
	c.state(state)
	<-c.up
}

// somebody waits for a roster in which a user is as described.
func (c *client) somebody(who, is string, value any) message {
	c.t.Helper()
	return c.await(fmt.Sprintf("a roster with %s %s %v", who, is, value), func(m message) bool {
		for _, p := range m.Participants {
			if id, ok := p["identifier"].(map[string]any); ok && id["rawId"] == who && p[is] == value {
				return true
			}
		}
		return false
	})
}

func named(ids ...identity.ID) map[string]any {
	return map[string]any{"participants": ids}
}

func TestADoorIsAskedForAsTheClientNamesIt(t *testing.T) {
	for name, tc := range map[string]struct {
		named map[string]any
		want  Door
	}{
		"a room":            {map[string]any{"roomId": "99"}, Door{RoomID: "99"}},
		"a link":            {map[string]any{"meetingLink": "https://b/m/x"}, Door{MeetingLink: "https://b/m/x"}},
		"an id":             {map[string]any{"meetingId": "123456789012"}, Door{MeetingID: "123456789012"}},
		"an id and a code":  {map[string]any{"meetingId": "12", "passcode": "aB3"}, Door{MeetingID: "12", Passcode: "aB3"}},
		"a group is no one": {map[string]any{"groupId": "g"}, Door{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := &desk{admissions: map[identity.ID]Admission{ann: {Room: "r"}}}
			c := newWorld(t, func(c *Config) { c.Enter = d.enter }).signIn(t, ann)
			tc.named["sdp"] = c.offer(line{})
			if m := c.ask("join", tc.named); m.Type != "ok" || m.ServerCallID == "" {
				t.Fatalf("the answer is %+v", m)
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			if want := (tc.want != Door{}); want != (len(d.asked) == 1) || want && d.asked[0] != tc.want {
				t.Errorf("asked for %d doors", len(d.asked))
			}
		})
	}
}

func TestOnePlaceIsJoinedAtATime(t *testing.T) {
	d := &desk{err: errors.New("nobody was to ask")}
	c := newWorld(t, func(c *Config) { c.Enter = d.enter }).signIn(t, ann)
	for name, more := range map[string]map[string]any{
		"none":                  {},
		"two":                   {"groupId": "g", "roomId": "r"},
		"a passcode alone":      {"passcode": "x"},
		"a passcode for a room": {"roomId": "r", "passcode": "x"},
		"no group's name":       {"groupId": "a b"},
		"a long link":           {"meetingLink": strings.Repeat("x", maxLink+1)},
		"a long room":           {"roomId": strings.Repeat("x", maxID+1)},
		"a long meeting":        {"meetingId": strings.Repeat("1", maxID+1)},
		"a long passcode":       {"meetingId": "1", "passcode": strings.Repeat("1", maxPasscode+1)},
	} {
		more["sdp"] = page
		if e := c.ask("join", more); e.Code != 400 || e.Subcode != 8523 {
			t.Errorf("%s: told %d/%d %s", name, e.Code, e.Subcode, e.Message)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.asked) > 0 {
		t.Errorf("the room was asked %d times", len(d.asked))
	}
}

func TestWhoMayNotEnterIsToldWhy(t *testing.T) {
	for name, tc := range map[string]struct {
		enter         func(context.Context, identity.ID, Door) (Admission, error)
		code, subcode int
	}{
		"no rooms here":       {nil, 405, 8520},
		"not on the list":     {(&desk{err: refused{403, 5828, "not invited"}}).enter, 403, 5828},
		"not open":            {(&desk{err: fmt.Errorf("enter: %w", refused{403, 5829, "not open"})}).enter, 403, 5829},
		"tried too often":     {(&desk{err: refused{429, 8516, "later"}}).enter, 429, 8516},
		"a mistake of ours":   {(&desk{err: errors.New("secret thing")}).enter, 500, 8518},
		"the call is too big": {(&desk{err: call.ErrFull}).enter, 403, 8519},
	} {
		t.Run(name, func(t *testing.T) {
			c := newWorld(t, func(c *Config) { c.Enter = tc.enter }).signIn(t, ann)
			m := c.ask("join", map[string]any{"meetingId": "1", "passcode": "abc", "sdp": page})
			if m.Type != "error" || m.Code != tc.code || m.Subcode != tc.subcode {
				t.Errorf("told %+v", m)
			}
			if strings.Contains(m.Message, "secret") {
				t.Errorf("told %q", m.Message)
			}
		})
	}
}

func TestWhatOpensAMeetingIsNotLogged(t *testing.T) {
	core, logged := observer.New(zapcore.DebugLevel)
	log := func(c *Config) {
		c.Log = zap.New(core)
		c.Enter = func(_ context.Context, _ identity.ID, d Door) (Admission, error) {
			c.Log.Info("entered", zap.Any("door", d))
			panic(d)
		}
	}
	c := newWorld(t, log).signIn(t, ann)
	c.ask("join", map[string]any{"meetingId": "123456789012", "passcode": "hunter2", "sdp": page})
	c.ask("join", map[string]any{"meetingLink": "https://botd/hunter2", "sdp": page})
	if logged.Len() < 2 {
		t.Fatalf("%d lines were logged", logged.Len())
	}
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	for _, entry := range logged.All() {
		line, err := encoder.EncodeEntry(entry.Entry, entry.Context)
		fatal(t, err)
		if s := line.String(); strings.Contains(s, "hunter2") || strings.Contains(s, "123456789012") {
			t.Errorf("logged %s", s)
		}
	}
	d := Door{MeetingID: "123456789012", Passcode: "hunter2"}
	b, err := json.Marshal(d)
	fatal(t, err)
	if s := fmt.Sprintf("%v %+v %#v %s %s", d, d, d, &d, b); strings.Contains(s, "hunter2") || strings.Contains(s, "123456789012") {
		t.Errorf("printed as %s", s)
	}
}

func TestALobbyIsSilentUntilAPresenterDecides(t *testing.T) {
	w := room(t, map[identity.ID]Admission{ann: {Role: call.Presenter}, bob: {Role: call.Attendee, Lobby: true}})
	a, b := w.signIn(t, ann), w.signIn(t, bob)
	a.knock("Connected")
	a.speak(440)
	b.knock("InLobby")
	b.speak(660)
	a.somebody(bob, "state", "InLobby")

	a.forget()
	a.hears(440) // for half a second
	if n := b.received(); n > 0 {
		t.Errorf("%d packets went into the lobby", n)
	}
	if e := b.ask("admit", nil); e.Code != 403 || e.Subcode != 7504 {
		t.Errorf("whoever waits and lets itself in is told %d/%d", e.Code, e.Subcode)
	}
	if m := a.ask("admit", named(bob)); m.Type != "ok" {
		t.Fatalf("admitting is answered with %+v", m)
	}
	b.state("Connected")
	b.hears(660)

	if m := a.ask("return", named(bob)); m.Type != "ok" {
		t.Fatalf("sending back is answered with %+v", m)
	}
	b.state("InLobby")
	a.forget()
	a.hears(440)
	b.forget()
	a.forget()
	a.hears(440)
	if n := b.received(); n > 0 {
		t.Errorf("%d packets went back into the lobby", n)
	}
	if m := a.ask("reject", named(bob)); m.Type != "ok" {
		t.Fatalf("refusing is answered with %+v", m)
	}
	if r := b.state("Disconnected").Reason; r.Code != 0 || r.Subcode != 5300 {
		t.Errorf("who is refused is told %d/%d", r.Code, r.Subcode)
	}
}

func TestEverybodyInTheLobbyIsLetInAtOnce(t *testing.T) {
	const cid = "8:acs:cid"
	w := room(t, map[identity.ID]Admission{ann: {Role: call.Presenter}, bob: {Lobby: true}, cid: {Lobby: true}})
	a, b, c := w.signIn(t, ann), w.signIn(t, bob), w.signIn(t, cid)
	a.knock("Connected")
	b.knock("InLobby")
	c.knock("InLobby")
	a.somebody(cid, "state", "InLobby")
	if e := a.ask("admit", named(bob, "8:acs:nobody")); e.Code != 404 || e.Subcode != 8522 {
		t.Errorf("admitting somebody who does not wait is answered with %+v", e)
	}
	if e := a.ask("return", nil); e.Code != 400 || e.Subcode != 8523 {
		t.Errorf("returning nobody is answered with %+v", e)
	}
	a.ask("admit", nil)
	b.state("Connected")
	c.state("Connected")
}

func TestAConsumerIsNeverHeard(t *testing.T) {
	w := room(t, map[identity.ID]Admission{ann: {Role: call.Consumer}, bob: {Role: call.Presenter}})
	a, b := w.signIn(t, ann), w.signIn(t, bob)
	a.knock("Connected")
	a.speak(440)
	b.knock("Connected")
	b.speak(660)
	if m := a.ask("unmute", nil); m.Type != "ok" {
		t.Errorf("unmuting is answered with %+v", m)
	}
	b.forget()
	b.hears(660) // time passes
	a.forget()
	b.forget()
	b.hears(660)
	a.mu.Lock()
	for _, v := range a.heard {
		if v > 100 || v < -100 {
			t.Fatal("a consumer was heard")
		}
	}
	if len(a.heard) == 0 {
		t.Error("the consumer hears nothing at all")
	}
	a.mu.Unlock()

	fatal(t, w.registry.Assign(t.Context(), "r", ann, call.Attendee))
	a.hears(440)
}

func TestTheRoleIsToldAndWhatItForbidsIsRefused(t *testing.T) {
	w := room(t, map[identity.ID]Admission{ann: {Role: call.Attendee}, bob: {Role: call.Presenter}})
	a, b := w.signIn(t, ann), w.signIn(t, bob)
	a.knock("Connected")
	b.say(map[string]any{"type": "join", "ref": 1, "call": "c1", "roomId": "r", "sdp": b.offer(line{})})
	if m := b.expect("role"); m.Role != "Presenter" {
		t.Errorf("the role is told as %q", m.Role)
	}
	b.somebody(ann, "role", "Attendee")
	for kind, more := range map[string]map[string]any{
		"muteOthers": nil, "remove": {"target": map[string]string{"rawId": bob}}, "add": {"target": map[string]string{"rawId": "8:acs:cid"}},
		"hangup": {"forEveryone": true}, "admit": named(bob), "reject": named(bob), "return": named(bob),
	} {
		if e := a.ask(kind, more); e.Code != 403 || e.Subcode != 7504 {
			t.Errorf("%s is answered with %+v", kind, e)
		}
	}
	if e := b.ask("add", map[string]any{"target": map[string]string{"rawId": "4:+15550100"}}); e.Code != 403 || e.Subcode != 7504 {
		t.Errorf("calling a phone is answered with %+v", e)
	}
	fatal(t, w.registry.Assign(t.Context(), "r", ann, call.Presenter))
	if m := a.await("another role", func(m message) bool { return m.Type == "role" && m.Role == "Presenter" }); m.Call != "c1" {
		t.Errorf("told %+v", m)
	}
	b.somebody(ann, "role", "Presenter")
}

func TestAGroupIsNotTheRoomOfTheSameName(t *testing.T) {
	w := room(t, map[identity.ID]Admission{ann: {Role: call.Presenter}})
	a, b := w.signIn(t, ann), w.signIn(t, bob)
	a.knock("Connected")
	b.join("r", line{})
	first, second := a.ask("mute", nil), b.ask("mute", nil)
	if first.Type != "ok" || second.Type != "ok" {
		t.Fatalf("told %+v and %+v", first, second)
	}
	if list := w.registry.Waiting("r"); len(list) != 0 {
		t.Errorf("%d wait", len(list))
	}
	for _, c := range w.registry.Calls() {
		if len(c.Members) != 1 {
			t.Errorf("%d are in one call", len(c.Members))
		}
	}
}

func TestAClientThatResumesIsToldWhereItIs(t *testing.T) {
	w := room(t, map[identity.ID]Admission{ann: {Role: call.Presenter}})
	c := w.dial(t)
	c.say(map[string]any{"type": "hello", "token": ann})
	secret := c.expect("welcome").Resume
	c.knock("Connected")
	c.ask("hold", nil)
	c.state("LocalHold")
	_ = c.conn.CloseNow()

	again := w.dial(t)
	again.say(map[string]any{"type": "hello", "token": ann, "resume": secret})
	if m := again.expect("callInfo"); m.ServerCallID == "" || m.Participant == "" || m.Call != "c1" {
		t.Errorf("told %+v", m)
	}
	if m := again.expect("role"); m.Role != "Presenter" {
		t.Errorf("told %+v", m)
	}
	again.state("LocalHold")
	again.expect("roster")
}
