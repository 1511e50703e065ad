package e2e

import (
	"net/http"
	"testing"

	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/call"
)

// foyer is a room with a presenter and somebody who sings, and in its lobby
// somebody who knows the link and sings as well, whatever the server says.
type foyer struct {
	*house
	room              meeting
	paula, dora, gus  user
	host, singer, out *guest
}

const (
	singing  = 440 // who may be heard
	sneaking = 620 // who may not
)

// openFoyer has the uninvited come first.
func openFoyer(t *testing.T) *foyer {
	t.Helper()
	h := openHouse(t)
	f := &foyer{house: h, paula: h.newUser(), dora: h.newUser(), gus: h.newUser()}
	f.room = h.newRoom(nil, map[string]call.Role{f.paula.id: call.Presenter, f.dora.id: call.Attendee})
	f.out = h.enter(f.gus)
	f.out.join(f.link())
	f.out.reach("InLobby")
	f.out.sing(sneaking)
	f.host, f.singer = h.enter(f.paula), h.enter(f.dora)
	f.host.join(map[string]any{"roomId": f.room.ID})
	f.singer.join(map[string]any{"roomId": f.room.ID})
	f.singer.sing(singing)
	return f
}

func (f *foyer) link() map[string]any { return map[string]any{"meetingLink": f.room.MeetingLink} }

// shut fails the test unless whoever is in the lobby is in it still, is heard by
// nobody, and is sent nothing while others hear each other.
func (f *foyer) shut(when string, waiting ...*guest) {
	f.t.Helper()
	for _, g := range waiting {
		g.forget()
	}
	f.host.hears(singing) // half a second of it, at least
	all, _ := f.host.heard()
	if err := all[max(0, len(all)-rate/2):].differs(singing, []float64{sneaking}); err != nil {
		f.t.Errorf("%s: the presenter: %v", when, err)
	}
	for _, g := range waiting {
		if _, packets := g.heard(); packets > 0 {
			f.t.Errorf("%s: who waits was sent %d packets", when, packets)
		}
	}
	if m := f.member(f.room.ID, f.gus.id); m.State != call.InLobby {
		f.t.Errorf("%s: who waits is %+v", when, m)
	}
}

func TestNobodyWaitsLessByComingFirstOrOften(t *testing.T) {
	f := openFoyer(t)
	f.shut("having come first", f.out)

	twice := f.enter(f.gus)
	twice.join(f.link())
	twice.reach("InLobby")
	twice.sing(sneaking)
	f.shut("having come twice", f.out, twice)

	// Back on a new socket, with the same media.
	third := f.dial()
	third.say(map[string]any{"type": "hello", "token": f.gus.token})
	resume := third.await("welcome", func(m said) bool { return m.Type == "welcome" }).Resume
	third.join(f.link())
	third.reach("InLobby")
	third.sing(sneaking)
	must(t, third.conn.CloseNow())
	back := f.dial()
	back.refs = third.refs
	back.say(map[string]any{"type": "hello", "token": f.gus.token, "resume": resume})
	back.reach("InLobby")
	f.shut("having come back", f.out, third)

	// With a restart of ICE, which is answered as everybody's is.
	back.pc = third.pc
	if m := back.ask("offer", map[string]any{"sdp": back.describe(&webrtc.OfferOptions{ICERestart: true})}); m.Type != "ok" {
		t.Errorf("the offer is answered %s", raw(m))
	}
	back.take()
	f.shut("with ICE restarted", f.out, third)
	back.pc = nil // it is the other's to close
	if n := len(f.Calls().Waiting(f.room.ID)); n != 3 {
		t.Errorf("%d wait, want 3", n)
	}

	// That they can be heard at all: let in, they are.
	if m := f.host.ask("admit", map[string]any{"participants": []any{whom(f.gus)}}); m.Type != "ok" {
		t.Fatalf("admitting is answered %s", raw(m))
	}
	f.out.reach("Connected")
	f.singer.hears(sneaking)
}

func TestTheLobbyHasNoOtherWayIn(t *testing.T) {
	f := openFoyer(t)
	connection := f.connect(f.room.ID)

	f.out.refused(403, 5828, "join", map[string]any{"call": "c2", "roomId": f.room.ID})
	f.logged("a client asked for what it may not", `"join"`, f.gus.id, "5828")
	for _, kind := range []string{"admit", "muteOthers"} {
		f.out.refused(403, 7504, kind, nil)
		f.logged("a client asked for what it may not", `"`+kind+`"`, f.gus.id, "7504")
	}
	f.out.refused(403, 7504, "admit", map[string]any{"participants": []any{whom(f.gus)}})
	f.out.refused(403, 7504, "add", map[string]any{"target": whom(f.gus)})
	f.out.refused(403, 7504, "hangup", map[string]any{"forEveryone": true})
	f.out.refused(400, 8501, "hold", nil)
	f.out.refused(400, 8501, "resume", nil)
	for _, told := range []string{"admit", "mute others", "invite", "end the call"} {
		f.event(connection, "participant.refused", `"operation":"`+told+`","role":"Attendee","inLobby":true`)
	}
	f.out.ask("unmute", nil)
	f.shut("having asked for everything", f.out)

	f.groupsAreOther(t)
	f.callsAreOther(t)
	f.shut("having been elsewhere", f.out)
}

