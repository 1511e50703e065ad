package rest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// event waits for an event of a connection.
func (d *desk) event(cn, name string) map[string]any {
	d.Helper()
	id := cn[strings.LastIndex(cn, "/")+1:]
	var found []call.Record
	if !waits(d.Context(), 5*time.Second, func() bool {
		found = d.book.find(1, func(r call.Record) bool { return r.Connection == id && strings.HasSuffix(r.Type, "."+name) })
		return len(found) > 0
	}) {
		d.Fatalf("no %s", name)
	}
	into := map[string]any{}
	d.must(json.Unmarshal(found[0].Data, &into))
	return into
}

// result is the code and subcode of an event.
func result(event map[string]any) string {
	r, _ := event["resultInformation"].(map[string]any)
	return fmt.Sprintf("%v/%v", r["code"], r["subCode"])
}

func TestAnApplicationConnectsToARunningCall(t *testing.T) {
	d := newDesk(t)
	_, err := d.calls.Join(t.Context(), call.Joining{Leg: &phone{}, Group: "team-1", From: alice})
	d.must(err)
	path := d.newRoom()
	room := strings.TrimPrefix(path, "/rooms/")
	d.enters(path, bob, false)
	server := d.calls.Calls()[0].ID
	for _, locator := range []string{
		`{"kind":"groupCallLocator","groupCallId":"team-1"}`,
		`{"kind":"serverCallLocator","serverCallId":"` + server + `"}`,
		`{"kind":"roomCallLocator","roomId":"` + room + `"}`,
	} {
		p := d.ok(200, "POST", "/calling/callConnections:connect", `{"callLocator":`+locator+`,"callbackUri":"https://app.example/cb","operationContext":"c"}`)
		id, _ := p["callConnectionId"].(string)
		if got := <-d.released; got != id || id == "" {
			t.Errorf("released %s, want %s", got, id)
		}
		d.settled(id, "connected")
		if e := d.event(cnPath(id), "CallConnected"); e["operationContext"] != "c" {
			t.Errorf("%v", e)
		}
	}
}

func TestWhatCannotBeConnectedToFails(t *testing.T) {
	d := newDesk(t)
	_, err := d.calls.Join(t.Context(), call.Joining{Leg: &phone{}, Group: "99999999999999999", From: alice})
	d.must(err)
	later := d.inRoom(201, "POST", "/rooms", fmt.Sprintf(`{"validFrom":%q}`, time.Now().Add(time.Hour).Format(time.RFC3339)))
	for _, row := range []struct{ locator, result string }{
		{`{"kind":"groupCallLocator","groupCallId":"nobody"}`, "404/8543"},
		{`{"kind":"serverCallLocator","serverCallId":"none"}`, "404/8543"},
		{`{"kind":"roomCallLocator","roomId":"99999999999999999"}`, "404/8522"},
		{`{"kind":"roomCallLocator","roomId":"` + later["id"].(string) + `"}`, "403/5829"},
		{`{"kind":"roomCallLocator","roomId":"` + strings.TrimPrefix(d.newRoom(), "/rooms/") + `"}`, "404/8543"},
	} {
		p := d.ok(200, "POST", "/calling/callConnections:connect", `{"callLocator":`+row.locator+`,"callbackUri":"https://app.example/cb"}`)
		id, _ := p["callConnectionId"].(string)
		<-d.released
		if got := result(d.event(cnPath(id), "ConnectFailed")); got != row.result {
			t.Errorf("%s: %s, want %s", row.locator, got, row.result)
		}
	}
}

