package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
)

const ofRooms = "api-version=2025-03-13"

// inRoom asks for something about rooms and wants that status.
func (d *desk) inRoom(status int, method, target, body string) map[string]any {
	d.Helper()
	query := "?" + ofRooms
	if strings.Contains(target, "?") {
		query = ""
	}
	var headers []string
	if method == "PATCH" {
		headers = []string{"Content-Type", "application/merge-patch+json"}
	}
	r := d.ask(method, target+query, body, headers...)
	if r.StatusCode != status {
		d.Fatalf("%s %s: %s %s", method, target, r.Status, r.body)
	}
	into := map[string]any{}
	if len(r.body) > 0 {
		d.must(json.Unmarshal(r.body, &into))
	}
	return into
}

// newRoom makes a room with alice as its Presenter.
func (d *desk) newRoom() string {
	d.Helper()
	made := d.inRoom(201, "POST", "/rooms", `{"participants":{"8:acs:r_alice":{"role":"Presenter"}}}`)
	id, _ := made["id"].(string)
	return "/rooms/" + id
}

// enters lets somebody join the call of a room.
func (d *desk) enters(path string, id identity.ID, lobby bool) *phone {
	d.Helper()
	l := &phone{}
	_, err := d.calls.Join(d.Context(), call.Joining{
		Leg: l, Room: strings.TrimPrefix(path, "/rooms/"), From: id, Name: "A guest", Role: call.Attendee, Lobby: lobby,
	})
	d.must(err)
	return l
}

func TestARoomIsMadeReadChangedAndDeleted(t *testing.T) {
	d := newDesk(t)
	made := d.inRoom(201, "POST", "/rooms", `{"validFrom":"2030-01-01T00:00:00Z","validUntil":"2030-02-01T01:00:00+01:00","pstnDialOutEnabled":true,
		"participants":{"8:acs:r_alice":{"role":"Presenter"},"8:acs:r_bob":{},"8:acs:r_carol":null}}`)
	path := "/rooms/" + made["id"].(string)
	for name, want := range map[string]any{
		"validFrom": "2030-01-01T00:00:00Z", "validUntil": "2030-02-01T00:00:00Z", "pstnDialOutEnabled": true,
	} {
		if made[name] != want {
			t.Errorf("%s: %v, want %v", name, made[name], want)
		}
	}
	link, _ := made["meetingLink"].(string)
	if !strings.HasPrefix(link, d.URL+"/#meeting/") || len(made["meetingId"].(string)) != 12 || len(made["passcode"].(string)) != 6 || made["createdAt"] == nil {
		t.Errorf("%v", made)
	}
	if read := d.inRoom(200, "GET", path, ""); fmt.Sprint(read) != fmt.Sprint(made) {
		t.Errorf("%v, made %v", read, made)
	}
	changed := d.inRoom(200, "PATCH", path, `{"pstnDialOutEnabled":false,"validUntil":null}`)
	if changed["pstnDialOutEnabled"] != false || changed["validUntil"] != made["validUntil"] {
		t.Errorf("%v", changed)
	}
	d.inRoom(200, "PATCH", path+"/participants", `{"participants":{"8:acs:r_alice":null,"8:acs:r_bob":{"role":"Consumer"},"8:acs:r_dave":{"role":"Collaborator"}}}`)
	list := d.inRoom(200, "GET", path+"/participants", "")
	want := `[map[rawId:8:acs:r_bob role:Consumer] map[rawId:8:acs:r_dave role:Collaborator]]`
	if got := fmt.Sprint(list["value"]); got != want || list["nextLink"] != nil {
		t.Errorf("%v", list)
	}
	d.inRoom(204, "DELETE", path, "")
	for _, row := range [][3]string{
		{"GET", path, ""},
		{"PATCH", path, "{}"},
		{"DELETE", path, ""},
		{"GET", path + "/participants", ""},
		{"PATCH", path + "/participants", `{"participants":{}}`},
		{"GET", path + "/lobby", ""},
		{"POST", path + "/lobby/:admit", `{"participants":[{"id":"8:acs:r_bob"}]}`},
	} {
		d.refused(d.ask(row[0], row[1]+"?"+ofRooms, row[2]), 404, "8522")
	}
}

