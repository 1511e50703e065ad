package e2e

import (
	"context"
	"crypto/rand"
	"math/big"
	randv2 "math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// repetitions is how many events a kill may have told again.
	repetitions = 50
	// backWithin is how soon after a kill calls are taken again, and
	// closedWithin how soon after that those that were cut are told to be over.
	backWithin, closedWithin = 10 * time.Second, 15 * time.Second
)

// storm is what the server has to go through. The environment makes it larger:
// CHAOS_KILLS, CHAOS_CALLS and CHAOS_EVENTS, and CHAOS_SEED
// repeats one.
type storm struct {
	kills int
	// calls is how many calls come and go at a time.
	calls int
	// events is how many are told before it is over, each counted once.
	events int
	seed   uint64
}

func stormOf(t *testing.T) storm {
	t.Helper()
	return storm{
		kills: int(fromEnv(t, "CHAOS_KILLS", 3)), calls: int(fromEnv(t, "CHAOS_CALLS", 50)),
		events: int(fromEnv(t, "CHAOS_EVENTS", 5000)), seed: fromEnv(t, "CHAOS_SEED", anySeed(t)),
	}
}

// fromEnv is a number of the environment, or another if it is not there.
func fromEnv(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n == 0 {
		t.Fatalf("%s: %q is not a number", name, text)
	}
	return n
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

func TestNothingIsForgottenWhenTheServerIsKilled(t *testing.T) {
	s := stormOf(t)
	t.Logf("seed %d: %d kills, %d calls at a time, %d events", s.seed, s.kills, s.calls, s.events)
	p := build(t, []byte("a key of the tests, thirty-two bytes or more"))
	tr := newTraffic(t, p.account, "8:acs:6d1a2f0c-0000-4000-8000-000000000001_6d1a2f0c-0000-4000-8000-000000000002", s.seed)
	p.start()
	if err := tr.subscribe(t.Context()); err != nil {
		t.Fatal(err)
	}
	rest := tr.receivers[1].flap(s.seed)
	chance := randv2.New(randv2.NewPCG(s.seed, 1))
	for kill := range s.kills {
		moment := 1 + chance.IntN(2*s.events/s.kills)
		if kill == s.kills-1 { // the last is not too early
			moment = max(moment, s.events-tr.witness.known())
		}
		tr.flowUntil(t.Context(), s.calls, moment, p.kill)
		killed := time.Now()
		p.startWithin(backWithin)
		t.Logf("kill %d after %d events more, %d in all; ready again after %s", kill+1, moment, tr.witness.known(), time.Since(killed).Round(time.Millisecond))
	}
	cutOff(t, p.account, tr.witness)
	rest() // so that the last events need not wait for luck
	judge(t, s, p.account, tr.witness)
}

// flowUntil lets calls come and go until a number of events more has been told,
// and then does something to the server while they still do.
func (tr *traffic) flowUntil(ctx context.Context, calls, events int, then func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	wait.Go(func() {
		defer cancel()
		tr.witness.more(events, 2*time.Minute)
		then()
	})
	tr.flow(ctx, calls)
	wait.Wait()
}

// cutOff checks after a kill, when nobody has called yet, that no call is left,
// and that those who can be told are told so.
func cutOff(t *testing.T, server account, w *witness) {
	t.Helper()
	got, err := server.ask(t.Context(), http.MethodGet, "/calling/calls", nil)
	if err != nil || got.status != http.StatusOK || string(got.body) != `{"value":[]}` {
		t.Errorf("after a kill the calls are %d %s %v", got.status, got.body, err)
	}
	log := everything(t, server)
	within(t, closedWithin, "the calls that were cut are told to be over", func(context.Context) error {
		_, err := w.missing(log, "first/")
		return err
	})
}

// judge waits until everything has been told, and compares it with the log.
func judge(t *testing.T, s storm, server account, w *witness) {
	t.Helper()
	log := everything(t, server)
	w.wait(t, log)
	w.mu.Lock()
	defer w.mu.Unlock()
	judgeIDs(t, log)
	judgeCalls(t, server)
	told, again := judgeTold(t, w, log)
	explained := judgeClaims(t, w, log)
	if again > s.kills*repetitions {
		t.Errorf("%d of %d events were told again, want at most %d a kill", again, told, repetitions)
	}
	for _, kind := range []string{"create", "answer", "state", "participant", "event", "mute", "end", "remove"} {
		if explained[kind] < s.calls/4 {
			t.Errorf("only %d answers of the kind %q were seen: the test shows nothing", explained[kind], kind)
		}
	}
	if told-again < s.events {
		t.Errorf("%d events were told, the test asks for %d", told-again, s.events)
	}
	t.Logf("%d connections (%d cut by a kill), %d events told to %d destinations, %d of them again; answers explained: %v",
		len(log), cut(log), told, len(w.told), again, explained)
}

// judgeIDs checks that an id means one event.
func judgeIDs(t *testing.T, log map[string][]event) {
	t.Helper()
	seen := map[string]event{}
	for _, events := range log {
		for _, e := range events {
			if other, known := seen[e.ID]; known {
				t.Errorf("two events have the id %s: %v and %v", e.ID, e, other)
			}
			seen[e.ID] = e
		}
	}
}

// judgeCalls checks that every call that is said to have started is said to have
// ended, and that everybody who came is said to have gone, once.
func judgeCalls(t *testing.T, server account) {
	t.Helper()
	events, err := server.pages(t.Context(), "/calling/events")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]int{}
	ends := 0
	for _, e := range events {
		what := e.field("serverCallId") + " " + e.field("participantId")
		switch e.kind() {
		case "CallStarted", "CallParticipantAdded":
			there[what]++
		case "CallEnded":
			ends++
			there[what]--
		case "CallParticipantRemoved":
			there[what]--
		}
		if n := there[what]; n < 0 || n > 1 {
			t.Errorf("%s %s", e.kind(), what)
		}
	}
	for what, n := range there {
		if n != 0 {
			t.Errorf("%s is never over", what)
		}
	}
	if ends == 0 {
		t.Error("no call has ended: the test shows nothing")
	}
}

