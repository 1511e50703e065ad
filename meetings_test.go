package botd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/leg/browser"
	"github.com/botd-dev/botd/media"
)

const roomsVersion = "?api-version=2025-03-13"

// caller is a leg whose media flows as soon as it may.
type caller struct {
	p    *call.Participant
	pair *media.Pair
}

func (l *caller) Kind() string               { return "test" }
func (l *caller) Attach(p *call.Participant) { l.p = p }
func (l *caller) Accept()                    { go l.p.Connected() }
func (l *caller) Port() media.Port           { return l.pair }
func (l *caller) Show(call.Roster)           {}
func (l *caller) Mute()                      {}
func (l *caller) Unmute()                    {}
func (l *caller) Hangup(call.Reason)         { l.pair.Close() }

// joins lets somebody into the call of a group.
func joins(t *testing.T, s *Server, group string, who identity.ID) *caller {
	t.Helper()
	l := &caller{pair: media.NewPair()}
	if _, err := s.Calls().Join(t.Context(), call.Joining{Leg: l, Group: group, From: who}); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestARoomAndItsSecretsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	here := func(c *Config) { c.DataDir, c.MeetingLink = dir, "https://meet.example/join" }
	s := start(t, here)
	status, made := ask(t, s, http.MethodPost, "/rooms"+roomsVersion, `{"participants":{"8:acs:r_alice":{"role":"Presenter"}}}`, nil)
	var r struct{ ID, MeetingLink, MeetingID, Passcode string }
	if err := json.Unmarshal(made, &r); err != nil || status != http.StatusCreated {
		t.Fatalf("%d %s %v", status, made, err)
	}
	if !strings.HasPrefix(r.MeetingLink, "https://meet.example/join/") {
		t.Errorf("the link is %s", r.MeetingLink)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	s = start(t, here)
	defer func() { _ = s.Stop(t.Context()) }()
	if status, read := ask(t, s, http.MethodGet, "/rooms/"+r.ID+roomsVersion, "", nil); status != http.StatusOK || string(read) != string(made) {
		t.Errorf("%d %s, made %s", status, read, made)
	}
	for _, row := range []struct {
		user identity.ID
		door browser.Door
		want string
	}{
		{"8:acs:r_alice", browser.Door{RoomID: r.ID}, "Presenter false <nil>"},
		{"8:acs:r_alice", browser.Door{MeetingLink: r.MeetingLink}, "Presenter false <nil>"},
		{"8:acs:r_bob", browser.Door{MeetingID: r.MeetingID, Passcode: r.Passcode}, "Attendee true <nil>"},
		{"8:acs:r_bob", browser.Door{RoomID: r.ID}, " false enter the room: 403/5828 The participant is not on the room's list."},
		{"8:acs:r_bob", browser.Door{MeetingID: r.MeetingID, Passcode: "nothing"}, " false enter the room: 404/8561 There is no meeting of that link, or of that id and passcode."},
	} {
		a, err := s.enter(t.Context(), row.user, row.door)
		if got := fmt.Sprint(a.Role, " ", a.Lobby, " ", err); got != row.want {
			t.Errorf("%s by %s: %s, want %s", row.user, row.door, got, row.want)
		}
		if _, told := err.(interface{ Reason() call.Reason }); err != nil && !told { //nolint:errorlint // as it comes
			t.Errorf("no reason for the client: %v", err)
		}
	}
}

// TestThousandsOfPeopleFitIntoARoom puts them into the store in one request.
func TestThousandsOfPeopleFitIntoARoom(t *testing.T) {
	s := start(t, func(*Config) {})
	defer func() { _ = s.Stop(t.Context()) }()
	people := make([]string, 6000)
	for i := range people {
		people[i] = fmt.Sprintf(`"8:acs:11111111-1111-4111-8111-111111111111_22222222-2222-4222-8222-%012d":{"role":"Consumer"}`, i)
	}
	status, body := ask(t, s, http.MethodPost, "/rooms"+roomsVersion, `{"participants":{`+strings.Join(people, ",")+`}}`, nil)
	var r struct{ ID string }
	if err := json.Unmarshal(body, &r); err != nil || status != http.StatusCreated {
		t.Fatalf("%d %s %v", status, body, err)
	}
	seen := 0
	for path := "/rooms/" + r.ID + "/participants" + roomsVersion + "&limit=1000"; path != ""; {
		status, body := ask(t, s, http.MethodGet, path, "", nil)
		var page struct {
			Value    []struct{ RawID, Role string }
			NextLink string
		}
		if err := json.Unmarshal(body, &page); err != nil || status != http.StatusOK {
			t.Fatalf("%d %s %v", status, body, err)
		}
		seen += len(page.Value)
		path = strings.TrimPrefix(page.NextLink, s.publicURL())
	}
	if seen != len(people) {
		t.Errorf("%d of %d", seen, len(people))
	}
}

func TestABotOfTheProgramIsSentToARunningCall(t *testing.T) {
	s := start(t, func(*Config) {})
	defer func() { _ = s.Stop(t.Context()) }()
	joins(t, s, "team", "8:acs:r_alice")
	if err := s.Send("patient", bot.Place{Group: "team"}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the bot", func() bool {
		members := s.Calls().Calls()[0].Members
		return len(members) == 2 && members[1].Identity == "patient" && members[1].State == call.Present
	})
}

// TestACallHearsAFillerWhileNobodyTakesItsEvents has a callback at which nobody
// listens, and hears what the caller hears.
func TestACallHearsAFillerWhileNobodyTakesItsEvents(t *testing.T) {
	s := start(t, func(c *Config) { c.FillerAfter = 100 * time.Millisecond })
	defer func() { _ = s.Stop(t.Context()) }()
	l := joins(t, s, "team", "8:acs:r_alice")
	status, body := ask(t, s, http.MethodPost, "/calling/callConnections:connect?api-version=2026-03-12",
		`{"callLocator":{"kind":"groupCallLocator","groupCallId":"team"},"callbackUri":"http://127.0.0.1:1/"}`, nil)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	f := media.NewFrame(media.Rate)
	for media.Level(f) > 60 { // in -dBov; silence is 127
		if err := l.pair.Speaker().Read(f); err != nil {
			t.Fatal(err)
		}
	}
}

// waitFor waits until something is so.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatalf("waiting for %s", what)
		}
	}
}
