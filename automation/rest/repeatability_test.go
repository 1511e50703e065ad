package rest

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
)

// results keeps results in memory, each for its time.
type results struct {
	mu     sync.Mutex
	kept   map[string][]byte
	until  map[string]time.Time
	broken error
}

func newResults() *results { return &results{kept: map[string][]byte{}, until: map[string]time.Time{}} }

func (m *results) Remember(_ context.Context, key string, value []byte, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[key], m.until[key] = value, time.Now().Add(ttl)
	return m.broken
}

func (m *results) Recall(_ context.Context, key string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.kept[key]
	return value, ok && time.Now().Before(m.until[key]), m.broken
}

func newRepeats(m *results) *repeats {
	return &repeats{results: m, now: time.Now, log: zap.NewNop(), running: map[string]*turn{}}
}

func repetitionFor(t *testing.T, id, target, body string, sent time.Time) repetition {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "POST", target, nil)
	r.Header.Set(headerRepeatID, id)
	r.Header.Set(headerFirstSent, sent.UTC().Format(http.TimeFormat))
	rep, ok, err := repetitionOf(r, "key", []byte(body))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	rep.begun = true
	return rep
}

const repeatID = "7b9c1f0e-0f43-4c7e-9a55-4f8a5c2f7d10"

// counted runs count up.
func counted(n *int, status int) func(context.Context) answer {
	return func(context.Context) answer {
		*n++
		return answer{Status: status, Body: []byte(`{"n":1}`)}
	}
}

func TestARepeatedRequestHappensOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, n := newResults(), 0
		for i := range 3 {
			p := newRepeats(m) // also in another process
			a, err := p.once(t.Context(), repetitionFor(t, repeatID, "/x", "{}", time.Now()), counted(&n, 201))
			if err != nil || a.Status != 201 || string(a.Body) != `{"n":1}` || n != 1 {
				t.Errorf("try %d: %+v, %v; ran %d times", i, a, err, n)
			}
		}
	})
}

func TestAFailureThatClientsRetryIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, n := newRepeats(newResults()), 0
		rep := repetitionFor(t, repeatID, "/x", "{}", time.Now())
		for _, status := range []int{503, 429, 201, 500} {
			want := min(status, 503)
			if n == 3 {
				want = 201
			}
			a, err := p.once(t.Context(), rep, counted(&n, status))
			if err != nil || a.Status != want {
				t.Errorf("%d: %d, %v", status, a.Status, err)
			}
		}
		if n != 3 {
			t.Errorf("ran %d times", n)
		}
	})
}

func TestAFailureOfTheClientIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, n := newRepeats(newResults()), 0
		rep := repetitionFor(t, repeatID, "/x", "{}", time.Now())
		for range 2 {
			if a, err := p.once(t.Context(), rep, counted(&n, 404)); err != nil || a.Status != 404 || n != 1 {
				t.Errorf("%d, %v; ran %d times", a.Status, err, n)
			}
		}
	})
}

func TestOneIDIsForOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, n := newRepeats(newResults()), 0
		first := repetitionFor(t, repeatID, "/x?api-version=1", "{}", time.Now())
		if _, err := p.once(t.Context(), first, counted(&n, 201)); err != nil {
			t.Fatal(err)
		}
		for _, rep := range []repetition{
			repetitionFor(t, repeatID, "/x?api-version=1", "{ }", time.Now()),
			repetitionFor(t, repeatID, "/y?api-version=1", "{}", time.Now()),
			repetitionFor(t, strings.ToUpper(repeatID), "/x?api-version=2", "{}", time.Now()),
		} {
			if _, err := p.once(t.Context(), rep, counted(&n, 201)); !errors.Is(err, errRequest) {
				t.Error(err)
			}
		}
		other := repetitionFor(t, repeatID, "/x?api-version=1", "{ }", time.Now())
		other.key = "token/app-2/" + repeatID
		if _, err := p.once(t.Context(), other, counted(&n, 201)); err != nil || n != 2 {
			t.Errorf("the same id of another caller: %v; ran %d times", err, n)
		}
	})
}

func TestTheSecondWaitsForTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, n := newRepeats(newResults()), 0
		rep := repetitionFor(t, repeatID, "/x", "{}", time.Now())
		slow := func(ctx context.Context) answer {
			time.Sleep(time.Second)
			return counted(&n, 201)(ctx)
		}
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if a, err := p.once(t.Context(), rep, slow); err != nil || a.Status != 201 {
					t.Errorf("%+v, %v", a, err)
				}
			})
		}
		all.Wait()
		if n != 1 {
			t.Errorf("ran %d times", n)
		}
	})
}

func TestARequestGoesOnWhenItsClientHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, n := newRepeats(newResults()), 0
		rep := repetitionFor(t, repeatID, "/x", "{}", time.Now())
		ctx, cancel := context.WithCancel(t.Context())
		_, err := p.once(ctx, rep, func(ctx context.Context) answer {
			cancel()
			if ctx.Err() != nil {
				t.Error("it was cut")
			}
			return counted(&n, 201)(ctx)
		})
		if err != nil {
			t.Error(err)
		}
		if a, err := p.once(t.Context(), rep, counted(&n, 201)); err != nil || a.Status != 201 || n != 1 {
			t.Errorf("%+v, %v; ran %d times", a, err, n)
		}
	})
}

func TestACrashInBetweenMakesNoSecondOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, n := newResults(), 0
		rep := repetitionFor(t, repeatID, "/x", "{}", time.Now())
		if err := newRepeats(m).remember(t.Context(), rep.key, memo{Mark: rep.mark}); err != nil { // and then it died
			t.Fatal(err)
		}
		if _, err := newRepeats(m).once(t.Context(), rep, counted(&n, 201)); !errors.Is(err, errInterrupted) || n != 0 {
			t.Errorf("%v; ran %d times", err, n)
		}
	})
}

// TestWhatTookTooLongIsNotMadeAgain: who stops waiting for a call does not know
// whether it was made, and it goes on being made.
func TestWhatTookTooLongIsNotMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, begun := range []bool{true, false} {
			p, n := newRepeats(newResults()), 0
			rep := repetitionFor(t, repeatID, "/x", "{}", time.Now())
			rep.begun = begun
			a, err := p.once(t.Context(), rep, func(ctx context.Context) answer {
				<-ctx.Done()
				return counted(&n, 503)(ctx)
			})
			if err != nil || a.Status != 503 {
				t.Errorf("%+v, %v", a, err)
			}
			if _, err := p.once(t.Context(), rep, counted(&n, 201)); !errors.Is(err, errInterrupted) || n != 1 {
				t.Errorf("again: %v; ran %d times", err, n)
			}
		}
	})
}

func TestWhatIsTooOldToBeKnownIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, n := newRepeats(newResults()), 0
		rep := repetitionFor(t, repeatID, "/x", "{}", time.Now())
		if _, err := p.once(t.Context(), rep, counted(&n, 201)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(retention + time.Second)
		if _, err := p.once(t.Context(), rep, counted(&n, 201)); !errors.Is(err, errTooOld) || n != 1 {
			t.Errorf("%v; ran %d times", err, n)
		}
	})
}

func TestWithoutTheStoreNothingIsBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, n := newResults(), 0
		m.broken = errors.New("disk full")
		_, err := newRepeats(m).once(t.Context(), repetitionFor(t, repeatID, "/x", "{}", time.Now()), counted(&n, 201))
		if a, _ := failed(err); a.Status != 503 || n != 0 {
			t.Errorf("%v; ran %d times", err, n)
		}
	})
}

func TestAPanicLetsTheNextOneTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, n := newRepeats(newResults()), 0
		rep := repetitionFor(t, repeatID, "/x", "{}", time.Now())
		rep.begun = false
		func() {
			defer func() { _ = recover() }()
			_, _ = p.once(t.Context(), rep, func(context.Context) answer { panic("oh") })
		}()
		if _, err := p.once(t.Context(), rep, counted(&n, 201)); err != nil || n != 1 {
			t.Errorf("%v; ran %d times", err, n)
		}
	})
}

func TestTheHeadersComeTogetherAndWellFormed(t *testing.T) {
	now := time.Now().UTC().Format(http.TimeFormat)
	for _, row := range []struct {
		name, id, sent string
		ok             bool
		err            error
	}{
		{"none", "", "", false, nil},
		{"both", repeatID, now, true, nil},
		{"no date", repeatID, "", false, errRequest},
		{"no id", "", now, false, errRequest},
		{"no UUID", "1", now, false, errRequest},
		{"another kind of date", repeatID, "2030-05-01T10:00:00Z", false, errRequest},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/x", nil)
		r.Header.Set(headerRepeatID, row.id)
		r.Header.Set(headerFirstSent, row.sent)
		if _, ok, err := repetitionOf(r, "key", nil); ok != row.ok || !errors.Is(err, row.err) {
			t.Errorf("%s: %v, %v", row.name, ok, err)
		}
	}
}
