package journal

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// acknowledged is a record that a process was told is durable, and when.
type acknowledged struct {
	call, connection string
	sequence         uint64 // of the call
	at               int
}

// traceVictim has a victim write that many turns of calls under strace.
func traceVictim(t *testing.T, turns int) (*forgetful, []acknowledged) {
	t.Helper()
	strace := mayTrace(t)
	dir, out := filepath.Join(t.TempDir(), "log"), filepath.Join(t.TempDir(), "trace")
	cmd := exec.CommandContext(t.Context(), strace, append(straceArgs(out), os.Args[0])...)
	cmd.Env = append(os.Environ(), victimDir+"="+dir, victimTurns+"="+strconv.Itoa(turns))
	if said, err := cmd.Output(); err != nil {
		t.Fatalf("%v: %.1000s", err, said)
	}
	file, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it is only read
	calls, err := readTrace(file)
	if err != nil {
		t.Fatal(err)
	}
	disk, err := replay(dir, calls)
	if err != nil {
		t.Fatal(err)
	}
	return disk, acknowledgements(t, disk.said)
}

func acknowledgements(t *testing.T, said []saying) []acknowledged {
	t.Helper()
	var all []acknowledged
	for _, s := range said {
		a, outcome := acknowledged{at: s.at}, ""
		if _, err := fmt.Sscanf(s.text, "durable %s %s %d %s", &a.call, &a.connection, &a.sequence, &outcome); err != nil || outcome != "<nil>" {
			t.Fatalf("the victim said %q", s.text)
		}
		all = append(all, a)
	}
	return all
}

func TestAPowerCutTakesNothingThatWasAcknowledged(t *testing.T) {
	const turns, cuts = 10_000, 5
	disk, acks := traceVictim(t, turns)
	if len(acks) < turns {
		t.Fatalf("only %d turns were acknowledged", len(acks))
	}
	if late := disk.uncovered(acks); late > 0 {
		t.Errorf("%d of %d were acknowledged before a sync that began after they were written had returned", late, len(acks))
	}
	luck := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // any will do
	for n := range cuts {
		moment := 1 + luck.IntN(len(acks))
		if n == cuts-1 {
			moment = len(acks)
		}
		lost := disk.lost(t, acks[:moment], []*rand.Rand{nil, luck}[n%2])
		t.Logf("power cut after %d acknowledgements: %d lost", moment, lost)
		if lost > 0 {
			t.Errorf("%d of %d are lost", lost, moment)
		}
	}
	disk.forget()
	if disk.uncovered(acks) != len(acks) {
		t.Error("this test does not see records that were never synced")
	}
	if lost := disk.lost(t, acks, nil); lost != len(acks) {
		t.Errorf("without any sync %d of %d are lost", lost, len(acks))
	}
}

// forget is a disk that ignores every sync.
func (d *forgetful) forget() {
	d.syncs = nil
	for _, n := range d.names {
		if n.node != nil {
			n.node.syncs = nil
		}
	}
}

// lost cuts the power at the last acknowledgement, opens the log on what is left
// and counts what is missing there.
func (d *forgetful) lost(t *testing.T, acks []acknowledged, luck *rand.Rand) int {
	t.Helper()
	dir := t.TempDir()
	if err := d.cut(dir, acks[len(acks)-1].at, luck); err != nil {
		t.Fatal(err)
	}
	h := openAt(t, dir, nil)
	defer h.close(t)
	there := make(map[string]int)
	lost := 0
	for _, a := range acks {
		if _, known := there[a.call]; !known {
			records, _ := h.ReadCall(t.Context(), a.call, 0, 100000) // none if there is no such call
			there[a.call] = len(records)
			if len(records) > 0 {
				checkEndedOnce(t, records)
			}
		}
		if uint64(there[a.call]) < a.sequence {
			lost++
		}
	}
	return lost
}

// uncovered counts the acknowledgements that no sync stands behind which began
// after the record was written.
func (d *forgetful) uncovered(acks []acknowledged) int {
	block := regexp.MustCompile(`/streams/botd_log_\d+/msgs/\d+\.blk$`)
	id := regexp.MustCompile(`"id":"([^"]+)"`)
	type place struct {
		node *node
		at   int
	}
	written := make(map[string]place)
	for _, n := range d.names {
		if n.node == nil || !block.MatchString(n.path) {
			continue
		}
		for _, c := range n.node.changes {
			for _, found := range id.FindAllSubmatch(c.data, -1) {
				written[string(found[1])] = place{n.node, c.at}
			}
		}
	}
	late := 0
	for _, a := range acks {
		p := written[a.connection+"-"+strconv.FormatUint(a.sequence-1, 10)] // one record came before the connection
		if p.node == nil || safe(p.node.syncs, a.at) <= p.at {
			late++
		}
	}
	return late
}

func TestAForgetfulDiskKeepsWhatWasSyncedInTime(t *testing.T) {
	write := func(entry, exit int, data string) traced {
		return traced{name: "pwrite64", args: []string{"3", hexed(data), "3", "0"}, result: int64(len(data)), entry: entry, exit: exit}
	}
	d, err := replay("/disk/", []traced{
		{name: "openat", args: []string{"AT_FDCWD", hexed("/disk/a"), "O_RDWR|O_CREAT"}, result: 3, entry: 1, exit: 1},
		write(2, 2, "old"),
		write(3, 6, "new"),
		{name: "fsync", args: []string{"3"}, entry: 5, exit: 8}, // began before the second write had returned
		{name: "fsync", args: []string{"3"}, entry: 7, exit: 10},
		{name: "renameat", args: []string{"AT_FDCWD", hexed("/disk/a"), "AT_FDCWD", hexed("/disk/b")}, entry: 11, exit: 11},
	})
	if err != nil {
		t.Fatal(err)
	}
	for moment, want := range map[int]string{7: "", 9: "a=old", 12: "a=new"} {
		dir := t.TempDir()
		if err := d.cut(dir, moment, nil); err != nil {
			t.Fatal(err)
		}
		if got := listing(t, dir); got != want {
			t.Errorf("at %d there is %q instead of %q", moment, got, want)
		}
	}
}

func hexed(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	return `"` + b.String() + `"`
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e.Name()+"="+string(data))
	}
	return strings.Join(all, " ")
}