func TestAMistakeInCallControlIsNamed(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	with := func(more string) string { return `{"targetParticipant":{"rawId":"8:acs:r_bob"},` + more + `}` }
	for _, row := range []struct{ target, body, field string }{
		{"/calling/callConnections:connect", `{"callbackUri":"https://x"}`, "callLocator"},
		{"/calling/callConnections:connect", `{"callLocator":{},"callbackUri":"https://x"}`, "callLocator.kind"},
		{"/calling/callConnections:connect", `{"callLocator":{"kind":"teams"},"callbackUri":"https://x"}`, "callLocator.kind"},
		{"/calling/callConnections:connect", `{"callLocator":{"kind":"roomCallLocator"},"callbackUri":"https://x"}`, "callLocator.roomId"},
		{"/calling/callConnections:connect", `{"callLocator":{"kind":"groupCallLocator","groupCallId":"room:1"},"callbackUri":"https://x"}`, "callLocator.groupCallId"},
		{"/calling/callConnections:connect", `{"callLocator":{"kind":"serverCallLocator","serverCallId":"` + strings.Repeat("x", 65) + `"},"callbackUri":"https://x"}`, "callLocator.serverCallId"},
		{"/calling/callConnections:connect", `{"callLocator":{"kind":"groupCallLocator","groupCallId":"g"}}`, "callbackUri"},
		{"/calling/callConnections:connect", `{"callLocator":{"kind":"groupCallLocator","groupCallId":"g"},"callbackUri":"http://x"}`, "callbackUri"},
		{cn + ":transferToParticipant", `{}`, "targetParticipant"},
		{cn + ":transferToParticipant", with(`"targetCall":{"callConnectionId":"x"}`), "targetCall"},
		{cn + ":transferToParticipant", `{"targetCall":{}}`, "targetCall.callConnectionId"},
		{cn + ":transferToParticipant", with(`"transferee":{"rawId":"8:acs:r_bob"}`), "transferee"},
		{cn + ":transferToParticipant", with(`"sourceCallerIdNumber":{"value":"hello"}`), "sourceCallerIdNumber.value"},
		{cn + ":transferToParticipant", with(`"customCallingContext":{"sipHeaders":{"Via":"x"}}`), "customCallingContext.sipHeaders"},
		{cn + ":transferToParticipant", with(`"operationCallbackUri":"http://x"`), "operationCallbackUri"},
		{cn + ":hold", `{}`, "targetParticipant"},
		{cn + ":hold", with(`"playSourceInfo":{"kind":"file"}`), "playSourceInfo.file"},
		{cn + ":hold", with(`"playSourceInfo":{"kind":"file","file":{}}`), "playSourceInfo.file.uri"},
		{cn + ":unhold", `{}`, "targetParticipant"},
		{cn + "/participants:moveHere", `{"fromCall":"x"}`, "targetParticipants"},
		{cn + "/participants:moveHere", `{"targetParticipants":[null],"fromCall":"x"}`, "targetParticipants[0]"},
		{cn + "/participants:moveHere", `{"targetParticipants":[{"rawId":"8:acs:r_bob"}]}`, "fromCall"},
		{cn + "/participants:moveHere", `{"targetParticipants":[{"rawId":"8:acs:r_bob"}],"fromCall":"` + cn[strings.LastIndex(cn, "/")+1:] + `"}`, "fromCall"},
		{cn + "/participants:unmute", `{}`, "targetParticipants"},
		{cn + "/participants:muteAll", `{"except":[null]}`, "except[0]"},
	} {
		r := d.ask("POST", row.target+"?"+version, row.body)
		d.refused(r, 400, "8523")
		var e envelope
		if err := json.Unmarshal(r.body, &e); err != nil || e.Error.Target != row.field {
			t.Errorf("%s %s: %s", row.target, row.body, r.body)
		}
	}
}

func TestACallIsTransferred(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	accepted := d.ok(202, "POST", cn+":transferToParticipant", `{"targetParticipant":{"id":"echo"},"customCallingContext":{"sipHeaders":{},"voipHeaders":{"order":"77"}},"operationContext":"t"}`)
	if fmt.Sprint(accepted) != "map[operationContext:t]" {
		t.Errorf("%v", accepted)
	}
	inv := <-d.bell
	if inv.To() != "echo" || inv.From() != bob || inv.Custom().VoIPHeaders["order"] != "77" {
		t.Errorf("%s calls %s with %v", inv.From(), inv.To(), inv.Custom())
	}
	d.refused(d.ask("POST", cn+":transferToParticipant?"+version, `{"targetParticipant":{"id":"echo"}}`), 409, "8607")
	_, err := inv.Accept(t.Context(), call.Acceptance{Leg: &phone{}})
	d.must(err)
	if e := d.event(cn, "CallTransferAccepted"); result(e) != "200/0" || e["operationContext"] != "t" {
		t.Errorf("%v", e)
	}
	d.event(cn, "CallDisconnected")
}

