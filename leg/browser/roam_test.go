package browser

import (
	"testing"
	"time"
)

func TestAClientWhoseAddressChangesIsFollowed(t *testing.T) {
	now := time.Unix(1700000000, 0)
	r := roamer{now: func() time.Time { return now }}
	for i, step := range []struct {
		after     time.Duration
		at        string
		nominated bool
		follow    bool
	}{
		{0, "a:1", false, false},           // before anything is agreed upon
		{time.Second, "a:1", true, false},  // nominated: the agent's to do
		{time.Second, "b:1", false, false}, // another of its addresses
		{time.Second, "a:1", false, false}, // still there
		{2 * time.Second, "b:1", false, false},
		{time.Second, "b:1", false, true},     // nothing came from a for 3 s
		{time.Second, "b:1", false, false},    // in use now
		{time.Second, "a:1", false, false},    // a late one
		{2 * time.Second, "c:1", true, false}, // nominated
		{time.Second, "b:1", false, false},
	} {
		now = now.Add(step.after)
		if got := r.take(step.at, step.nominated); got != step.follow {
			t.Errorf("check %d, from %s: followed %v", i, step.at, got)
		}
	}
}
