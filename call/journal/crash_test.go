package journal

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

// victimDir names the directory of a child process that writes until killed.
const victimDir = "BOTD_JOURNAL_VICTIM"

// victim appends to a few open connections as fast as it can and prints every
// record once it is durable.
func victim() {
	h, err := build(os.Getenv(victimDir), nil)
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	base := os.Getpid() * 100
	var mu sync.Mutex
	for round := 0; ; round++ {
		var all sync.WaitGroup
		for n := range 20 {
			s := &speaker{call: fmt.Sprintf("call-%d", base+n), connection: fmt.Sprintf("%032x", base+n), said: uint64(2 * round)}
			first := s.says("botd.test")
			if round == 0 {
				s.said = 0
				first = s.opens()
			}
			second := s.says(call.CallConnected{}.Type())
			all.Add(1)
			h.Append(s.call, []call.Record{first, second}, func(err error) {
				defer all.Done()
				mu.Lock()
				defer mu.Unlock()
				fmt.Println("durable", s.connection, second.Sequence, err)
			})
		}
		all.Wait()
	}
}

// kill runs a victim, kills it once it has written enough, and returns the last
// sequence it saw durable of each connection.
func kill(t *testing.T, dir string, enough int) map[string]uint64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), victimDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	durable := make(map[string]uint64)
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		var connection, outcome string
		var sequence uint64
		if _, err := fmt.Sscanf(lines.Text(), "durable %s %d %s", &connection, &sequence, &outcome); err != nil {
			t.Fatalf("the victim said %q", lines.Text())
		}
		durable[connection] = max(durable[connection], sequence)
		if n == enough {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait() // killed
	return durable
}

func TestAKilledProcessLosesNothingAndEveryConnectionIsClosedOnce(t *testing.T) {
	dir := t.TempDir()
	durable := make(map[string]uint64)
	for _, enough := range []int{150, 700, 1500} {
		for connection, sequence := range kill(t, dir, enough) {
			durable[connection] = sequence
		}
	}
	start := time.Now()
	h := openAt(t, dir, nil)
	t.Logf("%d connections; the last start took %s", len(durable), time.Since(start))
	defer h.close(t)
	for connection, sequence := range durable {
		got, err := h.Read(t.Context(), connection, 0, 100000)
		if err != nil {
			t.Fatal(err)
		}
		if want := upTo(uint64(len(got))); !slices.Equal(sequences(got), want) {
			t.Fatalf("connection %s has gaps: %v", connection, sequences(got))
		}
		if uint64(len(got)) <= sequence {
			t.Errorf("connection %s: %d durable, %d read", connection, sequence, len(got))
		}
		checkClosedOnce(t, got)
	}
}

func checkClosedOnce(t *testing.T, records []call.Record) {
	t.Helper()
	for i, r := range records {
		if last := i == len(records)-1; r.Closing != last {
			t.Errorf("record %d of %d of %s: closing is %v", i+1, len(records), r.Connection, r.Closing)
		}
	}
	last := records[len(records)-1]
	if last.Type != (call.CallDisconnected{}).Type() || !strings.Contains(string(last.Data), "9999") {
		t.Errorf("closed by %s %s", last.Type, last.Data)
	}
	if last.CallSequence != uint64(len(records)) {
		t.Errorf("closed as %d of the call", last.CallSequence)
	}
}

func TestACheckpointStandsForWhatCameBeforeIt(t *testing.T) {
	dir := t.TempDir()
	h := openAt(t, dir, nil)
	early, gone, late := talking(1), talking(2), talking(3)
	early.call, gone.call, late.call = "c", "c", "c" // one shard
	h.write(t, "c", early.opens(), gone.opens(), gone.hangsUp())
	s := h.shard("c")
	s.checkpoint(t.Context())
	h.write(t, "c", early.says(call.CallConnected{}.Type()), late.opens())

	again := &shard{journal: h.Journal, number: s.number, prefix: s.prefix, store: s.store, index: newIndex()}
	again.head.Store(s.head.Load())
	after, err := again.loadCheckpoint(t.Context())
	if err != nil || after != 3 {
		t.Fatalf("the checkpoint stands at %d, %v", after, err)
	}
	h.close(t)

	h = openAt(t, dir, nil)
	defer h.close(t)
	for _, want := range []struct {
		s       *speaker
		records int
		kind    string
	}{
		{early, 3, call.CallDisconnected{}.Type()},
		{gone, 2, call.CallDisconnected{}.Type()},
		{late, 2, ""}, // what kind of failure depends on how it was opened
	} {
		got, err := h.Read(t.Context(), want.s.connection, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		last := got[len(got)-1]
		if len(got) != want.records || !last.Closing || want.kind != "" && last.Type != want.kind {
			t.Errorf("connection %s: %d records, the last %s", want.s.connection, len(got), last.Type)
		}
	}
}