func TestATransferNeedsSomebodyAndSomewhere(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	id := cn[strings.LastIndex(cn, "/")+1:]
	d.refused(d.ask("POST", cn+":transferToParticipant?"+version, `{"targetCall":{"callConnectionId":"none"}}`), 404, "8522")
	d.refused(d.ask("POST", cn+":transferToParticipant?"+version, `{"targetCall":{"callConnectionId":"`+id+`"}}`), 409, "8519")
	d.refused(d.ask("POST", cn+":transferToParticipant?"+version, `{"targetParticipant":{"id":"echo"},"transferee":{"rawId":"8:acs:r_dave"}}`), 404, "8522")
	_, err := d.calls.Join(t.Context(), call.Joining{Leg: &phone{}, Group: "g", From: alice})
	d.must(err)
	p := d.ok(200, "POST", "/calling/callConnections:connect", `{"callLocator":{"kind":"groupCallLocator","groupCallId":"g"},"callbackUri":"https://app.example/cb"}`)
	group, _ := p["callConnectionId"].(string)
	d.settled(group, "connected")
	r := d.ask("POST", cnPath(group)+":transferToParticipant?"+version, `{"targetParticipant":{"id":"echo"}}`)
	d.refused(r, 400, "8523")
	if !strings.Contains(string(r.body), `"target":"transferee"`) {
		t.Errorf("%s", r.body)
	}
	d.ok(202, "POST", cnPath(group)+":transferToParticipant", `{"targetParticipant":{"id":"echo"},"transferee":{"rawId":"8:acs:r_alice"}}`)
	d.refused(d.ask("POST", cnPath(group)+":transferToParticipant?"+version, `{"targetParticipant":{"id":"echo"},"transferee":{"rawId":"8:acs:r_alice"}}`), 409, "8607")
}

func TestParticipantsAreMovedHere(t *testing.T) {
	d := newDesk(t)
	from, to := d.connected(), d.created("echo")
	id := from[strings.LastIndex(from, "/")+1:]
	answer := d.ok(202, "POST", to+"/participants:moveHere", `{"targetParticipants":[{"rawId":"8:acs:r_bob"},{"rawId":"8:acs:r_dave"},{"rawId":"8:acs:r_bob"}],"fromCall":"`+id+`","operationContext":"m"}`)
	if list, _ := answer["participants"].([]any); len(list) != 3 || answer["fromCall"] != id || answer["operationContext"] != "m" {
		t.Errorf("%v", answer)
	}
	if e := d.event(to, "MoveParticipantSucceeded"); e["operationContext"] != "m" || e["fromCall"] != id || !strings.Contains(fmt.Sprint(e["participant"]), "r_bob") {
		t.Errorf("%v", e)
	}
	if e := d.event(to, "MoveParticipantFailed"); !strings.Contains(fmt.Sprint(e["participant"]), "r_dave") {
		t.Errorf("%v", e)
	}
	d.ok(200, "GET", to+"/participants/8%3Aacs%3Ar_bob", "")
	d.refused(d.ask("POST", to+"/participants:moveHere?"+version, `{"targetParticipants":[{"rawId":"8:acs:r_bob"}],"fromCall":"none"}`), 404, "8522")
}

// created is a call from an application to somebody, who has answered.
func (d *desk) created(to identity.ID) string {
	d.Helper()
	p := d.ok(201, "POST", "/calling/callConnections", strings.ReplaceAll(createBody, "8:acs:r_bob", string(to)))
	id, _ := p["callConnectionId"].(string)
	_, err := (<-d.bell).Accept(d.Context(), call.Acceptance{Leg: &phone{}})
	d.must(err)
	d.settled(id, "connected")
	return cnPath(id)
}

