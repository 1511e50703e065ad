package call_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
)

// wall is a wall clock that somebody sets, while time itself goes on.
type wall struct{ ahead atomic.Int64 }

func (w *wall) now() time.Time        { return time.Now().Add(time.Duration(w.ahead.Load())) }
func (w *wall) jump(by time.Duration) { w.ahead.Add(int64(by)) }

// underWall is inHouse with such a clock.
func underWall(t *testing.T, f func(h *house, w *wall)) {
	synctest.Test(t, func(t *testing.T) {
		w := &wall{}
		h := newHouse(t, func(cfg *call.Config) { cfg.Now = w.now }, bob, app)
		f(h, w)
		h.want(h.Close(h.Context()), nil)
		h.want(h.Counts(), call.Counts{})
		h.checkLog()
	})
}

// TestAClockThatIsSetFiresNoTimerEarlyOrLate sets the clock by an hour, either
// way, in the middle of every kind of wait that a call has.
func TestAClockThatIsSetFiresNoTimerEarlyOrLate(t *testing.T) {
	for name, by := range map[string]time.Duration{"an hour ahead": time.Hour, "an hour back": -time.Hour} {
		for wait, row := range map[string]struct {
			lasts time.Duration
			begin func(h *house)
			over  func(h *house) bool
		}{
			"ringing": {85 * time.Second, func(h *house) { h.offer(alice, bob) }, (*house).quiet},
			"an addition with a time of its own": {20 * time.Second, func(h *house) {
				_, cn := h.answered()
				h.add(cn, call.Addition{To: bob, Timeout: 20 * time.Second})
			}, func(h *house) bool { return h.book.last("AddParticipantFailed").Type != "" }},
			"waiting in the lobby": {30 * time.Minute, func(h *house) { h.enter(bob, call.Attendee, true) }, (*house).quiet},
			"away": {2 * time.Minute, func(h *house) {
				leg, _ := h.answered()
				leg.p.Lost()
			}, (*house).quiet},
			"a whole call": {30 * time.Hour, func(h *house) { h.answered() }, (*house).quiet},
		} {
			t.Run(wait+", "+name, func(t *testing.T) {
				underWall(t, func(h *house, w *wall) {
					row.begin(h)
					h.pass(row.lasts / 2)
					w.jump(by)
					h.pass(row.lasts - row.lasts/2 - time.Second)
					if row.over(h) {
						t.Error("it was over too early")
					}
					h.pass(2 * time.Second)
					if !row.over(h) {
						t.Error("it was not over in time")
					}
				})
			})
		}
	}
}

// quiet says that nothing goes on any more.
func (h *house) quiet() bool { return h.Counts() == call.Counts{} }

// TestTheTimeOfEventsFollowsTheClockAndTheirOrderDoesNot sets the clock back in
// a call, whose records must be numbered on without a gap all the same.
func TestTheTimeOfEventsFollowsTheClockAndTheirOrderDoesNot(t *testing.T) {
	underWall(t, func(h *house, w *wall) {
		leg, cn := h.answered()
		before := h.book.last("CallConnected")
		w.jump(-time.Hour)
		h.pass(time.Second)
		leg.p.SelfMute()
		h.pass(time.Second)
		after := h.book.last("ParticipantsUpdated")
		h.want(after.Connection, cn.ID())
		h.want(after.Time.Sub(before.Time) < -59*time.Minute, true)
		h.want(after.Sequence > before.Sequence && after.CallSequence > before.CallSequence, true)

		w.jump(2 * time.Hour)
		leg.p.Gone(call.ReasonLocal)
		synctest.Wait()
		last := h.book.last("CallDisconnected")
		h.want(last.Time.Sub(after.Time) > 119*time.Minute, true)
		h.want(last.Sequence > after.Sequence, true)
	})
}
