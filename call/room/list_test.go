package room_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
)

func TestRoomsAreListedPageByPageWhateverIsDeletedMeanwhile(t *testing.T) {
	h := newHouse(t)
	var want []string
	for range 7 {
		want = append(want, h.room().ID)
		h.pass(time.Second)
	}
	var got []string
	at := room.Cursor{}
	for {
		page, next := h.List(at, 3)
		for _, r := range page {
			got = append(got, r.ID)
		}
		if next.ID == "" {
			break
		}
		h.must(h.Delete(t.Context(), next.ID))
		at = next
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestThousandsOfPeopleAreKeptAndListed(t *testing.T) {
	h := newHouse(t)
	r := h.room()
	crowd := make([]room.Change, 6000)
	for i := range crowd {
		crowd[i] = room.Change{ID: identity.ID(fmt.Sprintf("8:acs:11111111-1111-4111-8111-111111111111_22222222-2222-4222-8222-%012d", i))}
	}
	h.must(h.Change(t.Context(), r.ID, crowd))
	h.open()
	seen, after := 0, identity.ID("")
	for more := true; more; {
		var page []room.Member
		var err error
		page, more, err = h.Members(r.ID, after, 500)
		h.must(err)
		if !slices.IsSortedFunc(page, func(a, b room.Member) int { return strings.Compare(string(a.ID), string(b.ID)) }) || page[0].ID <= after {
			t.Fatal("not in order")
		}
		seen, after = seen+len(page), page[len(page)-1].ID
	}
	if seen != 6002 {
		t.Errorf("%d are listed", seen)
	}
	for i := range crowd {
		crowd[i].ID += "x"
	}
	if err := h.Change(t.Context(), r.ID, crowd); !errors.Is(err, room.ErrFull) {
		t.Errorf("twelve thousand: %v", err)
	}
}
