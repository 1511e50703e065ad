package room_test

import (
	"crypto/rand"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/media"
)

// disk is a journal that takes its time: what is appended is durable when it is
// released.
type disk struct {
	mu      sync.Mutex
	busy    bool
	pending []func(error)
}

func (d *disk) Append(_ string, _ []call.Record, done func(error)) {
	d.mu.Lock()
	if d.busy {
		d.pending = append(d.pending, done)
		d.mu.Unlock()
		return
	}
	d.mu.Unlock()
	done(nil)
}

func (d *disk) hold() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy = true
}

func (d *disk) release() {
	d.mu.Lock()
	pending := d.pending
	d.busy, d.pending = false, nil
	d.mu.Unlock()
	for _, done := range pending {
		done(nil)
	}
}

// caller is a leg that hears why its call was over.
type caller struct {
	call.Leg
	p    *call.Participant
	over chan call.Reason
}

func newCaller() *caller { return &caller{over: make(chan call.Reason, 1)} }

func (c *caller) Kind() string               { return "test" }
func (c *caller) Attach(p *call.Participant) { c.p = p }
func (c *caller) Accept()                    { go c.p.Connected() }
func (c *caller) Port() media.Port           { return nil }
func (c *caller) Show(call.Roster)           {}
func (c *caller) Hangup(why call.Reason)     { c.over <- why }

// overtaken runs a test in virtual time with a book and real calls.
func overtaken(t *testing.T, f func(h *house, calls *call.Registry, d *disk)) {
	synctest.Test(t, func(t *testing.T) {
		d, h := &disk{}, newHouse(t)
		calls := call.NewRegistry(call.Config{
			Journal: d, Now: time.Now, Random: rand.Reader, Log: zap.New(h.core),
			IncomingContext: func(id string, _ time.Time) string { return id },
		})
		book, err := room.Open(t.Context(), room.Config{Store: h.shelf, Calls: calls, Link: "https://botd.example/#meet/"})
		h.must(err)
		h.Book = book
		f(h, calls, d)
		h.must(calls.Close(t.Context()))
	})
}

// joins brings somebody in as a leg does: what the door says is taken to the call.
func (h *house) joins(calls *call.Registry, e room.Entering, between func()) (*caller, error) {
	h.Helper()
	a, err := h.Enter(h.Context(), e)
	if err != nil {
		return nil, err
	}
	between()
	leg := newCaller()
	_, err = calls.Join(h.Context(), call.Joining{
		Leg: leg, Room: a.Room, From: e.User, Role: a.Role, Lobby: a.Lobby, Confirm: a.Confirm,
	})
	return leg, err
}

// TestWhoHasJustComeInIsTakenOutOfADeletedRoomToo deletes a room while nobody
// outside can know yet that somebody came: the disk is slow.
func TestWhoHasJustComeInIsTakenOutOfADeletedRoomToo(t *testing.T) {
	overtaken(t, func(h *house, calls *call.Registry, d *disk) {
		r := h.room()
		first, err := h.joins(calls, room.Entering{RoomID: r.ID, User: alice}, func() {})
		h.must(err)
		synctest.Wait()
		d.hold()
		legs := make(chan *caller, 1)
		go func() {
			leg, err := h.joins(calls, room.Entering{RoomID: r.ID, User: bob}, func() {})
			if err != nil {
				h.Error(err)
			}
			legs <- leg
		}()
		synctest.Wait()
		go func() { _ = h.Delete(h.Context(), r.ID) }()
		synctest.Wait()
		d.release()
		synctest.Wait()
		for _, leg := range []*caller{first, <-legs} {
			select {
			case why := <-leg.over:
				if why.Subcode != 5317 {
					h.Errorf("taken out for %v", why)
				}
			default:
				h.Error("somebody is still in the call of a room that is gone")
			}
		}
	})
}

// TestWhoIsTakenOffTheListOnTheWayInWaitsLikeAGuest has somebody come by the link
// who is on the list at the door, and not any more in the call.
func TestWhoIsTakenOffTheListOnTheWayInWaitsLikeAGuest(t *testing.T) {
	overtaken(t, func(h *house, calls *call.Registry, _ *disk) {
		r := h.room()
		for _, door := range []room.Entering{
			{MeetingLink: r.MeetingLink, User: bob},
			{MeetingID: r.MeetingID, Passcode: r.Passcode, User: bob},
		} {
			h.must(h.Change(h.Context(), r.ID, []room.Change{{ID: bob, Role: call.Presenter}}))
			_, err := h.joins(calls, door, func() {
				h.must(h.Change(h.Context(), r.ID, []room.Change{{ID: bob, Remove: true}}))
			})
			h.must(err)
			synctest.Wait()
		}
		for _, m := range calls.Calls()[0].Members {
			if m.State != call.InLobby || m.Role != call.Attendee {
				h.Errorf("who is on no list any more is %s as %s", m.State, m.Role)
			}
		}
		// The other way round nobody has to wait who need not.
		_, err := h.joins(calls, room.Entering{MeetingLink: r.MeetingLink, User: carol}, func() {
			h.must(h.Change(h.Context(), r.ID, []room.Change{{ID: carol, Role: call.Presenter}}))
		})
		h.must(err)
		synctest.Wait()
		if n := len(calls.Waiting(r.ID)); n != 1 { // being taken off the list took the first out
			h.Errorf("%d wait, want 1", n)
		}
	})
}