func TestWhatARoomCannotBeIsNamed(t *testing.T) {
	d := newDesk(t)
	path := d.newRoom()
	for _, row := range []struct{ method, path, body, target string }{
		{"POST", "/rooms", `{"validFrom":"tomorrow"}`, "validFrom"},
		{"POST", "/rooms", `{"validUntil":"2001-01-01T00:00:00Z"}`, "validUntil"},
		{"POST", "/rooms", `{"validFrom":"2030-01-01T00:00:00Z","validUntil":"2031-01-01T00:00:00Z"}`, "validUntil"},
		{"POST", "/rooms", `{"validFrom":"9999-12-31T00:00:00Z","validUntil":"9999-12-31T23:59:59-01:00"}`, "validUntil"},
		{"POST", "/rooms", `{"participants":{"8:acs:r_bob":{},"4:+15551230001":{}}}`, `participants["4:+15551230001"]`},
		{"POST", "/rooms", `{"participants":{"8:acs:r_bob":{"role":"King"}}}`, `participants["8:acs:r_bob"].role`},
		{"POST", "/rooms", `{"participants":{"":{}}}`, "participants"},
		{"POST", "/rooms", `{"pstnDialOutEnabled":"yes"}`, "pstnDialOutEnabled"},
		{"PATCH", path, `{"validUntil":"2001-01-01T00:00:00Z"}`, "validUntil"},
		{"PATCH", path + "/participants", `{}`, "participants"},
		{"PATCH", path + "/participants", `{"participants":{"8:acs:r_bob":{},"8:orgid:x":{}}}`, `participants["8:orgid:x"]`},
		{"GET", "/rooms?after=!&" + ofRooms, "", "after"},
		{"GET", "/rooms?after=AAAA&" + ofRooms, "", "after"},
		{"GET", "/rooms?limit=0&" + ofRooms, "", "limit"},
	} {
		target := row.path
		if !strings.Contains(target, "?") {
			target += "?" + ofRooms
		}
		r := d.ask(row.method, target, row.body)
		d.refused(r, 400, "8523")
		var e envelope
		if err := json.Unmarshal(r.body, &e); err != nil || e.Error.Target != row.target {
			t.Errorf("%s %s: %s names %q", row.method, row.body, r.body, e.Error.Target)
		}
	}
	list := d.inRoom(200, "GET", path+"/participants", "")
	if got := fmt.Sprint(list["value"]); got != "[map[rawId:8:acs:r_alice role:Presenter]]" {
		t.Errorf("somebody is on the list: %s", got)
	}
}

// TestListsOfRoomsAndPeopleComeInPages follows the links as SDKs do: as they
// are, freshly signed.
func TestListsOfRoomsAndPeopleComeInPages(t *testing.T) {
	d := newDesk(t)
	var path string
	for range 5 {
		path = d.newRoom()
	}
	var crowd []string
	for i := range 7 {
		crowd = append(crowd, fmt.Sprintf(`"8:acs:r_a b~*%d":{}`, i))
	}
	d.inRoom(200, "PATCH", path+"/participants", `{"participants":{`+strings.Join(crowd, ",")+`}}`)
	for target, want := range map[string]int{"/rooms?limit=2&" + ofRooms: 5, path + "/participants?limit=3&" + ofRooms: 8} {
		seen, pages := map[string]bool{}, 0
		for target != "" {
			if query := target[strings.Index(target, "?")+1:]; pages > 0 && reserialise(query) != query {
				t.Errorf("the query %q is spelled anew as %q", query, reserialise(query))
			}
			page := d.inRoom(200, "GET", target, "")
			for _, v := range page["value"].([]any) {
				seen[fmt.Sprint(v)] = true
			}
			next, _ := page["nextLink"].(string)
			if next != "" && (!strings.HasPrefix(next, d.URL+"/rooms") || !strings.Contains(next, ofRooms)) {
				t.Errorf("the next page is at %s", next)
			}
			target = strings.TrimPrefix(next, d.URL)
			pages++
		}
		if len(seen) != want || pages != 3 {
			t.Errorf("%d on %d pages, want %d", len(seen), pages, want)
		}
	}
}

func TestARetriedRoomIsOneRoom(t *testing.T) {
	d := newDesk(t)
	headers := []string{headerRepeatID, uuid.NewString(), headerFirstSent, time.Now().UTC().Format(http.TimeFormat)}
	first := d.ask("POST", "/rooms?"+ofRooms, "", headers...)
	again := d.ask("POST", "/rooms?"+ofRooms, "", headers...)
	if first.StatusCode != 201 || string(first.body) != string(again.body) {
		t.Errorf("%s %s\n%s %s", first.Status, first.body, again.Status, again.body)
	}
	if all, _ := d.rooms.List(room.Cursor{}, 10); len(all) != 1 {
		t.Errorf("%d rooms", len(all))
	}
}

