package journal

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats-server/v2/server/ats"

	"github.com/botd-dev/botd/call"
)

func TestOldRecordsGoButNotWhatIsOpenOrOwed(t *testing.T) {
	h := openNew(t, nil)
	gone, owed, open := talking(1), talking(2), talking(3)
	gone.call, owed.call, open.call = "c", "c", "c"
	h.write(t, "c", gone.opens(), gone.hangsUp())
	h.write(t, "c", owed.opens(), owed.hangsUp())
	h.write(t, "c", open.opens())
	later := time.Now().Add(time.Hour)

	h.Keep(func(int) uint64 { return 3 })
	h.cut(t.Context(), later)
	if _, err := h.Read(t.Context(), gone.connection, 0, 9); !errors.Is(err, ErrUnknown) {
		t.Errorf("what nobody needs is still there: %v", err)
	}
	if got, err := h.Read(t.Context(), owed.connection, 0, 9); err != nil || len(got) != 2 {
		t.Errorf("what is owed has gone: %d, %v", len(got), err)
	}
	h.Keep(func(int) uint64 { return 0 })
	h.cut(t.Context(), later)
	if _, err := h.Read(t.Context(), owed.connection, 0, 9); !errors.Is(err, ErrUnknown) {
		t.Errorf("what was told is still there: %v", err)
	}
	if got, err := h.Read(t.Context(), open.connection, 0, 9); err != nil || len(got) != 1 {
		t.Errorf("what is open has gone: %d, %v", len(got), err)
	}
	h.write(t, "c", open.hangsUp())
	if got, err := h.Read(t.Context(), open.connection, 0, 9); err != nil || len(got) != 2 {
		t.Errorf("cannot go on after a cut: %d, %v", len(got), err)
	}
}

