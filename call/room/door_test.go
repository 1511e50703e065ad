package room_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
)

func (h *house) refused(err error, code, subcode int) {
	h.Helper()
	refusal := (*room.Refusal)(nil)
	if !errors.As(err, &refusal) || refusal.Reason().Code != code || refusal.Reason().Subcode != subcode {
		h.Errorf("%v, want %d/%d", err, code, subcode)
	}
}

// admitted wants somebody to be let in so, and that it is confirmed.
func (h *house) admitted(e room.Entering, want room.Admission) {
	h.Helper()
	got, err := h.Enter(h.Context(), e)
	if err != nil {
		h.Fatalf("%s: %v", e.User, err)
	}
	entry, err := got.Confirm()
	if err != nil || entry.Role != want.Role || entry.Lobby != want.Lobby {
		h.Errorf("%s: %+v is confirmed, %v", e.User, entry, err)
	}
	if got.Confirm = nil; fmt.Sprint(got) != fmt.Sprint(want) {
		h.Errorf("%s: %+v, want %+v", e.User, got, want)
	}
}

// TestWhatChangesOnTheWayInIsConfirmedNoMore has people let in, and things
// changed before they are.
func TestWhatChangesOnTheWayInIsConfirmedNoMore(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	enter := func(user identity.ID) room.Admission {
		t.Helper()
		a, err := h.Enter(t.Context(), room.Entering{MeetingLink: r.MeetingLink, User: user})
		h.must(err)
		return a
	}
	invited, err := h.Enter(t.Context(), room.Entering{RoomID: r.ID, User: bob})
	h.must(err)
	linked, guest := enter(bob), enter(carol)
	h.must(h.Change(t.Context(), r.ID, []room.Change{{ID: bob, Role: call.Consumer}, {ID: carol, Role: call.Presenter}}))
	for a, want := range map[*room.Admission]call.Role{&invited: call.Consumer, &linked: call.Consumer, &guest: call.Presenter} {
		if entry, err := a.Confirm(); err != nil || entry != (call.Entry{Role: want}) {
			t.Errorf("%+v, %v, want %s", entry, err, want)
		}
	}
	h.must(h.Change(t.Context(), r.ID, []room.Change{{ID: bob, Remove: true}}))
	_, err = invited.Confirm()
	h.refused(err, 403, 5828)
	if entry, err := linked.Confirm(); err != nil || entry != (call.Entry{Role: call.Attendee, Lobby: true}) {
		t.Errorf("off the list, by the link: %+v, %v", entry, err)
	}
	h.pass(180 * 24 * time.Hour)
	_, err = guest.Confirm()
	h.refused(err, 403, 5829)
	h.must(h.Delete(t.Context(), r.ID))
	_, err = guest.Confirm()
	h.refused(err, 404, 8522)
}

func TestPhonesMayBeCalledWhereTheRoomSaysSoNow(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	allowed := []bool{h.DialOut(r.ID)}
	yes := true
	_, err := h.Update(t.Context(), r.ID, room.Terms{DialOut: &yes})
	h.must(err)
	allowed = append(allowed, h.DialOut(r.ID), h.DialOut("none"))
	if !slices.Equal(allowed, []bool{false, true, false}) {
		t.Errorf("before, after, in a room that is none: %v", allowed)
	}
}

func TestTheListDecidesWhoEntersByRoomID(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	h.admitted(room.Entering{RoomID: r.ID, User: alice}, room.Admission{Room: r.ID, Role: call.Presenter})
	_, err := h.Enter(t.Context(), room.Entering{RoomID: r.ID, User: carol})
	h.refused(err, 403, 5828)
	_, err = h.Enter(t.Context(), room.Entering{RoomID: r.ID, User: "8:orgid:somebody"})
	h.refused(err, 403, 5830)
	_, err = h.Enter(t.Context(), room.Entering{RoomID: "12345678901234567", User: alice})
	h.refused(err, 404, 8522)
	h.must(h.Change(t.Context(), r.ID, []room.Change{{ID: bob, Remove: true}}))
	_, err = h.Enter(t.Context(), room.Entering{RoomID: r.ID, User: bob})
	h.refused(err, 403, 5828)
}

