package room_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/botd-dev/botd/call/room"
)

func TestWhatTheStoreDidNotConfirmIsLookedUpBeforeTheNextChange(t *testing.T) {
	lost := errors.New("the connection is lost")
	for _, secretly := range []bool{true, false} {
		h := newHouse(t)
		r := h.room()
		h.shelf.fail(lost, secretly)
		if err := h.Change(t.Context(), r.ID, []room.Change{{ID: bob, Remove: true}}); !errors.Is(err, room.ErrStore) {
			t.Fatal(err)
		}
		if err := h.Change(t.Context(), r.ID, nil); !errors.Is(err, room.ErrStore) {
			t.Errorf("a change to what is not known: %v", err)
		}
		h.shelf.fail(nil, false)
		h.must(h.Change(t.Context(), r.ID, []room.Change{{ID: carol}}))
		if got := h.list(r.ID); strings.Contains(got, "bob") == secretly || !strings.Contains(got, "carol") {
			t.Errorf("done in secret %t: %s", secretly, got)
		}
		h.shelf.fail(lost, secretly)
		if err := h.Delete(t.Context(), r.ID); !errors.Is(err, room.ErrStore) {
			t.Fatal(err)
		}
		h.shelf.fail(nil, false)
		if err := h.Delete(t.Context(), r.ID); errors.Is(err, room.ErrUnknown) != secretly {
			t.Errorf("deleted in secret %t: %v", secretly, err)
		}
	}
}

func TestACallHearsOfChangesThatTheStoreMadeWithoutConfirmingThem(t *testing.T) {
	lost := errors.New("the connection is lost")
	h := newHouse(t)
	r := h.room()
	h.shelf.fail(lost, true)
	leave := []room.Change{{ID: bob, Remove: true}}
	if err := h.Change(t.Context(), r.ID, leave); !errors.Is(err, room.ErrStore) {
		t.Fatal(err)
	}
	h.shelf.fail(nil, false)
	h.must(h.Change(t.Context(), r.ID, leave)) // as a client does that is told to try again
	if got, want := fmt.Sprint(h.talks.heard()), "[8:acs:r_bob leaves with 0/5317]"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	h.shelf.fail(lost, true)
	if err := h.Delete(t.Context(), r.ID); !errors.Is(err, room.ErrStore) {
		t.Fatal(err)
	}
	h.shelf.fail(nil, false)
	if err := h.Delete(t.Context(), r.ID); !errors.Is(err, room.ErrUnknown) {
		t.Errorf("deleted again: %v", err)
	}
	if got, want := fmt.Sprint(h.talks.heard()), "[everybody leaves "+r.ID+" with 0/5317]"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
}