// judgeTold compares what was told with the log, and counts it.
func judgeTold(t *testing.T, w *witness, log map[string][]event) (told, again int) {
	t.Helper()
	for connection, events := range log {
		if err := wellFormed(events); err != nil {
			t.Errorf("the log of %s: %v", connection, err)
		}
		for to, owed := range w.owed(connection, events) {
			n, err := w.told[route{connection, to}].inOrder(owed)
			if err != nil {
				t.Errorf("%s at %s %v", connection, to, err)
			}
			again += n
		}
	}
	for r, events := range w.told {
		if log[r.connection] == nil {
			t.Errorf("%s is not in the log but was told of", r.connection)
		}
		if owed := w.owed(r.connection, log[r.connection]); owed[r.to] == nil {
			t.Errorf("%s was told to %s, where nothing is owed", r.connection, r.to)
		}
		told += len(events.events)
	}
	return told, again
}

// judgeClaims looks for what explains each answer, and counts them by kind.
func judgeClaims(t *testing.T, w *witness, log map[string][]event) map[string]int {
	t.Helper()
	kinds := map[string]int{}
	for _, c := range w.claims {
		kind, _, _ := strings.Cut(c.what, " ")
		kinds[kind]++
		if !slices.ContainsFunc(log[c.connection], c.explains) {
			t.Errorf("%s was answered with %s, which the log does not explain", c.connection, c.what)
		}
	}
	return kinds
}

// cut counts the connections that were open when the server was killed.
func cut(log map[string][]event) int {
	n := 0
	for _, events := range log {
		if strings.Contains(string(events[len(events)-1].Data), "9999") {
			n++
		}
	}
	return n
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
