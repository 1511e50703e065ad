package room_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
)

// BenchmarkPasscode compares passcodes of a meeting that is there and of one
// that is not: both take the same time.
func BenchmarkPasscode(b *testing.B) {
	book, err := room.Open(b.Context(), room.Config{Store: &shelf{kept: map[string][]byte{}}, Calls: &talks{}})
	if err != nil {
		b.Fatal(err)
	}
	r, err := book.Create(b.Context(), room.Terms{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for name, id := range map[string]string{"known": r.MeetingID, "unknown": "000000000000"} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				_, _ = book.Enter(b.Context(), room.Entering{MeetingID: id, Passcode: "wrong1", User: identity.ID(fmt.Sprint(name, i))})
			}
		})
	}
}

// BenchmarkRoster changes one of six thousand people.
func BenchmarkRoster(b *testing.B) {
	book, err := room.Open(b.Context(), room.Config{Store: &shelf{kept: map[string][]byte{}}, Calls: &talks{}})
	if err != nil {
		b.Fatal(err)
	}
	crowd := make([]room.Change, 6000)
	for i := range crowd {
		crowd[i].ID = identity.ID(fmt.Sprintf("8:acs:11111111-1111-4111-8111-111111111111_%036d", i))
	}
	r, err := book.Create(b.Context(), room.Terms{}, crowd)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := book.Change(context.Background(), r.ID, crowd[:1]); err != nil {
			b.Fatal(err)
		}
	}
}