func TestNobodyEntersARoomOutsideItsTime(t *testing.T) {
	h := newHouse(t)
	from, until := h.now.Add(time.Hour), h.now.Add(2*time.Hour)
	r, err := h.Create(t.Context(), room.Terms{ValidFrom: &from, ValidUntil: &until}, []room.Change{{ID: alice}})
	h.must(err)
	ways := []room.Entering{
		{RoomID: r.ID, User: alice},
		{MeetingLink: r.MeetingLink, User: alice},
		{MeetingLink: r.MeetingLink, User: carol},
		{MeetingID: r.MeetingID, Passcode: r.Passcode, User: carol},
	}
	for _, step := range []struct {
		open bool
		then time.Duration
	}{{false, time.Hour}, {true, time.Hour - time.Millisecond}, {true, time.Millisecond}, {false, 0}} {
		for _, way := range ways {
			_, err := h.Enter(t.Context(), way)
			if step.open {
				h.must(err)
				h.must(h.Valid(r.ID))
				continue
			}
			h.refused(err, 403, 5829)
			h.refused(h.Valid(r.ID), 403, 5829)
		}
		h.pass(step.then)
	}
}

func TestWhoKnowsTheSecretsWaitsUnlessListed(t *testing.T) {
	h := newHouse(t)
	yes := true
	r, err := h.Create(t.Context(), room.Terms{DialOut: &yes}, []room.Change{{ID: alice, Role: call.Presenter}})
	h.must(err)
	spaced := r.MeetingID[:3] + " " + r.MeetingID[3:6] + " " + r.MeetingID[6:]
	elsewhere := strings.Replace(r.MeetingLink, "botd.example", "old.example", 1)
	for _, way := range []room.Entering{
		{MeetingLink: r.MeetingLink},
		{MeetingLink: elsewhere},
		{MeetingID: r.MeetingID, Passcode: r.Passcode},
		{MeetingID: spaced, Passcode: r.Passcode},
	} {
		for user, want := range map[identity.ID]room.Admission{
			alice:              {Room: r.ID, Role: call.Presenter},
			carol:              {Room: r.ID, Role: call.Attendee, Lobby: true},
			"8:orgid:somebody": {Room: r.ID, Role: call.Attendee, Lobby: true},
		} {
			way.User = user
			h.admitted(way, want)
		}
	}
}

func TestSecretsThatAreWrongOpenNothingAndSayNothing(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	flipped := strings.Map(func(c rune) rune {
		if lower := strings.ToLower(string(c)); lower != string(c) {
			return []rune(lower)[0]
		}
		return []rune(strings.ToUpper(string(c)))[0]
	}, r.Passcode)
	said := map[string]bool{}
	for i, way := range []room.Entering{
		{},
		{MeetingID: r.MeetingID},
		{MeetingID: r.MeetingID, Passcode: "wrong1"},
		{MeetingID: "000000000000", Passcode: r.Passcode},
		{MeetingID: r.ID, Passcode: r.Passcode},
		{MeetingLink: "https://botd.example/#meet/"},
		{MeetingLink: r.MeetingLink + "x"},
		{MeetingLink: r.MeetingLink[:len(r.MeetingLink)-1]},
		{MeetingID: r.MeetingID, Passcode: flipped},
	} {
		if way.Passcode == r.Passcode && way.MeetingID == r.MeetingID {
			continue // a passcode of digits has no other case
		}
		way.User = identity.ID(fmt.Sprintf("8:acs:r_%d", i))
		_, err := h.Enter(t.Context(), way)
		h.refused(err, 404, 8561)
		said[err.Error()] = true
	}
	if len(said) != 1 {
		t.Errorf("refused in different words: %v", said)
	}
	for _, line := range h.logs.All() {
		written := fmt.Sprint(line.Message, line.ContextMap())
		if strings.Contains(written, r.MeetingID) || strings.Contains(written, "wrong1") || strings.Contains(written, r.Passcode) {
			t.Errorf("a secret in the log: %s", written)
		}
	}
	if h.logs.FilterMessage("a wrong passcode was tried").Len() < 4 {
		t.Errorf("%d lines in the log", h.logs.Len())
	}
}

