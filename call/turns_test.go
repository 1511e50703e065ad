package call_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// queue lets those who want something in when it is told to.
type queue struct {
	mu      sync.Mutex
	waiting map[string]chan struct{}
}

func (q *queue) Await(who string, given ...<-chan struct{}) {
	pass := make(chan struct{})
	q.mu.Lock()
	q.waiting[who] = pass
	q.mu.Unlock()
	given = append(given, nil)
	select {
	case <-pass:
	case <-given[0]:
	case <-given[1]:
	}
}

// next lets the one in whose name has that in it, and is the least.
func (q *queue) next(with string) bool {
	synctest.Wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	var names []string
	for who := range q.waiting {
		if strings.Contains(who, with) {
			names = append(names, who)
		}
	}
	if len(names) == 0 {
		return false
	}
	slices.Sort(names)
	close(q.waiting[names[0]])
	delete(q.waiting, names[0])
	return true
}

func (q *queue) all() {
	for q.next("") {
	}
}

func TestWhoWantsSomethingOfACallWaitsForTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{waiting: map[string]chan struct{}{}}
		h := newHouse(t, func(cfg *call.Config) { cfg.Turns = q }, bob)
		leg := &phone{}
		offered := make(chan error)
		go func() {
			_, err := h.Offer(t.Context(), call.Offer{Leg: leg, From: alice, To: []identity.ID{bob}})
			offered <- err
		}()
		if synctest.Wait(); leg.p != nil {
			t.Error("the call has begun before its turn")
		}
		if !q.next("begin " + string(alice)) {
			t.Fatal("nobody waits to begin")
		}
		h.want(<-offered, nil)
		q.all()

		// She hangs up while he declines: whose turn comes first has it.
		inv := h.bell.latest()
		go inv.Decline(call.ReasonDeclined)
		go leg.p.Gone(call.ReasonLocal)
		if !q.next("participant") {
			t.Fatal("nobody waits to leave")
		}
		q.all()
		<-inv.Done()
		h.want(inv.Reason(), call.ReasonCallerGone)
		h.want(h.Close(t.Context()), nil)
		q.all()
	})
}

func TestIdsCanBeMadeAfterARule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		owners := map[string]int{}
		h := newHouse(t, func(cfg *call.Config) {
			cfg.NewID = func(owner string) string {
				mu.Lock()
				defer mu.Unlock()
				owners[owner]++
				return strings.Repeat(string(rune('a'+len(owners)-1)), owners[owner])
			}
		}, bob)
		leg := h.offer(alice, bob)
		if leg.p.Call() != "a" || strings.Trim(leg.p.ID(), "b") != "" {
			t.Errorf("a participant %s of a call %s", leg.p.ID(), leg.p.Call())
		}
		mu.Lock()
		if owners["calls"] != 2 || owners["a"] < 3 { // the call and its correlation; those in it
			t.Errorf("they were made of %v", owners)
		}
		mu.Unlock()
		h.want(h.Close(t.Context()), nil)
	})
}