func TestWhoWaitsInTheLobbyIsLetInSentAwayOrSentBack(t *testing.T) {
	d := newDesk(t)
	path := d.newRoom()
	if list := d.inRoom(200, "GET", path+"/lobby", ""); fmt.Sprint(list) != "map[value:[]]" {
		t.Errorf("before anybody came: %v", list)
	}
	d.refused(d.ask("POST", path+"/lobby/:admit", `{"participants":[{"rawId":"8:acs:r_bob"}]}`), 404, "8522")
	d.enters(path, alice, false)
	d.enters(path, bob, true)
	d.enters(path, "8:acs:r_carol", true)
	waiting := func(n int) string {
		t.Helper()
		var value []any
		if !waits(t.Context(), 5*time.Second, func() bool {
			value, _ = d.inRoom(200, "GET", path+"/lobby", "")["value"].([]any)
			return len(value) == n
		}) {
			t.Fatalf("waiting: %v, want %d", value, n)
		}
		return fmt.Sprint(value)
	}
	if got := waiting(2); !strings.Contains(got, "rawId:8:acs:r_bob") || !strings.Contains(got, "A guest") {
		t.Errorf("waiting: %s", got)
	}
	d.refused(d.ask("POST", path+"/lobby/:admit", `{"participants":[{"rawId":"8:acs:r_bob"},{"rawId":"8:acs:r_dave"}]}`), 404, "8522")
	waiting(2)
	d.refused(d.ask("POST", path+"/lobby/:admit", `{"participants":[]}`), 400, "8523")
	d.inRoom(204, "POST", path+"/lobby/:admit", `{"participants":[{"rawId":"8:acs:r_bob"}]}`)
	d.inRoom(204, "POST", path+"/lobby/:reject", `{"participants":[{"communicationUser":{"id":"8:acs:r_carol"}}]}`)
	waiting(0)
	if !waits(t.Context(), 5*time.Second, func() bool { return strings.Contains(fmt.Sprint(d.calls.Calls()[0].Members), "r_bob") }) {
		t.Fatal("bob is not in the call")
	}
	d.inRoom(204, "POST", path+"/lobby/:return", `{"participants":[{"rawId":"8:acs:r_bob"}]}`)
	waiting(1)
}

func TestARoomThatIsDeletedOrLeftByTheListIsLeftInTheCall(t *testing.T) {
	d := newDesk(t)
	path := d.newRoom()
	d.inRoom(200, "PATCH", path+"/participants", `{"participants":{"8:acs:r_bob":{}}}`)
	d.enters(path, alice, false)
	d.enters(path, bob, false)
	people := func() string {
		all := d.calls.Calls()
		if len(all) == 0 {
			return ""
		}
		var list []string
		for _, m := range all[0].Members {
			list = append(list, string(m.Identity)+" "+string(m.Role))
		}
		return strings.Join(list, ", ")
	}
	become := func(want string) {
		t.Helper()
		if !waits(t.Context(), 5*time.Second, func() bool { return people() == want }) {
			t.Fatalf("in the call: %s, want %s", people(), want)
		}
	}
	become("8:acs:r_alice Attendee, 8:acs:r_bob Attendee")
	d.inRoom(200, "PATCH", path+"/participants", `{"participants":{"8:acs:r_bob":{"role":"Consumer"}}}`)
	become("8:acs:r_alice Attendee, 8:acs:r_bob Consumer")
	d.inRoom(200, "PATCH", path+"/participants", `{"participants":{"8:acs:r_bob":null}}`)
	become("8:acs:r_alice Attendee")
	d.inRoom(204, "DELETE", path, "")
	become("")
}

func TestRoomsAreDescribedAsTheyAre(t *testing.T) {
	d := newDesk(t)
	doc := document(t, d)
	one := d.newRoom()
	d.enters(one, alice, false)
	d.enters(one, bob, true)
	for _, row := range []struct{ method, path, target, body string }{
		{"POST", "/rooms", "/rooms", `{"validFrom":null,"participants":{"8:acs:r_bob":{"role":"Consumer"}}}`},
		{"GET", "/rooms", "/rooms", ""},
		{"GET", "/rooms/{roomId}", one, ""},
		{"PATCH", "/rooms/{roomId}", one, `{"pstnDialOutEnabled":true}`},
		{"GET", "/rooms/{roomId}/participants", one + "/participants", ""},
		{"PATCH", "/rooms/{roomId}/participants", one + "/participants", `{"participants":{"8:acs:r_bob":{},"8:acs:r_carol":null}}`},
		{"GET", "/rooms/{roomId}/lobby", one + "/lobby", ""},
		{"POST", "/rooms/{roomId}/lobby/:reject", one + "/lobby/:reject", `{"participants":[{"rawId":"8:acs:r_bob"}]}`},
		{"GET", "/calling/calls", "/calling/calls", ""},
		{"DELETE", "/rooms/{roomId}", one, ""},
	} {
		query := ofRooms
		if strings.HasPrefix(row.path, "/calling") {
			query = version
		}
		conforms(t, d, doc, row.method, row.path, row.target+"?"+query, row.body)
	}
}
