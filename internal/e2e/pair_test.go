package e2e

import (
	"slices"
	"testing"
	"time"
)

func TestTwoBrowsersHearEachOther(t *testing.T) {
	s := serve(t)
	alice, aliceID := ring(t, s, "Alice", 440)
	bob, bobID := ring(t, s, "Bob", 620)
	alice.start(bobID)
	bob.accept()
	alice.reach("Connected")
	bob.reach("Connected")
	isTone(t, "Alice", settled(alice), 620, 440)
	isTone(t, "Bob", settled(bob), 440, 620)
	if got := alice.others(); !slices.Equal(got, []string{bobID}) {
		t.Errorf("Alice sees %v, want Bob, %s", got, bobID)
	}
	if got := bob.others(); !slices.Equal(got, []string{aliceID}) {
		t.Errorf("Bob sees %v, want Alice, %s", got, aliceID)
	}

	alice.hangUp()
	bob.reach("Disconnected")
	if got := alice.endReason(); got.Code != 0 || got.Subcode != 0 {
		t.Errorf("Alice's call ended with %+v, want 0/0", got)
	}
	if got := bob.endReason(); got.Code != 0 || got.Message == "" {
		t.Errorf("Bob's call ended with %+v, want code 0 and why", got)
	}
}

// settled is three seconds of what a page hears once the first second of its
// call is over.
func settled(p *tab) sound {
	p.t.Helper()
	return p.heard("Connected", 4*time.Second).between(time.Second, 4*time.Second)
}
