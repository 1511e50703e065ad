package room_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
)

const (
	alice identity.ID = "8:acs:r_alice"
	bob   identity.ID = "8:acs:r_bob"
	carol identity.ID = "8:acs:r_carol"
)

// shelf is a store in memory. What it is told while it is broken it does if
// secretly is set, and fails all the same.
type shelf struct {
	mu       sync.Mutex
	kept     map[string][]byte
	broken   error
	secretly bool
}

func (s *shelf) Get(_ context.Context, key string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, found := s.kept[key]
	return data, found, s.broken
}

func (s *shelf) Put(_ context.Context, key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil || s.secretly {
		s.kept[key] = value
	}
	return s.broken
}

func (s *shelf) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil || s.secretly {
		delete(s.kept, key)
	}
	return s.broken
}

func (s *shelf) All(context.Context) (map[string][]byte, error) { return s.kept, s.broken }

func (s *shelf) fail(err error, secretly bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken, s.secretly = err, secretly
}

// talks write down what they are told. busy, if set, is asked before.
type talks struct {
	mu   sync.Mutex
	told []string
	busy func(call.Role)
}

func (t *talks) Assign(_ context.Context, room string, id identity.ID, role call.Role) error {
	if t.busy != nil {
		t.busy(role)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.told = append(t.told, fmt.Sprintf("%s is %s", id, role))
	return nil
}

func (t *talks) Expel(_ context.Context, room string, id identity.ID, why call.Reason) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.told = append(t.told, fmt.Sprintf("%s leaves with %d/%d", id, why.Code, why.Subcode))
	return nil
}

func (t *talks) Vacate(_ context.Context, room string, why call.Reason) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.told = append(t.told, fmt.Sprintf("everybody leaves %s with %d/%d", room, why.Code, why.Subcode))
	return nil
}

func (t *talks) heard() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	told := t.told
	t.told = nil
	return told
}

// house is a book with everything around it faked.
type house struct {
	*testing.T
	*room.Book
	shelf *shelf
	talks *talks
	logs  *observer.ObservedLogs
	core  zapcore.Core

	mu  sync.Mutex
	now time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, shelf: &shelf{kept: map[string][]byte{}}, talks: &talks{}, now: time.Date(2030, 5, 1, 10, 0, 0, 0, time.UTC)}
	h.core, h.logs = observer.New(zapcore.DebugLevel)
	h.open()
	return h
}

// open reads the book anew, as a start of the server does.
func (h *house) open() {
	h.Helper()
	b, err := room.Open(h.Context(), room.Config{
		Store: h.shelf, Calls: h.talks, Link: "https://botd.example/#meet/", Now: h.clock, Log: zap.New(h.core),
	})
	h.must(err)
	h.Book = b
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// room makes one with alice as its Presenter and bob on the list.
func (h *house) room() room.Room {
	h.Helper()
	r, err := h.Create(h.Context(), room.Terms{}, []room.Change{{ID: alice, Role: call.Presenter}, {ID: bob}})
	h.must(err)
	return r
}

func (h *house) list(id string) string {
	h.Helper()
	all, more, err := h.Members(id, "", 100)
	h.must(err)
	if more {
		h.Error("there is more")
	}
	return fmt.Sprint(all)
}

func TestARoomHasItsDefaultsAndSecretsOfItsOwn(t *testing.T) {
	h := newHouse(t)
	a, b := h.room(), h.room()
	if len(a.ID) != 17 || strings.Trim(a.ID, "0123456789") != "" || a.ID == b.ID {
		t.Errorf("ids %s and %s", a.ID, b.ID)
	}
	if !a.CreatedAt.Equal(h.now) || !a.ValidFrom.Equal(h.now) || a.ValidUntil.Sub(h.now) != 180*24*time.Hour || a.DialOut {
		t.Errorf("%+v", a)
	}
	if len(a.MeetingID) != 12 || len(a.Passcode) != 6 || a.MeetingID == b.MeetingID || a.Passcode == b.Passcode || a.MeetingLink == b.MeetingLink {
		t.Errorf("%+v and %+v", a, b)
	}
	if got := h.list(a.ID); got != "[{8:acs:r_alice Presenter} {8:acs:r_bob Attendee}]" {
		t.Errorf("on the list: %s", got)
	}
}

func TestRoomsSurviveTheProcess(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	want := h.list(r.ID)
	h.open()
	got, err := h.Get(r.ID)
	if err != nil || got != r || h.list(r.ID) != want {
		t.Errorf("%+v, %v, want %+v", got, err, r)
	}
	_, err = h.Enter(t.Context(), room.Entering{MeetingLink: r.MeetingLink, User: carol})
	h.must(err)
}

func TestTermsThatCannotBeAreRefusedAndNamed(t *testing.T) {
	h := newHouse(t)
	at := func(d time.Duration) *time.Time { when := h.now.Add(d); return &when }
	const days = 24 * time.Hour
	for _, row := range []struct {
		name  string
		terms room.Terms
		field string
	}{
		{"all of them", room.Terms{ValidFrom: at(0), ValidUntil: at(180 * days)}, ""},
		{"it began yesterday", room.Terms{ValidFrom: at(-1 * days), ValidUntil: at(1 * days)}, ""},
		{"it ends before it begins", room.Terms{ValidFrom: at(2 * days), ValidUntil: at(1 * days)}, "validUntil"},
		{"it begins when it ends", room.Terms{ValidFrom: at(1 * days), ValidUntil: at(1 * days)}, "validUntil"},
		{"it is over", room.Terms{ValidFrom: at(-2 * days), ValidUntil: at(-1 * days)}, "validUntil"},
		{"it is too long", room.Terms{ValidFrom: at(0), ValidUntil: at(181 * days)}, "validUntil"},
		{"it begins when it has ended by default", room.Terms{ValidFrom: at(200 * days)}, "validUntil"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, made := h.Create(t.Context(), row.terms, nil)
			_, updated := h.Update(t.Context(), h.room().ID, row.terms)
			for _, err := range []error{made, updated} {
				invalid := (*room.Invalid)(nil)
				switch {
				case row.field == "" && err != nil, row.field != "" && !errors.As(err, &invalid):
					t.Errorf("%v", err)
				case invalid != nil && (invalid.Field != row.field || !errors.Is(err, room.ErrInvalid)):
					t.Errorf("%v names %s", err, invalid.Field)
				}
			}
		})
	}
}

