package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/media/measure"
)

// meeting is what a room's answer says about how to come in.
type meeting struct {
	ID        string `json:"id"`
	MeetingID string `json:"meetingId"`
	Passcode  string `json:"passcode"`

	MeetingLink string `json:"meetingLink"`
}

// room makes a room of which one user is the presenter.
func (s server) room(t *testing.T, presenter string) meeting {
	t.Helper()
	made, err := s.ask(t.Context(), http.MethodPost, "/rooms?api-version=2025-03-13", map[string]any{
		"participants": map[string]any{presenter: map[string]string{"role": "Presenter"}},
	})
	if err != nil || made.status != http.StatusCreated {
		t.Fatalf("making a room: %d %s %v", made.status, made.body, err)
	}
	var m meeting
	if err := made.decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

// enter joins what a locator of the calling API names.
func (p *tab) enter(locator map[string]string) {
	p.t.Helper()
	named, err := json.Marshal(locator)
	if err != nil {
		p.t.Fatal(err)
	}
	run[bool](p, fmt.Sprintf("phone.agent.join(%s); true", named))
}

// unmuffled lets the page send its microphone whatever the client wishes, as
// somebody would who walks around the lobby.
func (p *tab) unmuffled() {
	p.t.Helper()
	run[bool](p, "Object.defineProperty(MediaStreamTrack.prototype, 'enabled', { get: () => true, set() {} }); true")
}

// waiting are the raw ids of who waits in the lobby, once somebody does.
func (p *tab) waiting() []string {
	p.t.Helper()
	return run[[]string](p, `new Promise((resolve, reject) => {
		const { lobby } = phone.call();
		const late = setTimeout(() => reject(new Error('nobody waits')), 20000);
		const look = () => {
			if (lobby.participants.length === 0) return;
			clearTimeout(late);
			resolve(lobby.participants.map((who) => phone.api.getIdentifierRawId(who.identifier)));
		};
		lobby.on('lobbyParticipantsUpdated', look);
		look();
	})`)
}

// decide lets a presenter's client admit, reject or return somebody.
func (p *tab) decide(what, user string) {
	p.t.Helper()
	run[bool](p, fmt.Sprintf("phone.call().lobby.%s(phone.api.createIdentifierFromRawId(%q)).then(() => true)", what, user))
}

// isSilent fails the test if anything is heard in the two seconds that follow
// what the page may still have had in its buffer.
func (p *tab) isSilent(who, when string) {
	p.t.Helper()
	p.mark(when)
	heard := p.heard(when, 3*time.Second).between(time.Second, 3*time.Second)
	if level := measure.LevelDBFS(heard); level > audible {
		p.t.Errorf("%s, %s: something is heard at %.0f dBFS", who, when, level)
	}
}

// hearsTone fails the test unless a tone is what is heard from now on.
func (p *tab) hearsTone(who, when string, hz float64, others ...float64) {
	p.t.Helper()
	p.mark(when)
	isTone(p.t, who+", "+when, p.heard(when, 4*time.Second).between(time.Second, 4*time.Second), hz, others...)
}

func TestNobodyInTheLobbyHearsOrIsHeard(t *testing.T) {
	s := serve(t)
	paula, paulaID := ring(t, s, "Paula", 440)
	gus, gusID := ring(t, s, "Gus", 620)
	m := s.room(t, paulaID)
	gus.unmuffled()

	gus.enter(map[string]string{"meetingId": m.MeetingID, "passcode": "wrong!"})
	gus.reach("Disconnected")
	if why := gus.endReason(); why.Code != 404 || why.Subcode != 8561 {
		t.Errorf("a wrong passcode is answered with %+v", why)
	}
	gus.enter(map[string]string{"roomId": m.ID})
	gus.reach("Disconnected")
	if why := gus.endReason(); why.Code != 403 || why.Subcode != 5828 {
		t.Errorf("who is not on the list is told %+v", why)
	}

	gus.enter(map[string]string{"meetingId": m.MeetingID, "passcode": m.Passcode})
	gus.reach("InLobby")
	paula.enter(map[string]string{"roomId": m.ID})
	paula.reach("Connected")
	if who := paula.waiting(); !slices.Equal(who, []string{gusID}) {
		t.Fatalf("%v wait, not %s", who, gusID)
	}
	if others := gus.others(); len(others) > 0 {
		t.Errorf("who waits sees %v", others)
	}
	paula.isSilent("Paula", "while somebody waits")
	gus.isSilent("Gus", "while waiting")

	paula.decide("admit", gusID)
	gus.reach("Connected")
	paula.hearsTone("Paula", "after admitting", 620, 440)
	gus.hearsTone("Gus", "after being admitted", 440, 620)

	paula.decide("return", gusID)
	gus.reach("InLobby")
	paula.isSilent("Paula", "after sending back")
	gus.isSilent("Gus", "after being sent back")

	paula.decide("reject", gusID)
	gus.reach("Disconnected")
	if why := gus.endReason(); why.Code != 0 || why.Subcode != 5300 {
		t.Errorf("who is refused is told %+v", why)
	}

	// The link leads to the same door, and to no other.
	gus.enter(map[string]string{"meetingLink": m.MeetingLink + "x"})
	gus.reach("Disconnected")
	if why := gus.endReason(); why.Code != 404 || why.Subcode != 8561 {
		t.Errorf("a wrong link is answered with %+v", why)
	}
	gus.enter(map[string]string{"meetingLink": m.MeetingLink})
	gus.reach("InLobby")
	if who := paula.waiting(); !slices.Equal(who, []string{gusID}) {
		t.Fatalf("%v wait, not %s", who, gusID)
	}
	paula.isSilent("Paula", "while somebody waits who came by the link")
	paula.decide("admit", gusID)
	gus.reach("Connected")
	paula.hearsTone("Paula", "after admitting by the link", 620, 440)
	gus.hangUp()
	paula.hangUp()
}