func TestALogThatIsTooLargeLosesItsOldestDays(t *testing.T) {
	var ahead atomic.Int64
	h := openNew(t, func(c *Config) {
		c.MaxBytes = 1000
		c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	s := talking(1)
	h.write(t, s.call, s.opens(), s.hangsUp(), talking(1).says("botd.test"), talking(1).hangsUp())
	size := h.tidy(t.Context())
	h.measure(size)
	if size == 0 || !h.Full() {
		t.Errorf("%d bytes of today are left, full is %v", size, h.Full())
	}
	ahead.Store(int64(48 * time.Hour))
	size = h.tidy(t.Context())
	h.measure(size)
	if size != 0 || h.Full() {
		t.Errorf("%d bytes of two days ago are left, full is %v", size, h.Full())
	}
}

func TestWhatIsOwedKeepsNoYoungerDaysOfOthers(t *testing.T) {
	t.Run("of yesterday", func(t *testing.T) { whatIsOwedSince(t, day) })
	// As after a start with a clock that had lost its battery: to look at each day
	// since would take minutes.
	t.Run("of thirty years ago", func(t *testing.T) { whatIsOwedSince(t, 30*365*day) })
}

// whatIsOwedSince has something be owed for so long, and too much be told a day ago.
func whatIsOwedSince(t *testing.T, past time.Duration) {
	t.Helper()
	// The store keeps one clock for all there are; it must not begin in the
	// bubble.
	ats.Register()
	defer ats.Unregister()
	synctest.Test(t, func(t *testing.T) {
		dir, small := t.TempDir(), func(c *Config) { c.MaxBytes = 1000 }
		owed, told := talking(1), talking(2)
		h := openAt(t, dir, small)
		for n := 3; shardOf(told.call, h.Shards()) == shardOf(owed.call, h.Shards()); n++ {
			told = talking(n)
		}
		h.write(t, owed.call, owed.opens(), owed.hangsUp())
		h = later(t, h, past, dir, small)
		h.write(t, told.call, told.opens(), told.says("botd.test"), told.hangsUp())
		h = later(t, h, day, dir, small)
		defer h.close(t)
		h.Keep(func(shard int) uint64 {
			if shard == shardOf(owed.call, h.Shards()) {
				return 1
			}
			return 0
		})
		h.tidy(t.Context())
		if _, err := h.Read(t.Context(), told.connection, 0, 9); !errors.Is(err, ErrUnknown) {
			t.Errorf("what nobody needs is still there: %v", err)
		}
		if got, err := h.Read(t.Context(), owed.connection, 0, 9); err != nil || len(got) != 2 {
			t.Errorf("what is owed has gone: %d, %v", len(got), err)
		}
	})
}

// later opens a log again after a while.
func later(t *testing.T, h *house, after time.Duration, dir string, change func(*Config)) *house {
	t.Helper()
	h.close(t)
	time.Sleep(after)
	return openAt(t, dir, change)
}

func TestALogIsFullWithinASecondAndCallsThatRunGoOn(t *testing.T) {
	full := make(chan struct{}, 100)
	h := openNew(t, func(c *Config) {
		c.MaxBytes = 10_000
		c.Metrics.Size = func(uint64, float64) { full <- struct{}{} }
	})
	<-full
	if h.Full() {
		t.Error("full from the beginning")
	}
	s := talking(1)
	h.write(t, s.call, s.opens())
	for range 100 {
		h.write(t, s.call, s.says("botd.test"))
	}
	for len(full) > 0 {
		<-full
	}
	<-full // may have begun before the last was written
	<-full
	if !h.Full() {
		t.Error("not full with more than it may hold")
	}
	h.write(t, s.call, s.hangsUp())
}

func TestWhatIsOwedOutlivesTheRetentionAndGoesWhenItIsTold(t *testing.T) {
	var ahead atomic.Int64
	h := openNew(t, func(c *Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	s := talking(1)
	h.write(t, s.call, s.opens(), s.hangsUp())
	var owed atomic.Uint64
	owed.Store(1)
	h.Keep(func(shard int) uint64 {
		if shard == shardOf(s.call, h.Shards()) {
			return owed.Load()
		}
		return 0
	})
	ahead.Store(int64(30 * 24 * time.Hour))
	h.tidy(t.Context())
	if got, err := h.Read(t.Context(), s.connection, 0, 9); err != nil || len(got) != 2 {
		t.Errorf("what is owed has gone: %d, %v", len(got), err)
	}
	owed.Store(0)
	h.tidy(t.Context())
	if _, err := h.Read(t.Context(), s.connection, 0, 9); !errors.Is(err, ErrUnknown) {
		t.Errorf("what was told a month ago is still there: %v", err)
	}
}

func TestAClockThatJumpsAnHourBreaksNoOrderAndRemovesNothingEarly(t *testing.T) {
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	h := openNew(t, func(c *Config) { c.Now = now })
	s := talking(1)
	h.write(t, s.call, s.opens())
	for _, jump := range []time.Duration{time.Hour, 0, -time.Hour, 0} {
		ahead.Store(int64(jump))
		r := s.says("botd.test")
		r.Time = now()
		h.write(t, s.call, r)
	}
	h.write(t, s.call, s.hangsUp())
	h.tidy(t.Context())
	for name, read := range map[string]func() ([]call.Record, error){
		"connection": func() ([]call.Record, error) { return h.Read(t.Context(), s.connection, 0, 9) },
		"call":       func() ([]call.Record, error) { return h.ReadCall(t.Context(), s.call, 0, 9) },
		"everything": func() ([]call.Record, error) { all, _, err := h.ReadAll(t.Context(), "", 9); return all, err },
	} {
		if got, err := read(); err != nil || !slices.Equal(sequences(got), upTo(6)) {
			t.Errorf("%s: %v, %v", name, sequences(got), err)
		}
	}
	written := time.Now()
	// Half an hour before the records are a week old, and the day is over.
	soon := written.Truncate(day).Add(day + h.cfg.Retention - 30*time.Minute).Sub(written)
	for _, step := range []struct {
		jump time.Duration
		left int
	}{{time.Hour, 6}, {-time.Hour, 6}, {2 * time.Hour, 0}} {
		ahead.Store(int64(soon + step.jump))
		h.tidy(t.Context())
		if got, _ := h.Read(t.Context(), s.connection, 0, 9); len(got) != step.left {
			t.Errorf("with the clock at %v: %d left", step.jump, len(got))
		}
	}
}

func TestNothingGoesBeforeItIsKnownWhatIsOwed(t *testing.T) {
	dir := t.TempDir()
	h := openAt(t, dir, nil)
	s := talking(1)
	h.write(t, s.call, s.opens(), s.hangsUp())
	h.close(t)

	measured := make(chan struct{})
	once := sync.OnceFunc(func() { close(measured) })
	h = openAt(t, dir, func(c *Config) {
		c.Now = func() time.Time { return time.Now().Add(30 * 24 * time.Hour) }
		c.Metrics.Size = func(uint64, float64) { once() }
	})
	defer h.close(t)
	<-measured // housekeeping has begun
	if got, err := h.Read(t.Context(), s.connection, 0, 9); err != nil || len(got) != 2 {
		t.Errorf("has gone before anybody could say that it is owed: %d, %v", len(got), err)
	}
}
