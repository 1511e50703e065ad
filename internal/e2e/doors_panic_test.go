package e2e

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// mine is a leg that breaks once it is armed: when it is shown the call, or in
// the call's own goroutine when it is attached.
type mine struct {
	visitor
	armed atomic.Bool
}

func newMine() *mine {
	return &mine{visitor: visitor{pair: media.NewPair(), over: make(chan call.Reason, 2)}}
}

func (m *mine) Show(call.Roster) {
	if m.armed.Load() {
		panic("planted")
	}
}

func (m *mine) Attach(p *call.Participant) {
	m.visitor.Attach(p)
	if m.armed.Load() {
		panic("planted")
	}
}

// joinGroup brings a leg into the call of a group.
func (h *house) joinGroup(leg call.Leg, group string, as identity.ID) error {
	_, err := h.Calls().Join(h.t.Context(), call.Joining{Leg: leg, Group: group, From: as})
	return err
}

// connectGroup brings an application into the call of a group.
func (h *house) connectGroup(group string) string {
	h.t.Helper()
	var made struct{ CallConnectionID string }
	must(h.t, h.rest(http.StatusOK, http.MethodPost, calling+":connect"+callAPI, map[string]any{
		"callLocator": map[string]any{"kind": "groupCallLocator", "groupCallId": group}, "callbackUri": callback,
	}).decode(&made))
	h.event(made.CallConnectionID, "CallConnected", "")
	return made.CallConnectionID
}

// TestAPanicEndsItsOwnCallWithAnEvent plants one in what a leg is shown, and one
// in the goroutine of a call, while another call runs.
func TestAPanicEndsItsOwnCallWithAnEvent(t *testing.T) {
	h := openHouse(t)
	other := newMine()
	must(t, h.joinGroup(other, "calm", "8:acs:r_calm"))
	calm := h.connectGroup("calm")

	shown := newMine()
	must(t, h.joinGroup(shown, "shown", "8:acs:r_shown"))
	first := h.connectGroup("shown")
	shown.armed.Store(true)
	shown.who.SelfMute()
	h.event(first, "CallDisconnected", "9999")
	h.logged("something outside the call panicked", "planted")

	bystander := newMine()
	must(t, h.joinGroup(bystander, "attached", "8:acs:r_bystander"))
	second := h.connectGroup("attached")
	attached := newMine()
	attached.armed.Store(true)
	if err := h.joinGroup(attached, "attached", "8:acs:r_attached"); err == nil {
		t.Error("who broke the call came in")
	}
	h.event(second, "CallDisconnected", "9999")
	h.logged("call panicked", "planted")
	for _, leg := range []*mine{shown, bystander} {
		if why := <-leg.over; why.Code != 500 || why.Subcode != 9999 {
			t.Errorf("the leg was told %v", why)
		}
	}

	for _, connection := range []string{first, second} {
		log, err := h.server.log(t.Context(), connection)
		must(t, err)
		must(t, wellFormed(log))
	}
	h.rest(http.StatusOK, http.MethodGet, calling+"/"+calm+callAPI, nil)
	other.who.SelfMute()
	h.event(calm, "ParticipantsUpdated", `"isMuted":true`)
	if status := h.front("/readyz"); status != http.StatusOK {
		t.Errorf("readyz is %d", status)
	}
	if n := h.Counts().Calls; n != 1 {
		t.Errorf("%d calls go on, want 1", n)
	}
}
