package e2e

import (
	"context"
	"crypto/rand"
	"math/big"
	randv2 "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	kills = 20
	// calls is how many calls come and go at a time.
	calls = 50
	// repetitions is how many events a kill may have told again.
	repetitions = 50
)

func TestNothingIsForgottenWhenTheServerIsKilled(t *testing.T) {
	seed := anySeed(t)
	t.Logf("seed %d", seed)
	p := build(t, []byte("a key of the tests, thirty-two bytes or more"))
	tr := newTraffic(t, p.account, "8:acs:6d1a2f0c-0000-4000-8000-000000000001_6d1a2f0c-0000-4000-8000-000000000002", seed)
	p.start()
	if err := tr.subscribe(t.Context()); err != nil {
		t.Fatal(err)
	}
	chance := randv2.New(randv2.NewPCG(seed, 1))
	for range kills {
		ctx, cancel := context.WithCancel(t.Context())
		moment := 20 + chance.IntN(780)
		var killer sync.WaitGroup
		killer.Go(func() {
			defer cancel()
			tr.witness.more(moment, 3*time.Second)
			p.kill()
		})
		tr.flow(ctx, calls)
		killer.Wait()
		p.start()
	}
	tr.well.Store(true) // so that the last events need not wait for luck
	judge(t, p.account, tr.witness)
}

// anySeed is a new seed every time.
func anySeed(t *testing.T) uint64 {
	t.Helper()
	n, err := rand.Int(rand.Reader, big.NewInt(1<<32))
	if err != nil {
		t.Fatal(err)
	}
	return n.Uint64()
}

// judge waits until everything has been told, and compares it with the log.
func judge(t *testing.T, server account, w *witness) {
	t.Helper()
	log := everything(t, server)
	within(t, 60*time.Second, "everything is told", func(context.Context) error { return w.complete(log) })
	w.mu.Lock()
	defer w.mu.Unlock()
	told, again := 0, 0
	for connection, events := range log {
		if err := wellFormed(events); err != nil {
			t.Errorf("the log of %s: %v", connection, err)
		}
		n, err := w.told[connection].inOrder(events)
		if err != nil {
			t.Errorf("%s %v", connection, err)
		}
		told, again = told+len(w.told[connection].events), again+n
	}
	for connection := range w.told {
		if log[connection] == nil {
			t.Errorf("%s is not in the log but was told of", connection)
		}
	}
	kinds := map[string]int{}
	for _, c := range w.claims {
		kind, _, _ := strings.Cut(c.what, " ")
		kinds[kind]++
		if !slices.ContainsFunc(log[c.connection], c.explains) {
			t.Errorf("%s was answered with %s, which the log does not explain", c.connection, c.what)
		}
	}
	if again > kills*repetitions {
		t.Errorf("%d of %d events were told again, want at most %d a kill", again, told, repetitions)
	}
	for _, kind := range []string{"create", "answer", "state", "participant", "event", "mute", "end"} {
		if kinds[kind] < kills/4 {
			t.Errorf("only %d answers of the kind %q were seen: the test shows nothing", kinds[kind], kind)
		}
	}
	t.Logf("%d connections, %d events told, %d of them again; answers explained: %v", len(log), told, again, kinds)
}

// everything is the log of all connections.
func everything(t *testing.T, server account) map[string][]event {
	t.Helper()
	events, err := server.pages(t.Context(), "/calling/events")
	if err != nil {
		t.Fatal(err)
	}
	log := map[string][]event{}
	for _, e := range events {
		if id := e.connection(); id != "" {
			log[id] = append(log[id], e)
		}
	}
	return log
}
