package call_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// reader is a leg that is shown something and at once reads everything.
type reader struct {
	phone
	calls *call.Registry
	seat  *call.Connection
	feed  *call.Feed
	read  int
	wrong []error
}

func (l *reader) Show(r call.Roster) {
	v, err := l.calls.CallOf(r.Call)
	if err == nil && len(v.Members) != len(r.Members) {
		err = errors.New("the call has other members than the roster")
	}
	l.wrong = append(l.wrong, err)
	if l.seat == nil {
		return
	}
	now, cancel := context.WithCancel(context.Background())
	cancel()
	for {
		told, err := l.feed.Next(now)
		if err != nil {
			return
		}
		l.read++
		if told.Sequence > l.seat.View().Sequence || told.CallSequence > v.Sequence {
			l.wrong = append(l.wrong, errors.New(told.Type+" was told before what it tells of could be read"))
		}
	}
}

func TestWhatIsToldCanBeReadByThen(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := &reader{calls: h.Registry, feed: call.NewFeed()}
		if _, err := h.Offer(h.Context(), call.Offer{Leg: leg, From: alice, To: []identity.ID{app}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		cn, err := h.bell.latest().Answer(h.Context(), call.Seat{Feed: leg.feed})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		leg.seat = cn
		h.add(cn, call.Addition{To: bob})
		h.accept()
		if err := errors.Join(leg.wrong...); err != nil || leg.read == 0 {
			t.Errorf("of %d events read: %v", leg.read, err)
		}
	})
}
