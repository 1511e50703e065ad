package call_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

type done struct{ Name string }

func (d done) Type() string { return "test." + d.Name }

// until is an operation that runs until it is cancelled, or for a while.
func until(name string, d time.Duration) call.Operation {
	return call.Operation{
		Name: name, Canceled: done{name + " never ran"}, Failed: done{name + " failed"},
		Run: func(ctx context.Context, _ *call.Stage) call.Event {
			select {
			case <-ctx.Done():
				time.Sleep(time.Second) // a slow provider; no real second passes
				return done{name + " canceled"}
			case <-time.After(d):
				return done{name + " completed"}
			}
		},
	}
}

func TestOperationsForTheWholeCallQueueUp(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		for _, op := range []string{"a", "b", "c"} {
			h.want(cn.Start(h.Context(), until(op, time.Second)), nil)
		}
		time.Sleep(1500 * time.Millisecond)
		h.want(cn.CancelMedia(h.Context()), nil)
		time.Sleep(2 * time.Second)
		got := slices.DeleteFunc(h.book.told(cn, false), func(s string) bool { return !strings.HasPrefix(s, "test.") })
		h.want(got, []string{"test.a completed", "test.c never ran", "test.b canceled"})
	})
}

func TestLeavingWaitsForWhatIsPlaying(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		h.want(cn.Start(h.Context(), until("play", time.Hour)), nil)
		leg.p.Gone(call.ReasonLocal)
		time.Sleep(2 * time.Second)
		got := h.book.told(cn, false)
		h.want(got[len(got)-2:], []string{"test.play canceled", "CallDisconnected"})
	})
}

func TestTwoOperationsForOneParticipantExcludeEachOther(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		op := until("prompt", time.Hour)
		op.To = []identity.ID{alice}
		h.want(cn.Start(h.Context(), op), nil)
		if err := cn.Start(h.Context(), op); !errors.Is(err, call.ErrIncompatible) {
			h.Errorf("the second one: %v", err)
		}
		h.want(cn.Start(h.Context(), until("announcement", time.Second)), nil)
		op.To = []identity.ID{carol}
		if err := cn.Start(h.Context(), op); !errors.Is(err, call.ErrNoParticipant) {
			h.Errorf("to somebody who is not there: %v", err)
		}
	})
}

func TestAPanicInAnOperationIsItsFailureAlone(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		op := until("bad", 0)
		op.Run = func(context.Context, *call.Stage) call.Event { panic("planted") }
		h.want(cn.Start(h.Context(), op), nil)
		synctest.Wait()
		h.want(h.book.last("bad failed").Connection, cn.ID())
		h.want(cn.View().State, call.Connected)
	})
}

func TestWhatRunsBesideIsEndedByStopAlone(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		op := until("stream", time.Hour)
		op.Beside = true
		h.want(cn.Start(h.Context(), op), nil)
		if err := cn.Start(h.Context(), op); !errors.Is(err, call.ErrConflict) {
			h.Errorf("the second one: %v", err)
		}
		interrupting := until("play", time.Second)
		interrupting.Interrupt = true
		h.want(cn.Start(h.Context(), interrupting), nil)
		h.want(cn.CancelMedia(h.Context()), nil)
		time.Sleep(2 * time.Second)
		h.want(cn.Stop(h.Context(), call.Stopping{Name: "stream", Context: "enough"}), nil)
		if err := cn.Stop(h.Context(), call.Stopping{Name: "stream"}); !errors.Is(err, call.ErrWrongState) {
			h.Errorf("stopping it twice: %v", err)
		}
		h.want(cn.Start(h.Context(), op), nil) // again, while the first is still winding up
		time.Sleep(2 * time.Second)
		h.want(cn.Leave(h.Context()), nil)
		time.Sleep(2 * time.Second)
		got := slices.DeleteFunc(h.book.told(cn, false), func(s string) bool { return !strings.HasPrefix(s, "test.") })
		h.want(got, []string{"test.play canceled", "test.stream canceled", "test.stream canceled"})
	})
}
