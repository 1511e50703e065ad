package browser

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/identity"
)

const (
	ann = "8:acs:ann"
	bob = "8:acs:bob"
)

// join brings a client into a group call, media flowing.
func (c *client) join(group string, l line) {
	c.t.Helper()
	c.say(map[string]any{"type": "join", "ref": 100, "call": "c1", "groupId": group, "sdp": c.offer(l)})
	c.take(c.expect("answer").SDP)
	c.state("Connected")
	<-c.up
}

func TestAToneComesBackFromTheBridge(t *testing.T) {
	c := newWorld(t).signIn(t, ann)
	c.join("g", line{})
	c.speak(440)
	c.hears(440)
}

func TestATCPPathIsEnough(t *testing.T) {
	c := newWorld(t).signIn(t, ann)
	c.join("g", line{tcpOnly: true})
	c.speak(440)
	c.hears(440)
}

func TestOneOfTwoSocketsWinsACall(t *testing.T) {
	w := newWorld(t)
	caller := w.signIn(t, ann)
	desk, phone := w.signIn(t, bob), w.signIn(t, bob)
	caller.say(map[string]any{
		"type": "start", "ref": 1, "call": "c1", "sdp": caller.offer(line{}),
		"targets": []identity.ID{bob}, "customContext": map[string]any{"voipHeaders": map[string]string{"k": "v"}},
	})
	in := desk.expect("incoming")
	if in.DisplayName != "Ann" {
		t.Errorf("the caller is called %q", in.DisplayName)
	}
	phone.expect("incoming")
	caller.state("Ringing")
	desk.say(map[string]any{"type": "accept", "ref": 2, "call": in.Call, "sdp": desk.offer(line{})})
	desk.take(desk.expect("answer").SDP)
	caller.take(caller.expect("answer").SDP)
	if r := phone.expect("incomingEnded").Reason; r.Code != 487 || r.Subcode != 10003 {
		t.Errorf("the other socket is told %d/%d", r.Code, r.Subcode)
	}
	desk.state("Connected")
	caller.state("Connected")
	phone.say(map[string]any{"type": "accept", "ref": 3, "call": in.Call, "sdp": phone.offer(line{})})
	if e := phone.expect("error"); e.Code != 404 || e.Subcode != 8522 {
		t.Errorf("accepting late gives %d/%d", e.Code, e.Subcode)
	}
	caller.say(map[string]any{"type": "hangup", "ref": 4, "call": "c1"})
	if r := caller.state("Disconnected").Reason; r.Code != 0 || r.Subcode != 0 {
		t.Errorf("hanging up ends with %d/%d", r.Code, r.Subcode)
	}
	desk.state("Disconnected")
}

func TestSomebodyWhoIsNotThereIsUnavailable(t *testing.T) {
	c := newWorld(t).signIn(t, ann)
	c.say(map[string]any{
		"type": "start", "ref": 1, "call": "c1", "sdp": c.offer(line{}), "targets": []identity.ID{bob},
	})
	if r := c.state("Disconnected").Reason; r.Code != 480 || r.Subcode != 8541 {
		t.Errorf("the call ends with %d/%d", r.Code, r.Subcode)
	}
}

func TestAPageThatGoesAwayLeavesTheCall(t *testing.T) {
	c := newWorld(t).signIn(t, ann)
	c.join("g", line{})
	c.hangUpMedia()
	if r := c.state("Disconnected").Reason; r.Subcode != 4521 {
		t.Errorf("the call ends with %d/%d", r.Code, r.Subcode)
	}
}

func TestACallIsKeptForAClientThatResumes(t *testing.T) {
	w := newWorld(t)
	c := w.dial(t)
	c.say(map[string]any{"type": "hello", "token": ann})
	secret := c.expect("welcome").Resume
	c.join("g", line{})
	_ = c.conn.CloseNow()

	again := w.dial(t)
	again.say(map[string]any{"type": "hello", "token": ann, "resume": secret})
	if got := again.expect("welcome").Resume; got != secret {
		t.Error("the client became another one")
	}
	again.state("Connected")
	again.expect("roster")
	c.speak(440)
	c.hears(440)
	again.say(map[string]any{"type": "hangup", "ref": 1, "call": "c1"})
	again.state("Disconnected")
}

// A network that is gone takes what is sent for some time before it is noticed.
func TestTheEndOfACallIsToldAgainToAClientThatResumes(t *testing.T) {
	w := newWorld(t)
	c := w.dial(t)
	c.say(map[string]any{"type": "hello", "token": ann})
	secret := c.expect("welcome").Resume
	c.join("g", line{})
	c.say(map[string]any{"type": "hangup", "call": "c1"})
	why := c.state("Disconnected").Reason

	again := w.dial(t)
	again.say(map[string]any{"type": "hello", "token": ann, "resume": secret})
	if m := again.state("Disconnected"); m.Call != "c1" || m.Reason.Subcode != why.Subcode {
		t.Errorf("told %+v", m)
	}
}

func TestACallEndsForAClientThatNeverResumes(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.ResumeTimeout = 50 * time.Millisecond })
	c := w.signIn(t, ann)
	other := w.signIn(t, bob)
	c.join("g", line{})
	other.join("g", line{})
	_ = c.conn.CloseNow()
	other.await("a roster without the other", func(m message) bool {
		return m.Type == "roster" && (len(m.Participants) == 0 || m.Participants[0]["state"] == "Disconnected")
	})
}

func TestARequestSentAgainHappensOnce(t *testing.T) {
	w := newWorld(t)
	c := w.dial(t)
	c.say(map[string]any{"type": "hello", "token": ann})
	secret := c.expect("welcome").Resume
	join := map[string]any{"type": "join", "ref": 1, "call": "c1", "groupId": "g", "sdp": c.offer(line{})}
	c.say(join)
	first := c.expect("ok")
	_ = c.conn.CloseNow()

	again := w.dial(t)
	again.say(map[string]any{"type": "hello", "token": ann, "resume": secret})
	again.say(join)
	if m := again.await("an answer", func(m message) bool { return m.Ref != nil }); m.Type != "ok" || m.ServerCallID != first.ServerCallID {
		t.Errorf("the second answer is %+v", m)
	}
}
