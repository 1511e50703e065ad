package journal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestWhatIsAppendedIsReadBackInOrder(t *testing.T) {
	h := openNew(t, nil)
	for _, many := range []int{1, 40} { // one by one, and as a batch
		s := talking(many)
		records := []call.Record{s.opens()}
		for range many {
			records = append(records, s.says("botd.test"))
		}
		h.write(t, s.call, append(records, s.hangsUp())...)
		got, err := h.Read(t.Context(), s.connection, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if want := upTo(uint64(many) + 2); !slices.Equal(sequences(got), want) {
			t.Errorf("read %v, want %v", sequences(got), want)
		}
		if got[0].Telling == nil || got[0].Telling.URI != records[0].Telling.URI || !got[len(got)-1].Closing {
			t.Error("the records came back changed")
		}
	}
}

func TestAnswersComeInTheOrderOfAppend(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	var mu sync.Mutex
	var order []int
	var all sync.WaitGroup
	for i := range 300 {
		var records []call.Record
		if i%3 != 0 { // a turn without records waits its turn, too
			records = []call.Record{s.says("botd.test")}
		}
		all.Add(1)
		h.Append(s.call, records, func(err error) {
			defer all.Done()
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			order = append(order, i)
		})
	}
	all.Wait()
	if !slices.IsSorted(order) || len(order) != 300 {
		t.Errorf("%d answers, in order: %v", len(order), slices.IsSorted(order))
	}
}

func TestARecordThatDoesNotFitFailsAloneAndTellsWhy(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	huge := s.says("botd.test")
	huge.Data = []byte(`"` + strings.Repeat("x", largest) + `"`)
	failed := make(chan error, 1)
	h.Append(s.call, []call.Record{huge}, func(err error) { failed <- err })
	h.write(t, s.call, s.says("botd.test"))
	if err := <-failed; !errors.Is(err, ErrTooLarge) {
		t.Errorf("answered %v", err)
	}
	bad := s.says("botd.test")
	bad.Data = []byte(`{`)
	h.Append(s.call, []call.Record{bad}, func(err error) { failed <- err })
	if err := <-failed; !errors.Is(err, ErrMalformed) {
		t.Errorf("answered %v", err)
	}
}

func TestAClosedLogTakesNothing(t *testing.T) {
	h := openAt(t, t.TempDir(), nil)
	h.close(t)
	failed := make(chan error, 1)
	h.Append("c", nil, func(err error) { failed <- err })
	if err := <-failed; !errors.Is(err, ErrClosed) {
		t.Errorf("answered %v", err)
	}
}

func TestClosingWritesWhatIsQueued(t *testing.T) {
	dir := t.TempDir()
	h := openAt(t, dir, nil)
	s := talking(1)
	var all sync.WaitGroup
	for range 2000 {
		all.Add(1)
		h.Append(s.call, []call.Record{s.says("botd.test")}, func(err error) {
			defer all.Done()
			if err != nil {
				t.Error(err)
			}
		})
	}
	h.close(t)
	all.Wait()
	h = openAt(t, dir, nil)
	defer h.close(t)
	got, err := h.Read(t.Context(), s.connection, 0, 5000)
	if err != nil {
		t.Fatal(err)
	}
	if want := upTo(2001); !slices.Equal(sequences(got), want) { // and the closing record
		t.Errorf("read %d records", len(got))
	}
}

func TestTheLogSurvivesARestartOfTheStore(t *testing.T) {
	h := openNew(t, nil)
	s := talking(1)
	var all sync.WaitGroup
	for i := range 400 {
		all.Add(1)
		h.Append(s.call, []call.Record{s.says("botd.test")}, func(err error) {
			defer all.Done()
			if err != nil {
				t.Error(err)
			}
		})
		if i%100 == 50 {
			if err := h.store.Reopen(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	all.Wait()
	got, err := h.Read(t.Context(), s.connection, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if want := upTo(400); !slices.Equal(sequences(got), want) {
		t.Errorf("read %d records: %v", len(got), sequences(got))
	}
}

func TestALostAnswerWritesNothingTwice(t *testing.T) {
	h := openNew(t, nil)
	st := h.shards[0].store
	var messages []message
	for range 40 {
		messages = append(messages, message{subject: h.prefix(0) + "a.b", data: []byte{byte('a' + len(messages))}})
	}
	if n, err := st.append(t.Context(), messages[:3]); err != nil || n != 3 {
		t.Fatal(n, err)
	}
	st.last = 0 // as if no answer had come
	if n, err := st.append(t.Context(), messages[:3]); !errors.Is(err, errRefused) || n != 0 {
		t.Errorf("written twice: %d, %v", n, err)
	}
	if n, err := st.settle(t.Context(), messages); err != nil || n != 3 || messages[2].at != 3 {
		t.Errorf("found %d (%v), the last at %d", n, err, messages[2].at)
	}
	if n, err := st.append(t.Context(), messages[3:]); err != nil || n != 37 {
		t.Fatal(n, err)
	}
	st.last = 3
	if n, err := st.append(t.Context(), messages[3:]); !errors.Is(err, errRefused) || n != 0 {
		t.Errorf("a batch was written twice: %d, %v", n, err)
	}
	if n, err := st.settle(t.Context(), messages[3:]); err != nil || n != 37 || messages[39].at != 40 {
		t.Errorf("found %d (%v), the last at %d", n, err, messages[39].at)
	}
}

func TestReadersSeeOnlyWhatTheyAskFor(t *testing.T) {
	h := openNew(t, nil)
	a, b := talking(1), talking(2)
	b.call = a.call
	h.write(t, a.call, a.opens(), a.says("botd.test"))
	resource := call.Record{ID: "r", Type: "botd.call.started", Call: a.call, CallSequence: 3, Data: []byte(`{}`)}
	h.write(t, a.call, resource)
	other := b.opens()
	other.CallSequence = 4
	h.write(t, a.call, other)

	got, err := h.Read(t.Context(), a.connection, 1, 10)
	if err != nil || !slices.Equal(sequences(got), []uint64{2}) {
		t.Errorf("after 1: %v, %v", sequences(got), err)
	}
	got, err = h.Read(t.Context(), a.connection, 0, 1)
	if err != nil || !slices.Equal(sequences(got), []uint64{1}) {
		t.Errorf("one of two: %v, %v", sequences(got), err)
	}
	got, err = h.ReadCall(t.Context(), a.call, 1, 2)
	if err != nil || len(got) != 2 || got[0].CallSequence != 2 || got[1].CallSequence != 3 {
		t.Errorf("of the call: %v, %v", got, err)
	}
	if _, err := h.Read(t.Context(), "nobody", 0, 1); !errors.Is(err, ErrUnknown) {
		t.Errorf("of nobody: %v", err)
	}
	if _, err := h.ReadCall(t.Context(), "nobody", 0, 1); !errors.Is(err, ErrUnknown) {
		t.Errorf("of no call: %v", err)
	}
	first, err := h.Opened(t.Context(), b.call, b.connection)
	if err != nil || first.ID != other.ID {
		t.Errorf("opened by %v, %v", first.ID, err)
	}
}

func TestAConnectionThatIsClosedIsStillFound(t *testing.T) {
	h := openNew(t, nil)
	s := talking(7)
	h.write(t, s.call, s.opens(), s.hangsUp())
	got, err := h.Read(t.Context(), s.connection, 0, 10)
	if err != nil || len(got) != 2 {
		t.Errorf("read %d, %v", len(got), err)
	}
}

func TestOneCursorReadsEverythingOnce(t *testing.T) {
	h := openNew(t, nil)
	const calls, records = 30, 9
	for n := range calls {
		s := talking(n)
		for range records {
			h.write(t, s.call, s.says("botd.test"))
		}
	}
	seen := make(map[string]uint64)
	cursor := ""
	for {
		got, next, err := h.ReadAll(t.Context(), cursor, 17)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 {
			break
		}
		for _, r := range got {
			if seen[r.Call]++; seen[r.Call] != r.CallSequence {
				t.Fatalf("call %s: record %d came as number %d", r.Call, r.CallSequence, seen[r.Call])
			}
		}
		cursor = next
	}
	if len(seen) != calls {
		t.Errorf("saw %d calls", len(seen))
	}
	for name, n := range seen {
		if n != records {
			t.Errorf("saw %d records of %s", n, name)
		}
	}
	if _, _, err := h.ReadAll(t.Context(), "not.a.cursor", 1); !errors.Is(err, ErrCursor) {
		t.Errorf("read from nonsense: %v", err)
	}
}

func TestProbingWritesAndAFullDiskIsSeen(t *testing.T) {
	h := openNew(t, func(c *Config) { c.Reserve = 0.999999 })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := h.Probe(ctx); err != nil {
		t.Error(err)
	}
	h.measure(0)
	if !h.Full() {
		t.Error("not full with less than everything free")
	}
	c := Config{Reserve: 0.05, MaxBytes: 100}
	if c.short(0.5, 99) || !c.short(0.05, 0) || !c.short(0.5, 100) {
		t.Error("room is measured wrongly")
	}
}
