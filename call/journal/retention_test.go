package journal

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
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
	if size := h.tidy(t.Context()); size == 0 {
		t.Error("lost what was written today")
	}
	ahead.Store(int64(48 * time.Hour))
	if size := h.tidy(t.Context()); size != 0 {
		t.Errorf("%d bytes of two days ago are left", size)
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
