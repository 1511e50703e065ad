package journal

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/botd-dev/botd/call"
)

// victimDir names the directory of a child process that writes until killed.
const victimDir = "BOTD_JOURNAL_VICTIM"

// victimTurns is after how many turns it stops by itself, if that is set.
const victimTurns = "BOTD_JOURNAL_TURNS"

// victim appends to a few open connections as fast as it can and prints every
// record once it is durable, and every line of its own log.
func victim() {
	encoder := zapcore.NewConsoleEncoder(zapcore.EncoderConfig{MessageKey: "m"})
	log := zap.New(zapcore.NewCore(encoder, zapcore.Lock(os.Stdout), zap.WarnLevel))
	h, err := build(os.Getenv(victimDir), func(c *Config) { c.Log = log })
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	speakers := make([]*speaker, 100)
	for n := range speakers {
		speakers[n] = talking(os.Getpid()*1000 + n)
	}
	enough, _ := strconv.Atoi(os.Getenv(victimTurns))
	for turns := 0; enough == 0 || turns < enough; turns += len(speakers) {
		var all sync.WaitGroup
		for _, s := range speakers {
			records := []call.Record{s.says("botd.test"), s.says(call.CallConnected{}.Type())}
			if s.said == 2 {
				s.said = 0
				records = []call.Record{s.begins(), s.opens(), s.says(call.CallConnected{}.Type())}
			}
			all.Add(1)
			h.Append(s.call, records, func(err error) {
				defer all.Done()
				fmt.Println("durable", s.call, s.connection, records[len(records)-1].CallSequence, err)
			})
		}
		all.Wait()
	}
}

// kill runs a victim and kills it when it has said the given word often
// enough. It adds the calls that it saw, with the last sequence that it saw
// durable of each, to those known.
func kill(t *testing.T, dir, word string, enough int, durable map[string]uint64) {
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
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); {
		said, rest, _ := strings.Cut(lines.Text(), " ")
		if said == word {
			if n++; n == enough {
				_ = cmd.Process.Kill()
			}
		}
		var name, connection, outcome string
		var sequence uint64
		if said != "durable" {
			continue
		}
		if _, err := fmt.Sscanf(rest, "%s %s %d %s", &name, &connection, &sequence, &outcome); err != nil || outcome != "<nil>" {
			t.Fatalf("the victim said %q", lines.Text())
		}
		durable[name] = max(durable[name], sequence)
	}
	_ = cmd.Wait() // killed
}

func TestAKilledProcessLosesNothingAndEveryCallIsEndedOnce(t *testing.T) {
	dir := t.TempDir()
	durable := make(map[string]uint64)
	for _, enough := range []int{150, 700, 1500} {
		kill(t, dir, "durable", enough, durable)
		// The next one dies while it closes what this one has left open.
		kill(t, dir, "calls", 1+enough%7, durable)
	}
	start := time.Now()
	h := openAt(t, dir, nil)
	t.Logf("%d calls; the last start took %s", len(durable), time.Since(start))
	defer h.close(t)
	for name, sequence := range durable {
		got, err := h.ReadCall(t.Context(), name, 0, 100000)
		if err != nil {
			t.Fatal(err)
		}
		if uint64(len(got)) <= sequence {
			t.Errorf("call %s: %d durable, %d read", name, sequence, len(got))
		}
		checkEndedOnce(t, got)
	}
}

// checkEndedOnce looks at a call with one connection that was interrupted.
func checkEndedOnce(t *testing.T, records []call.Record) {
	t.Helper()
	for i, r := range records {
		if r.CallSequence != uint64(i+1) || r.Connection != "" && r.Sequence != uint64(i) {
			t.Fatalf("record %d of %s is number %d of the call and %d of its connection", i+1, r.Call, r.CallSequence, r.Sequence)
		}
		if r.Closing != (i == len(records)-2) || r.Ends() != (i == len(records)-1) {
			t.Errorf("record %d of %d of %s is %s", i+1, len(records), r.Call, r.Type)
		}
	}
	closing, end := records[len(records)-2], records[len(records)-1]
	if closing.Type != (call.CallDisconnected{}).Type() || !strings.Contains(string(closing.Data), "9999") {
		t.Errorf("closed by %s %s", closing.Type, closing.Data)
	}
	if !strings.Contains(string(end.Data), `"code":500,"subCode":9999`) {
		t.Errorf("ended by %s", end.Data)
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
