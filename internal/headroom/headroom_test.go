package headroom

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

func TestMemoryIsFullFromItsPartOfTheLimitOn(t *testing.T) {
	for _, row := range []struct {
		name        string
		percent     int
		used, limit uint64
		want        bool
	}{
		{"half of it", 90, 50, 100, false},
		{"just below", 90, 89, 100, false},
		{"just there", 90, 90, 100, true},
		{"beyond the limit", 90, 120, 100, true},
		{"no limit", 90, 1 << 50, math.MaxInt64, false},
		{"nobody wants to know", 0, 120, 100, false},
	} {
		m := New(row.percent)
		m.read, m.collect = func() usage { return usage{row.used, row.limit} }, func() {}
		if m.Full() != row.want {
			t.Errorf("%s: %v", row.name, !row.want)
		}
	}
}

func TestGarbageIsCollectedOnceASecondToFindOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, collected := New(90), 0
		m.read, m.collect = func() usage { return usage{95, 100} }, func() { collected++ }
		for range 1000 {
			if !m.Full() {
				t.Fatal("it is not full")
			}
		}
		if collected != 1 {
			t.Errorf("collected %d times", collected)
		}
		time.Sleep(every)
		if _ = m.Full(); collected != 2 {
			t.Errorf("collected %d times after a while", collected)
		}
	})
}

// A limit a little above what is in use: what is taken beyond it is seen, and
// so is that it has been given back.
func TestARealLimitIsSeenAndLeft(t *testing.T) {
	runtime.GC()
	before := read().used
	old := debug.SetMemoryLimit(int64(before) + 256<<20) //nolint:gosec // some megabytes
	defer debug.SetMemoryLimit(old)
	m := New(90)
	m.collect = runtime.GC
	if m.Full() {
		t.Fatalf("full with %d of %d bytes", before, before+256<<20)
	}
	func() {
		ballast := make([]byte, before+256<<20)
		if !m.Full() {
			t.Error("not full beyond the limit")
		}
		runtime.KeepAlive(ballast)
	}()
	m.asked = time.Time{}
	_ = m.Full() // has the garbage collected
	if m.Full() {
		t.Errorf("still full with %d bytes", read().used)
	}
}