// groupsAreOther joins groups by the room's names.
func (f *foyer) groupsAreOther(t *testing.T) {
	t.Helper()
	here := f.callOf(f.room.ID)
	for _, name := range []string{"room:" + f.room.ID, "group:" + f.room.ID} {
		f.out.refused(400, 8523, "join", map[string]any{"call": "c3", "groupId": name, "sdp": "v=0"})
	}
	g := f.enter(f.gus)
	m := g.join(map[string]any{"groupId": f.room.ID})
	g.reach("Connected")
	if m.ServerCallID == here.ID {
		t.Error("the group of the room's id is the room's call")
	}
	// An application finds no room's call by the name of a group either: with
	// the group's people gone there is none.
	if m := g.ask("hangup", nil); m.Type != "ok" {
		t.Errorf("leaving the group is answered %s", raw(m))
	}
	g.reach("Disconnected")
	var made struct{ CallConnectionID string }
	must(t, f.rest(http.StatusOK, http.MethodPost, calling+":connect"+callAPI, map[string]any{
		"callLocator": map[string]any{"kind": "groupCallLocator", "groupCallId": f.room.ID}, "callbackUri": callback,
	}).decode(&made))
	f.event(made.CallConnectionID, "ConnectFailed", "8543")
}

// callsAreOther calls the presenter, and the room itself, directly.
func (f *foyer) callsAreOther(t *testing.T) {
	t.Helper()
	here := f.callOf(f.room.ID)
	g := f.enter(f.gus)
	m := g.ask("start", map[string]any{"targets": []any{whom(f.paula)}, "sdp": g.offer()})
	if m.Type != "ok" || m.ServerCallID == here.ID {
		t.Errorf("calling the presenter is answered %s", raw(m))
	}
	// Described anew before it is answered, it is not answered by that.
	g.refused(400, 8501, "offer", map[string]any{"sdp": g.pc.LocalDescription().SDP})
	ring := f.host.await("incoming", func(m said) bool { return m.Type == "incoming" })
	if m := f.host.ask("reject", map[string]any{"call": ring.Call}); m.Type != "ok" {
		t.Errorf("declining is answered %s", raw(m))
	}
	if why := g.reach("Disconnected").Reason; why == nil || why.Code != 603 {
		t.Errorf("the call ended with %s", raw(why))
	}
	for _, name := range []string{f.room.ID, "room:" + f.room.ID, here.ID} {
		m := g.ask("start", map[string]any{"targets": []any{map[string]any{"rawId": name}}, "sdp": g.pc.LocalDescription().SDP})
		if m.Type != "ok" {
			continue // no identifier
		}
		why := g.await("the end", func(m said) bool { return m.State == "Disconnected" }).Reason
		if m.ServerCallID == here.ID || why == nil || why.Code != 480 {
			t.Errorf("calling %q led to %s, which ended with %s", name, m.ServerCallID, raw(why))
		}
	}
	if n := len(f.callOf(f.room.ID).Members); n != len(here.Members) {
		t.Errorf("%d are in the room's call, %d were", n, len(here.Members))
	}
}

// TestNoApplicationReachesWhoWaitsByMistake has one ask over REST for those in
// the lobby as if they were in the call.
func TestNoApplicationReachesWhoWaitsByMistake(t *testing.T) {
	f := openFoyer(t)
	eve := f.enter(f.newUser())
	eve.join(map[string]any{"groupId": "elsewhere"})
	connection := f.connect(f.room.ID)
	var other struct{ CallConnectionID string }
	must(t, f.rest(http.StatusOK, http.MethodPost, calling+":connect"+callAPI, map[string]any{
		"callLocator": map[string]any{"kind": "groupCallLocator", "groupCallId": "elsewhere"}, "callbackUri": callback,
	}).decode(&other))
	f.event(other.CallConnectionID, "CallConnected", "")

	here, gus := calling+"/"+connection, map[string]any{"kind": "communicationUser", "rawId": f.gus.id, "communicationUser": map[string]any{"id": f.gus.id}}
	f.rest(http.StatusAccepted, http.MethodPost, calling+"/"+other.CallConnectionID+"/participants:moveHere"+callAPI, map[string]any{
		"targetParticipants": []any{gus}, "fromCall": connection,
	})
	f.event(other.CallConnectionID, "MoveParticipantFailed", f.gus.id)
	for _, row := range []struct {
		path string
		body map[string]any
	}{
		{"/participants:mute", map[string]any{"targetParticipants": []any{gus}}},
		{"/participants:unmute", map[string]any{"targetParticipants": []any{gus}}},
		{":hold", map[string]any{"targetParticipant": gus}},
		{":unhold", map[string]any{"targetParticipant": gus}},
		{":transferToParticipant", map[string]any{"targetParticipant": gus, "transferee": gus}},
		{":play", map[string]any{"playTo": []any{gus}, "playSources": []any{map[string]any{"kind": "file", "file": map[string]any{"uri": "https://app.example.com/a.wav"}}}}},
	} {
		got, err := f.ask(t.Context(), http.MethodPost, here+row.path+callAPI, row.body)
		if err != nil || got.status/100 != 4 {
			t.Errorf("%s is answered %d %s %v", row.path, got.status, got.body, err)
		}
	}
	// Who hears whom may be set for those who are not there yet: it lets nobody in.
	f.rest(http.StatusOK, http.MethodPut, here+"/audioRouting"+callAPI, map[string]any{
		"preset": "pairs", "pairs": []any{
			map[string]any{"listener": whom(f.paula), "speaker": gus},
			map[string]any{"listener": whom(f.paula), "speaker": whom(f.dora)},
			map[string]any{"listener": gus, "speaker": whom(f.dora)},
		},
	})
	f.shut("after all that", f.out)
	var list struct {
		Values []struct{ Identifier struct{ RawID string } }
	}
	must(t, f.rest(http.StatusOK, http.MethodGet, here+"/participants"+callAPI, nil).decode(&list))
	for _, p := range list.Values {
		if p.Identifier.RawID == f.gus.id {
			t.Error("an application is shown who waits as a participant")
		}
	}
}
