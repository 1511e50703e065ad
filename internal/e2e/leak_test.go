package e2e

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

func TestAThousandCallsLeaveNothingBehind(t *testing.T) {
	s := serve(t, botd.Bot("brief", func(ctx context.Context, c *bot.Call) error { return c.Answer(ctx) }))
	ring := func(n int) weight {
		for range n {
			visit(t, s)
		}
		within(t, 10*time.Second, "the calls are over", s.empty)
		return atRest(t)
	}
	before := ring(100)
	after := ring(900)
	t.Logf("after 100 calls %+v, after 1,000 %+v", before, after)
	if after.goroutines > before.goroutines {
		t.Errorf("%d goroutines after 1,000 calls, %d after 100", after.goroutines, before.goroutines)
	}
	if after.files > before.files {
		t.Errorf("%d files and sockets after 1,000 calls, %d after 100", after.files, before.files)
	}
	if grown := int64(after.heap) - int64(before.heap); grown > 5<<20 {
		t.Errorf("%d bytes more on the heap after 1,000 calls than after 100", grown)
	}
}

// atRest is the least that the process holds in a while: the log keeps what was
// written last in memory for ten seconds.
func atRest(t *testing.T) weight {
	t.Helper()
	least := weigh(t)
	again := time.NewTicker(time.Second)
	defer again.Stop()
	for range 13 {
		<-again.C
		w := weigh(t)
		least.goroutines = min(least.goroutines, w.goroutines)
		least.files = min(least.files, w.files)
		least.heap = min(least.heap, w.heap)
	}
	return least
}

// weight is what a process holds.
type weight struct {
	goroutines, files int
	heap              uint64
}

func weigh(t *testing.T) weight {
	t.Helper()
	runtime.GC()
	runtime.GC() // what finalizers and pools let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return weight{runtime.NumGoroutine(), len(files), m.HeapAlloc}
}

// empty reports what still goes on in the server.
func (s server) empty(context.Context) error {
	if c := s.Counts(); c != (call.Counts{}) {
		return fmt.Errorf("%+v", c)
	}
	return nil
}

// visit is one call to the bot, from its start to its end.
func visit(t *testing.T, s server) {
	t.Helper()
	v := &visitor{pair: media.NewPair(), over: make(chan call.Reason, 1)}
	_, err := s.Calls().Offer(t.Context(), call.Offer{Leg: v, From: "8:acs:r_visitor", To: []identity.ID{"brief"}})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case why := <-v.over:
		if why.Code != 0 {
			t.Fatalf("the call ended with %v", why)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the call does not end")
	}
}

// visitor is a leg without a network.
type visitor struct {
	pair *media.Pair
	who  *call.Participant
	over chan call.Reason
}

func (v *visitor) Kind() string               { return "test" }
func (v *visitor) Attach(p *call.Participant) { v.who = p }
func (v *visitor) Accept()                    { go v.who.Connected() }
func (v *visitor) Port() media.Port           { return v.pair }
func (v *visitor) Show(call.Roster)           {}
func (v *visitor) Mute()                      {}
func (v *visitor) Unmute()                    {}

func (v *visitor) Hangup(why call.Reason) {
	v.pair.Close()
	v.over <- why
}