func TestAnUpdateChangesWhatItNames(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	yes, until := true, h.now.Add(time.Hour)
	got, err := h.Update(t.Context(), r.ID, room.Terms{DialOut: &yes, ValidUntil: &until})
	h.must(err)
	if want := r; !got.DialOut || !got.ValidUntil.Equal(until) || !got.ValidFrom.Equal(want.ValidFrom) || got.Passcode != want.Passcode {
		t.Errorf("%+v", got)
	}
	if again, err := h.Get(r.ID); err != nil || again != got {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestABadEntryChangesNothingAndIsNamed(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	before := h.list(r.ID)
	for _, bad := range []room.Change{
		{ID: "4:+15551230001"}, {ID: "8:orgid:someone"}, {ID: "28:orgid:app"}, {ID: "8:echo123"}, {ID: carol, Role: "King"},
	} {
		err := h.Change(t.Context(), r.ID, []room.Change{{ID: carol}, {ID: alice, Remove: true}, bad})
		invalid := (*room.Invalid)(nil)
		if !errors.As(err, &invalid) || !strings.Contains(invalid.Field, string(bad.ID)) {
			t.Errorf("%s: %v", bad.ID, err)
		}
	}
	if got := h.list(r.ID); got != before {
		t.Errorf("on the list: %s, before %s", got, before)
	}
	if told := h.talks.heard(); told != nil {
		t.Errorf("told %v", told)
	}
}

func TestAChangeReachesThoseWhoAreInTheCall(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	h.must(h.Change(t.Context(), r.ID, []room.Change{
		{ID: alice, Role: call.Presenter}, {ID: bob, Role: call.Consumer}, {ID: carol, Role: call.Collaborator},
	}))
	if got := h.talks.heard(); !slices.Equal(got, []string{"8:acs:r_bob is Consumer", "8:acs:r_carol is Collaborator"}) {
		t.Errorf("told %v", got)
	}
	h.must(h.Change(t.Context(), r.ID, []room.Change{{ID: bob, Remove: true}, {ID: "8:acs:r_nobody", Remove: true}, {ID: carol}}))
	if got := h.talks.heard(); !slices.Equal(got, []string{"8:acs:r_bob leaves with 0/5317", "8:acs:r_carol is Attendee"}) {
		t.Errorf("told %v", got)
	}
}

func TestACallHearsOfChangesInTheOrderInWhichTheyWereMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		id := h.room().ID
		free := make(chan struct{})
		h.talks.busy = func(role call.Role) {
			if role == call.Presenter {
				<-free // a call that is slow to listen
			}
		}
		var both sync.WaitGroup
		for _, role := range []call.Role{call.Presenter, call.Consumer} {
			both.Go(func() {
				if err := h.Change(t.Context(), id, []room.Change{{ID: bob, Role: role}}); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		close(free)
		both.Wait()
		if got, want := h.talks.heard(), "[8:acs:r_bob is Presenter 8:acs:r_bob is Consumer]"; fmt.Sprint(got) != want {
			t.Errorf("told %v, want %s", got, want)
		}
	})
}

func TestADeletedRoomIsEmptiedAndGone(t *testing.T) {
	h := newHouse(t)
	r, other := h.room(), h.room()
	h.must(h.Delete(t.Context(), r.ID))
	if got := h.talks.heard(); !slices.Equal(got, []string{"everybody leaves " + r.ID + " with 0/5317"}) {
		t.Errorf("told %v", got)
	}
	_, got := h.Get(r.ID)
	_, updated := h.Update(t.Context(), r.ID, room.Terms{})
	_, _, listed := h.Members(r.ID, "", 1)
	_, entered := h.Enter(t.Context(), room.Entering{RoomID: r.ID, User: alice})
	_, linked := h.Enter(t.Context(), room.Entering{MeetingLink: r.MeetingLink, User: alice})
	_, opened := h.Enter(t.Context(), room.Entering{MeetingID: r.MeetingID, Passcode: r.Passcode, User: alice})
	for i, err := range []error{
		got, updated, listed, entered, linked, opened,
		h.Change(t.Context(), r.ID, nil), h.Delete(t.Context(), r.ID), h.Valid(r.ID),
	} {
		if !errors.Is(err, room.ErrUnknown) {
			t.Errorf("%d: %v", i, err)
		}
	}
	h.open()
	if all, _ := h.List(room.Cursor{}, 10); len(all) != 1 || all[0].ID != other.ID {
		t.Errorf("%v are left", all)
	}
}

func TestChangesAtOnceAreAllMade(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			id := identity.ID(fmt.Sprintf("8:acs:r_%d", i))
			if err := h.Change(context.Background(), r.ID, []room.Change{{ID: id}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if people, _, err := h.Members(r.ID, "", 100); err != nil || len(people) != 22 {
		t.Errorf("%d people, %v", len(people), err)
	}
}