// TestAThousandTriesNeverGetThrough has the right passcode among them, and many
// tries at once.
func TestAThousandTriesNeverGetThrough(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	var through, slowed atomic.Int64
	var all sync.WaitGroup
	try := func(passcode string) {
		_, err := h.Enter(context.Background(), room.Entering{MeetingID: r.MeetingID, Passcode: passcode, User: carol})
		refusal := (*room.Refusal)(nil)
		switch {
		case err == nil:
			through.Add(1)
		case errors.As(err, &refusal) && refusal.Reason().Code == 429 && refusal.RetryAfter() > 0 && errors.Is(err, call.ErrFull):
			slowed.Add(1)
		}
	}
	for i := range 10 {
		try(fmt.Sprint("wrong", i))
	}
	for i := range 990 {
		all.Go(func() {
			if i%100 == 99 {
				try(r.Passcode)
				return
			}
			try(fmt.Sprint("wrong", i))
		})
	}
	all.Wait()
	if through.Load() != 0 || slowed.Load() != 990 {
		t.Errorf("%d got through, %d were slowed down", through.Load(), slowed.Load())
	}
	if n := h.logs.FilterMessage("passcodes were tried too often").Len(); h.Refused() != 990 || n != 1 {
		t.Errorf("%d refused, %d lines of it in the log", h.Refused(), n)
	}
	_, err := h.Enter(t.Context(), room.Entering{MeetingID: r.MeetingID, Passcode: r.Passcode, User: bob})
	h.must(err)
	h.pass(time.Minute)
	_, err = h.Enter(t.Context(), room.Entering{MeetingID: r.MeetingID, Passcode: r.Passcode, User: carol})
	h.must(err)
}

func TestTriesAtOnceAreNotMoreThanTriesInTurn(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	var looked atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			_, err := h.Enter(context.Background(), room.Entering{MeetingID: r.MeetingID, Passcode: "wrong1", User: carol})
			if errors.Is(err, room.ErrUnknown) {
				looked.Add(1)
			}
		})
	}
	all.Wait()
	if looked.Load() != 10 {
		t.Errorf("%d passcodes were compared", looked.Load())
	}
}

func TestManyUsersWhoGuessHaveOneTryEach(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	compared := 0
	for i := range 50 {
		for range 10 {
			_, err := h.Enter(t.Context(), room.Entering{MeetingID: r.MeetingID, Passcode: "wrong1", User: identity.ID(fmt.Sprintf("8:acs:r_%d", i))})
			if errors.Is(err, room.ErrUnknown) {
				compared++
			}
		}
	}
	if want := 10*10 + 40; compared != want {
		t.Errorf("%d passcodes were compared, want %d", compared, want)
	}
	_, err := h.Enter(t.Context(), room.Entering{MeetingID: r.MeetingID, Passcode: r.Passcode, User: bob})
	h.must(err)
}

func TestRightPasscodesAreNotCounted(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	for range 100 {
		_, err := h.Enter(t.Context(), room.Entering{MeetingID: r.MeetingID, Passcode: r.Passcode, User: carol})
		h.must(err)
	}
}

// FuzzEnteringOpensNothingByChance tries anything as an id, link and passcode.
func FuzzEnteringOpensNothingByChance(f *testing.F) {
	b, err := room.Open(context.Background(), room.Config{Store: &shelf{kept: map[string][]byte{}}, Calls: &talks{}, Link: "https://botd.example/#meet/"})
	if err != nil {
		f.Fatal(err)
	}
	r, err := b.Create(context.Background(), room.Terms{}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(r.ID, "", "", "")
	f.Add("", r.MeetingLink[:40], r.MeetingID, "")
	f.Add("", "#=/", strings.Repeat(" ", 12), r.Passcode[:5])
	f.Fuzz(func(t *testing.T, id, link, meeting, passcode string) {
		knows := link == r.MeetingLink || passcode == r.Passcode
		if a, err := b.Enter(t.Context(), room.Entering{RoomID: id, MeetingLink: link, MeetingID: meeting, Passcode: passcode, User: carol}); err == nil && !knows {
			t.Errorf("%+v", a)
		}
	})
}
