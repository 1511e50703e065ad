package call_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/call"
)

// stood is an event after which a subscription stands otherwise.
type stood struct {
	Name string
	by   *call.Stopping
}

func (s stood) Type() string          { return "test." + s.Name }
func (s stood) Stands() (string, any) { return "sub", s.Name }

// subscription runs until it is stopped, and says so.
func subscription() call.Operation {
	return call.Operation{Name: "sub", Beside: true, Failed: stood{Name: "failed"}, Run: func(ctx context.Context, s *call.Stage) call.Event {
		s.Emit(stood{Name: "active"})
		<-ctx.Done()
		return stood{Name: "inactive", by: call.StoppedBy(ctx)}
	}}
}

func TestASubscriptionBeginsWithTheCallAndIsShownAsItStands(t *testing.T) {
	inHouse(t, func(h *house) {
		h.offer(alice, app)
		cn, err := h.bell.latest().Answer(h.Context(), call.Seat{
			Telling: call.Telling{URI: "https://example.com/a"}, Standing: map[string]any{"sub": "waiting"},
			Begin: []call.Operation{subscription()},
		})
		h.want(err, nil)
		synctest.Wait()
		h.want(cn.View().Standing["sub"], "active")
		got := h.book.told(cn, false)
		connected, active := at(got, "CallConnected"), at(got, "test.active")
		if connected < 0 || active < connected {
			h.Errorf("told %v", got)
		}
		h.want(cn.Stop(h.Context(), call.Stopping{Name: "sub", TellTo: "https://example.com/b"}), nil)
		synctest.Wait()
		h.want(cn.View().Standing["sub"], "inactive")
		h.want(h.book.last("inactive").To, "https://example.com/b")
		h.want(cn.Leave(h.Context()), nil)
	})
}

func at(list []string, what string) int {
	for i, s := range list {
		if s == what {
			return i
		}
	}
	return -1
}

func TestAnOperationKnowsWhoStoppedIt(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		by := make(chan *call.Stopping, 2)
		op := until("stream", 0)
		op.Beside, op.Run = true, func(ctx context.Context, _ *call.Stage) call.Event {
			<-ctx.Done()
			by <- call.StoppedBy(ctx)
			return done{"over"}
		}
		h.want(cn.Start(h.Context(), op), nil)
		h.want(cn.Stop(h.Context(), call.Stopping{Name: "stream", Context: "enough"}), nil)
		h.want((<-by).Context, "enough")
		h.want(cn.Start(h.Context(), op), nil)
		h.want(cn.Leave(h.Context()), nil)
		if s := <-by; s != nil {
			h.Errorf("the end of the call is %v", s)
		}
	})
}

func TestEverybodysKeysAreHeardByWhoAsksForThem(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		var heard []call.Key
		op := until("keys", 0)
		op.Run = func(ctx context.Context, s *call.Stage) call.Event {
			keys, enough := s.Keys()
			defer enough()
			for {
				select {
				case k := <-keys:
					heard = append(heard, k)
				case <-ctx.Done():
					return done{"keys"}
				}
			}
		}
		h.want(cn.Start(h.Context(), op), nil)
		synctest.Wait()
		leg.p.Tone("five")
		leg.p.Tone("pound")
		synctest.Wait()
		h.want(len(heard), 2)
		h.want(heard[0].By.Identity, alice)
		h.want(heard[1].Tone, call.Tone("pound"))
		h.want(cn.CancelMedia(h.Context()), nil)
		synctest.Wait()
		leg.p.Tone("one")
		synctest.Wait()
		h.want(len(heard), 2)
	})
}
