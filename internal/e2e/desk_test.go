package e2e

import (
	"context"
	"sync"
	"testing"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// desk is where somebody sits who accepts every call.
type desk struct {
	user  identity.ID
	calls *call.Registry
	busy  sync.WaitGroup
}

// sit puts a person into a server until the test ends.
func sit(t *testing.T, s server, user identity.ID) *desk {
	t.Helper()
	d := &desk{user: user, calls: s.Calls()}
	s.Calls().Reach(d)
	t.Cleanup(d.busy.Wait)
	return d
}

// Ring has the person accept, if it is them who is called.
func (d *desk) Ring(inv *call.Invitation) bool {
	if inv.To() != d.user {
		return false
	}
	d.busy.Go(func() {
		// Who rings no more needs no answer.
		_, _ = inv.Accept(context.Background(), call.Acceptance{Leg: newHandset(), Name: "Dana"})
	})
	return true
}

// knock has the person come to the lobby of a room.
func (d *desk) knock(ctx context.Context, room string) error {
	_, err := d.calls.Join(ctx, call.Joining{
		Leg: newHandset(), Room: room, From: d.user, Name: "Dana", Role: call.Attendee, Lobby: true,
	})
	return err
}

// handset is a leg without a network.
type handset struct {
	pair *media.Pair

	mu  sync.Mutex
	who *call.Participant
}

func newHandset() *handset { return &handset{pair: media.NewPair()} }

func (h *handset) Kind() string     { return "test" }
func (h *handset) Port() media.Port { return h.pair }
func (h *handset) Show(call.Roster) {}
func (h *handset) Mute()            {}
func (h *handset) Unmute()          {}

func (h *handset) Attach(p *call.Participant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.who = p
}

// Accept has sound flow at once.
func (h *handset) Accept() {
	h.mu.Lock()
	defer h.mu.Unlock()
	go h.who.Connected()
}

func (h *handset) Hangup(call.Reason) { h.pair.Close() }
