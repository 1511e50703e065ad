package browser

import (
	"testing"

	"github.com/botd-dev/botd/call"
)

// doorbell keeps the invitations that it is rung for.
type doorbell chan *call.Invitation

func (d doorbell) Ring(inv *call.Invitation) bool {
	d <- inv
	return true
}

// The caller may give up at the very moment in which it begins to ring.
func TestTheEndOfARingComesAfterItsBeginning(t *testing.T) {
	w := newWorld(t)
	bell := make(doorbell, 1)
	w.registry.Reach(bell)
	c := w.signIn(t, string(ann))
	w.ring(t, ann)
	inv := <-bell
	fatal(t, inv.Reject(t.Context(), call.ReasonDeclined))
	<-inv.Done()
	c.expect("incomingEnded")
	for range 500 {
		w.Ring(inv)
		first, second := <-c.in, <-c.in
		if first.Type != "incoming" || second.Type != "incomingEnded" {
			t.Fatalf("told %s, then %s", first.Type, second.Type)
		}
	}
}
