package call_test

import (
	"crypto/rand"
	"fmt"
	"runtime"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// nowhere is a journal that forgets.
type nowhere struct{}

func (nowhere) Append(_ string, _ []call.Record, done func(error)) { done(nil) }

// BenchmarkIdleConnections prints what a connected call without media costs in
// this package: heap and stacks for each of ten thousand.
func BenchmarkIdleConnections(b *testing.B) {
	const many = 10_000
	for b.Loop() {
		before := memory()
		bell := &bell{where: map[identity.ID]bool{}}
		r := call.NewRegistry(call.Config{
			Journal: nowhere{}, NewBridge: func(call.Heard) call.Bridge { return &deaf{} },
			Now: time.Now, Random: rand.Reader, Log: zap.NewNop(),
			IncomingContext: func(id string, _ time.Time) string { return id },
		})
		r.Reach(bell)
		for i := range many {
			callIn(b, r, bell, identity.ID(fmt.Sprintf("8:acs:r_%d", i)))
		}
		b.ReportMetric(float64(memory()-before)/many, "B/connection")
		if err := r.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// callIn places a call that an application answers.
func callIn(b *testing.B, r *call.Registry, bell *bell, from identity.ID) {
	b.Helper()
	bell.where[app] = true
	if _, err := r.Offer(b.Context(), call.Offer{Leg: &phone{}, From: from, To: []identity.ID{app}}); err != nil {
		b.Fatal(err)
	}
	for bell.latest() == nil {
		runtime.Gosched()
	}
	inv := bell.latest()
	bell.rang = nil
	cn, err := inv.Answer(b.Context(), call.Seat{})
	if err != nil {
		b.Fatal(err)
	}
	for cn.View().State != call.Connected {
		runtime.Gosched()
	}
}

// memory is what the heap and the stacks take after a collection.
func memory() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkFullCall prints what a turn costs in a room of 350 in which somebody
// waits in the lobby: somebody begins or ends to speak, is muted, comes and
// goes.
func BenchmarkFullCall(b *testing.B) {
	const many = 349
	bell := &bell{where: map[identity.ID]bool{}}
	var heard call.Heard
	r := call.NewRegistry(call.Config{
		Journal: nowhere{}, NewBridge: func(h call.Heard) call.Bridge { heard = h; return &deaf{} }, Now: time.Now, Random: rand.Reader,
		Log: zap.NewNop(), IncomingContext: func(id string, _ time.Time) string { return id },
	})
	r.Reach(bell)
	join := func(i int, lobby bool) *call.Participant {
		p, err := r.Join(b.Context(), call.Joining{
			Leg: &phone{}, Room: room, From: identity.ID(fmt.Sprintf("8:acs:r_%d", i)), Role: call.Attendee, Lobby: lobby,
		})
		if err != nil {
			b.Fatal(err)
		}
		return p
	}
	var first *call.Participant
	for i := range many - 1 {
		first = join(i, false)
	}
	join(many, true)
	cn, err := r.Connect(b.Context(), call.Connect{Seat: call.Seat{As: app}, Locator: call.Locator{RoomID: room}})
	if err != nil {
		b.Fatal(err)
	}
	for cn.View().State != call.Connected || len(cn.View().Participants) < many {
		runtime.Gosched()
	}
	b.Run("speaking", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			heard.Speaking([]string{first.ID()})
			first.Tone("one") // has the call listen before
			heard.Speaking(nil)
			first.Tone("one")
		}
	})
	b.Run("routing", func(b *testing.B) {
		pairs := make([]call.Pair, 10_000)
		for i := range pairs {
			pairs[i] = call.Pair{
				Listener: identity.ID(fmt.Sprintf("8:acs:r_%d", i%many)), Speaker: identity.ID(fmt.Sprintf("8:acs:r_%d", i/many)),
			}
		}
		b.ReportAllocs()
		for b.Loop() {
			if err := cn.Route(b.Context(), call.Routing{Preset: call.HearPairs, Pairs: pairs}, call.Reference{}); err != nil {
				b.Fatal(err)
			}
		}
		if err := cn.Route(b.Context(), call.Routing{}, call.Reference{}); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("muting", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			first.SelfMute()
			first.SelfUnmute()
		}
	})
	b.Run("coming and going", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := join(many+1, false).Leave(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	if err := r.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}
