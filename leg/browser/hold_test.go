package browser

import (
	"errors"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

func TestTheStateOfACallSaysWhoHoldsIt(t *testing.T) {
	other := func(s call.State, self bool) call.Member {
		return call.Member{ID: "2", State: s, HeldBySelf: self}
	}
	for name, tc := range map[string]struct {
		self  call.Member
		other call.Member
		group bool
		want  call.State
	}{
		"nobody":                     {call.Member{State: call.Present}, other(call.Present, false), false, call.Present},
		"oneself":                    {call.Member{State: call.OnHold, HeldBySelf: true}, other(call.Present, false), false, localHold},
		"an application":             {call.Member{State: call.OnHold}, other(call.Present, false), true, remoteHold},
		"the other side":             {call.Member{State: call.Present}, other(call.OnHold, true), false, remoteHold},
		"both":                       {call.Member{State: call.OnHold, HeldBySelf: true}, other(call.OnHold, true), false, localHold},
		"somebody in a group":        {call.Member{State: call.Present}, other(call.OnHold, true), true, call.Present},
		"an application the other":   {call.Member{State: call.Present}, other(call.OnHold, false), false, call.Present},
		"in the lobby nobody":        {call.Member{State: call.InLobby}, other(call.OnHold, true), false, call.InLobby},
		"while it rings nobody":      {call.Member{State: call.Ringing}, other(call.OnHold, true), false, call.Ringing},
		"at the end nothing is said": {call.Member{State: call.Gone}, other(call.OnHold, true), false, ""},
	} {
		tc.self.ID = "1"
		v := call.Roster{Self: "1", Group: tc.group, Members: []call.Member{tc.other, tc.self}}
		if got := project("c", v).state; got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// talk lets ann call bob, who answers. Their calls are c1 and what is returned.
func (w *world) talk(t *testing.T) (a, b *client, theirs string) {
	t.Helper()
	a, b = w.signIn(t, ann), w.signIn(t, bob)
	a.say(map[string]any{
		"type": "start", "ref": 1, "call": "c1", "sdp": a.offer(line{}), "targets": []identity.ID{bob},
	})
	in := b.expect("incoming")
	b.say(map[string]any{"type": "accept", "ref": 2, "call": in.Call, "sdp": b.offer(line{})})
	b.take(b.expect("answer").SDP)
	a.take(a.expect("answer").SDP)
	a.state("Connected")
	b.state("Connected")
	return a, b, in.Call
}

func TestOneSideHoldsTheOther(t *testing.T) {
	a, b, theirs := newWorld(t).talk(t)
	if m := a.ask("hold", nil); m.Type != "ok" {
		t.Fatalf("holding is answered with %+v", m)
	}
	a.state("LocalHold")
	b.state("RemoteHold")
	b.ask("hold", map[string]any{"call": theirs})
	b.state("LocalHold")
	a.ask("resume", nil)
	a.state("RemoteHold")
	b.ask("resume", map[string]any{"call": theirs})
	a.state("Connected")
	b.state("Connected")
}

func TestWhoHoldsIsNotHeard(t *testing.T) {
	w := newWorld(t)
	a := w.signIn(t, ann)
	a.join("g", line{})
	a.speak(440)
	a.hears(440)
	b := w.signIn(t, bob)
	b.join("g", line{})
	a.ask("hold", nil)
	a.state("LocalHold")
	b.somebody(ann, "isOnHold", true)
	b.speak(660)
	b.hears(660) // time passes
	a.forget()
	b.forget()
	b.hears(660)
	a.mu.Lock()
	for _, v := range a.heard {
		if v > 100 || v < -100 {
			t.Fatal("who holds is heard")
		}
	}
	a.mu.Unlock()
	a.ask("resume", nil)
	a.hears(440)
}

// application comes to the call of a group.
func (w *world) application(t *testing.T, c *client, group string) *call.Connection {
	t.Helper()
	cn, err := w.registry.Connect(t.Context(), call.Connect{
		Seat: call.Seat{As: "bot"}, Locator: call.Locator{GroupID: group},
	})
	fatal(t, err)
	c.somebody("bot", "state", "Connected")
	return cn
}

func TestWhatAnApplicationDoesIsToldToTheClient(t *testing.T) {
	w := newWorld(t)
	c := w.signIn(t, ann)
	c.join("g", line{})
	cn := w.application(t, c, "g")
	fatal(t, cn.Hold(t.Context(), call.Hold{Who: ann}))
	c.state("RemoteHold")
	c.ask("resume", nil) // is the client's own hold, of which there is none
	fatal(t, cn.Unhold(t.Context(), call.Hold{Who: ann}))
	c.state("Connected")

	fatal(t, cn.Mute(t.Context(), []identity.ID{ann}, call.Reference{}))
	c.expect("muted")
	fatal(t, cn.Unmute(t.Context(), []identity.ID{ann}, call.Reference{}))
	c.expect("unmuted")
}

func TestAClientThatIsMovedIsToldWhereItIs(t *testing.T) {
	w := newWorld(t)
	a, b := w.signIn(t, ann), w.signIn(t, bob)
	a.join("g", line{})
	a.speak(440)
	b.join("h", line{})
	from, to := w.application(t, a, "g"), w.application(t, b, "h")
	first := from.View().ServerCallID
	fatal(t, to.Move(t.Context(), call.Move{From: from.ID(), Who: []identity.ID{ann}}))

	m := a.await("another call", func(m message) bool { return m.Type == "callInfo" && m.ServerCallID != first })
	there := a.await("its roster", func(r message) bool { return r.Type == "roster" && r.ServerCallID == m.ServerCallID })
	if there.Call != "c1" {
		t.Errorf("the call is called %q", there.Call)
	}
	b.somebody(ann, "state", "Connected")
	l, err := w.reachable(ann)[0].find("c1")
	fatal(t, err)
	l.Show(call.Roster{Call: first, Self: "whom it was"}) // comes late
	a.ask("mute", nil)
	b.somebody(ann, "isMuted", true)
	for _, m := range a.kept {
		if m.ServerCallID == first {
			t.Errorf("told %+v of the call before", m)
		}
	}
	a.ask("unmute", nil)
	a.forget()
	a.hears(440)
	a.say(map[string]any{"type": "hangup", "ref": 9, "call": "c1"})
	a.state("Disconnected")
	b.somebody(ann, "state", "Disconnected")
}

func TestAChangeOfMediaThatDoesNotGetThroughLosesTheClient(t *testing.T) {
	w := newWorldWith(t, call.Timeouts{Reconnect: 100 * time.Millisecond}, func(c *Config) {
		c.ModalityTimeout = 100 * time.Millisecond
	})
	c := w.signIn(t, ann)
	c.join("g", line{})
	c.say(map[string]any{
		"type": "offer", "ref": 5, "call": "c1", "sdp": c.describe(&webrtc.OfferOptions{ICERestart: true}),
	})
	c.expect("answer") // and never takes it
	if r := c.state("Disconnected").Reason; r.Code != call.ReasonMediaLost.Code || r.Subcode != call.ReasonMediaLost.Subcode {
		t.Errorf("the call ends with %d/%d", r.Code, r.Subcode)
	}
}

func TestAChangeOfMediaThatGetsThroughIsForgotten(t *testing.T) {
	w := newWorldWith(t, call.Timeouts{Reconnect: time.Millisecond}, func(c *Config) {
		c.ModalityTimeout = 300 * time.Millisecond
	})
	c := w.signIn(t, ann)
	c.join("g", line{})
	c.speak(440)
	c.hears(440)
	c.say(map[string]any{"type": "offer", "ref": 5, "call": "c1", "sdp": c.describe(nil)})
	c.take(c.expect("answer").SDP)
	c.forget()
	c.hears(440)
	c.forget()
	c.hears(440)
	if m := c.ask("mute", nil); m.Type != "ok" {
		t.Errorf("the call has gone: %+v", m)
	}
}

func TestWhatACallerSendsAlongIsLookedAt(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.CheckCustom = func(c *call.CustomContext) error {
			if len(c.VoIPHeaders) > 1 {
				return errors.New("too many headers")
			}
			return nil
		}
	})
	c := w.signIn(t, ann)
	start := func(headers map[string]string) message {
		return c.ask("start", map[string]any{
			"sdp": c.offer(line{}), "targets": []identity.ID{bob}, "customContext": map[string]any{"voipHeaders": headers},
		})
	}
	if e := start(map[string]string{"a": "1", "b": "2"}); e.Code != 400 || e.Subcode != 8523 {
		t.Errorf("told %+v", e)
	}
}
