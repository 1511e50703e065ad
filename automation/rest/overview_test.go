package rest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

func TestRunningCallsAreListedInPages(t *testing.T) {
	d := newDesk(t)
	for i := range 5 {
		_, err := d.calls.Join(t.Context(), call.Joining{Leg: &phone{}, Group: fmt.Sprint("g", i), From: alice})
		d.must(err)
	}
	var groups []string
	target := "/calling/calls?limit=2"
	for target != "" {
		page := d.inRoom(200, "GET", target, "")
		for _, v := range page["value"].([]any) {
			groups = append(groups, v.(map[string]any)["groupId"].(string))
		}
		next, _ := page["nextLink"].(string)
		target = strings.TrimPrefix(next, d.URL)
	}
	if got := strings.Join(groups, " "); got != "g0 g1 g2 g3 g4" {
		t.Errorf("listed %s", got)
	}
	d.refused(d.ask("GET", "/calling/calls?after=x", ""), 400, "8523")
}

func TestACallIsDescribedWhileItRunsAndFromItsLogWhenItIsOver(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	p := d.ok(200, "GET", cn, "")
	target := "/calling/calls/" + p["serverCallId"].(string)
	d.ok(202, "POST", cn+"/participants:add", `{"participantToAdd":{"id":"echo"}}`)
	running := d.inRoom(200, "GET", target+"?", "")
	seat := running["connections"].([]any)[0].(map[string]any)
	who := running["participants"].([]any)[1].(map[string]any)
	if running["state"] != "active" || running["correlationId"] != p["correlationId"] || seat["callConnectionId"] != p["callConnectionId"] || seat["callConnectionState"] != "connected" || seat["kind"] != "create" {
		t.Errorf("%v", running)
	}
	if who["state"] != "Connected" || who["endpointType"] != "fake" || !strings.Contains(fmt.Sprint(who["identifier"]), "r_bob") || len(running["invitations"].([]any)) != 1 {
		t.Errorf("%v", running)
	}
	d.ok(204, "POST", cn+":terminate", "")
	var over map[string]any
	if !waits(t.Context(), 5*time.Second, func() bool {
		over = d.inRoom(200, "GET", target+"?minSequence=5", "")
		return over["endedAt"] != nil
	}) {
		t.Fatalf("%v", over)
	}
	if over["state"] != "ended" || !strings.Contains(fmt.Sprint(over["reason"]), "subCode:7000") || over["startedAt"] == nil || over["correlationId"] != p["correlationId"] {
		t.Errorf("%v", over)
	}
	seat = over["connections"].([]any)[0].(map[string]any)
	if seat["callConnectionState"] != "disconnected" || seat["callbackUri"] != p["callbackUri"] {
		t.Errorf("%v", seat)
	}
	for _, v := range over["participants"].([]any) {
		if m := v.(map[string]any); m["state"] != "Disconnected" || m["reason"] == nil {
			t.Errorf("%v", m)
		}
	}
	d.refused(d.ask("GET", "/calling/calls/none", ""), 404, "8522")
	why := d.inRoom(200, "GET", target+"/why", "")
	if because, _ := why["because"].([]any); why["ended"] != true || why["reason"] == nil || len(because) < 5 {
		t.Errorf("%v", why)
	}
	d.refused(d.ask("GET", "/calling/calls/none/why", ""), 404, "8522")
	d.refused(d.ask("GET", target+"?minSequence=1000000", ""), 412, "8583")
	d.refused(d.ask("GET", target+"?minSequence=x", ""), 400, "8523")
}

// poor says that somebody's quality is that of the phone.
func poor(participant any) bool {
	p, _ := participant.(map[string]any)
	q, _ := p["quality"].(map[string]any)
	in, _ := q["in"].(map[string]any)
	return q["codec"] == "opus" && in["lostPercent"] == 4.0 && in["mos"] == 3.4 && in["grade"] == "poor"
}

func TestHowItSoundsIsReadWhileItRunsAndWhenItIsOver(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	target := "/calling/calls/" + d.ok(200, "GET", cn, "")["serverCallId"].(string)
	for _, page := range []map[string]any{
		d.inRoom(200, "GET", target+"?", ""),
		d.inRoom(200, "GET", "/calling/calls?", "")["value"].([]any)[0].(map[string]any),
	} {
		people := page["participants"].([]any)
		if poor(people[0]) || !poor(people[1]) {
			t.Errorf("%v", people)
		}
	}
	d.ok(204, "POST", cn+":terminate", "")
	var people []any
	if !waits(t.Context(), 5*time.Second, func() bool {
		over := d.inRoom(200, "GET", target+"?minSequence=5", "")
		people, _ = over["participants"].([]any)
		return over["endedAt"] != nil
	}) || poor(people[0]) || !poor(people[1]) {
		t.Errorf("%v", people)
	}
}

func TestAReadAfterAnActionIsNotOlderThanIt(t *testing.T) {
	d := newDesk(t)
	path := d.newRoom()
	d.enters(path, alice, false)
	id := d.calls.Calls()[0].ID
	for i := range 5 {
		d.enters(path, identity.ID(fmt.Sprint("8:acs:r_", i)), false)
		var last uint64
		for _, r := range d.book.find(1000, func(r call.Record) bool { return r.Call == id }) {
			last = r.CallSequence
		}
		read := d.inRoom(200, "GET", fmt.Sprintf("/calling/calls/%s?minSequence=%d", id, last), "")
		if people, _ := read["participants"].([]any); len(people) != i+2 {
			t.Errorf("%d people after %d joined", len(people), i+2)
		}
	}
}
