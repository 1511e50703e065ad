package e2e

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/botd-dev/botd/call"
)

// guesses is what became of tries of passcodes.
type guesses struct{ wrong, slowed, other atomic.Int64 }

// guess tries passcodes from one socket. No try has a session description: even
// the right one would not come in by it.
func (g *guesses) guess(who *guest, m meeting, passcodes []string) {
	for _, passcode := range passcodes {
		answer := who.ask("join", map[string]any{"meetingId": m.MeetingID, "passcode": passcode})
		switch {
		case answer.Code == 404 && answer.Subcode == 8561:
			g.wrong.Add(1)
		case answer.Code == 429 && answer.Subcode == 8516:
			g.slowed.Add(1)
		default:
			g.other.Add(1)
		}
	}
}

// wrongOnes are n passcodes of the right form, none of which is the meeting's;
// the last is the right one, for somebody who is too late with it.
func wrongOnes(m meeting, n int) []string {
	var list []string
	for i := 0; len(list) < n-1; i++ {
		if passcode := fmt.Sprintf("w%05d", i); passcode != m.Passcode {
			list = append(list, passcode)
		}
	}
	return append(list, m.Passcode)
}

// TestAThousandPasscodesOpenNothing has one user try them from ten sockets at
// once, as fast as they go, and then fifty users twenty each.
func TestAThousandPasscodesOpenNothing(t *testing.T) {
	h := openHouse(t)
	ann, bob := h.newUser(), h.newUser()
	m := h.newRoom(nil, map[string]call.Role{ann.id: call.Presenter, bob.id: call.Attendee})

	mallory := h.newUser()
	var alone guesses
	var all sync.WaitGroup
	for range 10 {
		g := h.enter(mallory)
		all.Go(func() { alone.guess(g, m, wrongOnes(m, 100)) })
	}
	all.Wait()
	// Ten in a minute are looked at. A slow machine may need a second minute.
	if n := alone.wrong.Load(); n < 10 || n > 20 || alone.other.Load() != 0 || alone.slowed.Load() != 1000-n {
		t.Errorf("of a thousand tries %d were looked at, %d slowed down, %d something else", n, alone.slowed.Load(), alone.other.Load())
	}

	var crowd guesses
	for range 50 {
		g := h.enter(h.newUser())
		all.Go(func() { crowd.guess(g, m, wrongOnes(m, 20)) })
	}
	all.Wait()
	// The first hundred for the meeting, and then one for each user.
	if n := crowd.wrong.Load(); n < 50 || n > 2*(100+50) || crowd.other.Load() != 0 || crowd.slowed.Load() != 1000-n {
		t.Errorf("of fifty users' tries %d were looked at, %d slowed down, %d something else", n, crowd.slowed.Load(), crowd.other.Load())
	}

	// Those who know the passcode come in while that goes on.
	b := h.enter(bob)
	b.join(map[string]any{"meetingId": m.MeetingID, "passcode": m.Passcode})
	b.reach("Connected")
	if n := len(h.callOf(m.ID).Members); n != 1 {
		t.Errorf("%d are in the room, want the one invited", n)
	}
	h.logged("a wrong passcode was tried", mallory.id)
	h.logged("passcodes were tried too often", mallory.id)
	slowed := alone.slowed.Load() + crowd.slowed.Load()
	if n := h.counted("botd_refused_total", `limit="passcodes"`); int64(n) != slowed {
		t.Errorf("%d tries were counted as too many, want %d", n, slowed)
	}
	looked := alone.wrong.Load() + crowd.wrong.Load() + 1
	if n := h.counted("botd_passcodes_compared_total", ""); int64(n) != looked {
		t.Errorf("%d passcodes were compared, want %d", n, looked)
	}
	h.silentAbout(m.MeetingID, m.Passcode, "w00001")
}

// TestAMeetingThatIsNotThereIsAnsweredLikeAWrongPasscode compares the two
// answers word for word, and what was done for them: one comparison, whether
// there is something to compare with or not. Whoever has only the id learns
// nothing, not even by the time that it takes.
func TestAMeetingThatIsNotThereIsAnsweredLikeAWrongPasscode(t *testing.T) {
	h := openHouse(t)
	m := h.newRoom(nil, nil)
	g := h.enter(h.newUser())
	answers := map[string]bool{}
	for i, door := range []map[string]any{
		{"meetingId": m.MeetingID, "passcode": "wrong1"},
		{"meetingId": m.MeetingID},
		{"meetingId": "000000000000", "passcode": m.Passcode},
		{"meetingId": m.ID, "passcode": m.Passcode},
	} {
		answer := g.ask("join", door)
		answer.Ref = nil
		answers[raw(answer)] = true
		if n := h.counted("botd_passcodes_compared_total", ""); n != i+1 {
			t.Errorf("after %d tries %d passcodes were compared", i+1, n)
		}
	}
	answer := g.ask("join", map[string]any{"meetingLink": m.MeetingLink + "x"})
	answer.Ref = nil
	answers[raw(answer)] = true
	if len(answers) != 1 {
		t.Errorf("answered in different words: %v", answers)
	}
	h.silentAbout(m.MeetingID, m.Passcode, m.MeetingLink, "wrong1")
}