func TestAParticipantIsHeldAndMutedAndThatUndone(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	bobIs := func(name string, want bool) {
		t.Helper()
		if !waits(t.Context(), 5*time.Second, func() bool {
			return d.ok(200, "GET", cn+"/participants/8%3Aacs%3Ar_bob", "")[name] == want
		}) {
			t.Errorf("%s is not %t", name, want)
		}
	}
	one := `{"targetParticipant":{"rawId":"8:acs:r_bob","communicationUser":{"id":"8:acs:r_bob"}}}`
	for _, verb := range []string{"hold", "unhold"} {
		r := d.ask("POST", cn+":"+verb+"?"+version, one)
		if r.StatusCode != 200 || len(r.body) != 0 {
			t.Errorf("%s: %s %q", verb, r.Status, r.body)
		}
		bobIs("isOnHold", verb == "hold")
		d.refused(d.ask("POST", cn+":"+verb+"?"+version, strings.ReplaceAll(one, "bob", "dave")), 404, "8522")
	}
	some := `{"targetParticipants":[{"rawId":"8:acs:r_bob"}],"operationContext":"m"}`
	for _, row := range []struct {
		verb, body string
		muted      bool
	}{
		{"mute", some, true},
		{"unmute", some, false},
		{"muteAll", `{"except":[{"rawId":"8:acs:r_bob"}],"operationContext":"m"}`, false},
		{"muteAll", `{"operationContext":"m"}`, true},
	} {
		if got := d.ok(200, "POST", cn+"/participants:"+row.verb, row.body); fmt.Sprint(got) != "map[operationContext:m]" {
			t.Errorf("%s: %v", row.verb, got)
		}
		bobIs("isMuted", row.muted)
	}
	d.refused(d.ask("POST", cn+"/participants:unmute", strings.ReplaceAll(some, "bob", "dave")), 404, "8522")
}

func TestHoldMusicThatCannotBeFetchedFailsLater(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	d.ok(200, "POST", cn+":hold", `{"targetParticipant":{"rawId":"8:acs:r_bob"},"playSourceInfo":{"kind":"file","file":{"uri":"https://x/y.wav"}},"operationContext":"h"}`)
	if e := d.event(cn, "HoldFailed"); result(e) != "400/8536" || e["operationContext"] != "h" {
		t.Errorf("%v", e)
	}
}

func TestWhoHearsWhomIsSetAndRead(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	if got := d.ok(200, "GET", cn+"/audioRouting", ""); fmt.Sprint(got) != "map[preset:all]" {
		t.Errorf("%v", got)
	}
	who := func(name string) string { return `{"rawId":"8:acs:r_` + name + `"}` }
	for _, row := range []struct{ body, field string }{
		{`{"preset":"coach","coach":` + who("alice") + `,"coached":[` + who("bob") + `]}`, ""},
		{`{"preset":"private","participants":[` + who("alice") + `,` + who("bob") + `]}`, ""},
		{`{"preset":"interpreter","interpreter":` + who("alice") + `,"speaker":` + who("bob") + `,"listeners":[` + who("carol") + `]}`, ""},
		{`{"preset":"pairs","pairs":[{"listener":` + who("alice") + `,"speaker":` + who("bob") + `}]}`, ""},
		{`{"preset":"all"}`, ""},
		{`{}`, "preset"},
		{`{"preset":"some"}`, "preset"},
		{`{"preset":"coach","coached":[` + who("bob") + `]}`, "coach"},
		{`{"preset":"coach","coach":` + who("bob") + `}`, "coached"},
		{`{"preset":"coach","coach":` + who("bob") + `,"coached":[` + who("bob") + `]}`, "coached"},
		{`{"preset":"private","participants":[null]}`, "participants[0]"},
		{`{"preset":"interpreter","interpreter":` + who("bob") + `,"speaker":` + who("bob") + `,"listeners":[` + who("carol") + `]}`, "speaker"},
		{`{"preset":"interpreter","interpreter":` + who("alice") + `,"speaker":` + who("bob") + `,"listeners":[` + who("bob") + `]}`, "listeners"},
		{`{"preset":"pairs","pairs":[{"listener":` + who("bob") + `}]}`, "pairs[0].speaker"},
		{`{"preset":"pairs","pairs":[{"listener":` + who("bob") + `,"speaker":` + who("bob") + `}]}`, "pairs[0]"},
		{`{"preset":"all","coach":` + who("bob") + `}`, "coach"},
	} {
		r := d.ask("PUT", cn+"/audioRouting", row.body)
		if row.field != "" {
			d.refused(r, 400, "8523")
			if !strings.Contains(string(r.body), `"target":"`+row.field+`"`) {
				t.Errorf("%s: %s", row.body, r.body)
			}
			continue
		}
		if r.StatusCode != 200 {
			t.Fatalf("%s: %s %s", row.body, r.Status, r.body)
		}
		read := d.ask("GET", cn+"/audioRouting?minSequence=1&"+version, "")
		if !slices.Equal(read.body, r.body) {
			t.Errorf("%s, put %s", read.body, r.body)
		}
	}
}
