package call_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// limited is a house with room for few.
func limited(t *testing.T, c call.Capacity, f func(h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(cfg *call.Config) { cfg.Capacity = c }, alice, bob, app)
		f(h)
		h.want(h.Close(h.Context()), nil)
	})
}

// place tries to place that many calls and returns how many there are, and the
// last error.
func (h *house) place(n int) (placed int, last error) {
	h.Helper()
	for range n {
		if _, err := h.Offer(h.Context(), call.Offer{Leg: &phone{}, From: alice, To: []identity.ID{bob}}); err != nil {
			last = err
			continue
		}
		placed++
	}
	synctest.Wait()
	return placed, last
}

// room wants that answer to whether there is room.
func (h *house) room(want error) {
	h.Helper()
	if err := h.Room(); !errors.Is(err, want) {
		h.Errorf("room: %v, want %v", err, want)
	}
}

func TestThereAreNoMoreCallsAtOnceThanThereMayBe(t *testing.T) {
	limited(t, call.Capacity{Calls: 3}, func(h *house) {
		h.room(nil)
		if placed, err := h.place(10); placed != 3 || !errors.Is(err, call.ErrBusy) {
			t.Errorf("%d calls, %v", placed, err)
		}
		h.room(call.ErrBusy)
		h.bell.latest().Decline(call.ReasonBusy)
		synctest.Wait()
		h.room(nil)
		if placed, _ := h.place(10); placed != 1 {
			t.Errorf("%d calls after one has ended", placed)
		}
		if h.Refused() != 7+1+9 {
			t.Errorf("%d refused", h.Refused())
		}
	})
}

func TestNewCallsComeNoFasterThanTheyMay(t *testing.T) {
	limited(t, call.Capacity{New: 5, Per: time.Second}, func(h *house) {
		placed, err := h.place(50)
		if placed != 5 || !errors.Is(err, call.ErrTooFast) {
			t.Errorf("%d calls, %v", placed, err)
		}
		h.room(call.ErrTooFast)
		var patient interface{ RetryAfter() time.Duration }
		if !errors.As(err, &patient) || patient.RetryAfter() != 200*time.Millisecond {
			t.Errorf("%v does not say when to come again", err)
		}
		time.Sleep(patient.RetryAfter())
		h.room(nil)
		if placed, _ := h.place(50); placed != 1 {
			t.Errorf("%d calls a fifth of a second later", placed)
		}
		if n := h.Counts().Calls; n != 6 {
			t.Errorf("%d of the six calls are left", n)
		}
	})
}

func TestAskingWhetherThereIsRoomTakesNone(t *testing.T) {
	limited(t, call.Capacity{New: 1, Per: time.Minute}, func(h *house) {
		for range 100 {
			h.room(nil)
		}
		if placed, _ := h.place(1); placed != 1 {
			t.Error("there is none left")
		}
	})
}
