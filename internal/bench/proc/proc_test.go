package proc

import (
	"os"
	"runtime"
	"testing"
	"time"
)

func TestAProcessThatWorksUsesTimeAndMemory(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, err := Read(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	busy := ThreadTime()
	kept := make([]byte, 32<<20)
	for i := range kept {
		kept[i] = byte(i)
	}
	busy = ThreadTime() - busy
	after, err := Read(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if used := after.CPU - before.CPU; used < busy || busy <= 0 {
		t.Errorf("the process used %v, its thread %v", used, busy)
	}
	if grown := after.Memory - before.Memory; grown < 16<<10 {
		t.Errorf("%d KiB more after using 32 MiB", grown)
	}
	if after.Threads < 1 {
		t.Errorf("%d threads", after.Threads)
	}
	runtime.KeepAlive(kept)
}

func TestAProcessThatIsGoneHasNoUsage(t *testing.T) {
	if u, err := Read(1 << 22); err == nil { // beyond the highest number there is
		t.Errorf("%+v", u)
	}
}

func TestBusyTimeLeavesOutWaiting(t *testing.T) {
	got, err := parseBusy("cpu  1 2 4 1000 2000 8 16 32 64 128\ncpu0 9 9 9\n")
	if want := 630 * time.Millisecond; err != nil || got != want {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, bad := range []string{"", "cpu 1 2 3", "cpu0 1 2 3 4 5 6 7 8", "cpu 1 2 x 4 5 6 7 8", "cpu -1 2 3 4 5 6 7 8", "cpu 9223372036854775807 1 2 3 4 5 6 7"} {
		if got, err := parseBusy(bad); err == nil {
			t.Errorf("%q is %v", bad, got)
		}
	}
}

func FuzzStatus(f *testing.F) {
	f.Add("Name:\tx\nVmRSS:\t  123 kB\nThreads:\t4\n", "cpu  1 2 4 1000 2000 8 16 32 64 128\n")
	f.Fuzz(func(t *testing.T, status, stat string) {
		if rss, threads, err := parseStatus(status); err == nil && (rss < 0 || threads < 0) {
			t.Errorf("%d KiB, %d threads", rss, threads)
		}
		if busy, err := parseBusy(stat); err == nil && busy < 0 {
			t.Errorf("busy for %v", busy)
		}
	})
}
