package small

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/internal/bench/load"
	"github.com/botd-dev/botd/internal/bench/servers"
)

// server holds so many calls; with more its clock is late. It fits Calls and
// Counters.
type server struct {
	holds     int
	generator float64 // processors for each call
	lossy     int     // from so many calls on packets are lost
	late      int     // so many measurements more are late by chance
	calls     int
	clock     clock
	failed    error
}

func (s *server) Grow(_ context.Context, calls int) error {
	s.calls += calls
	return s.failed
}

func (s *server) Measure(_ context.Context, _, length time.Duration) (*load.Result, error) {
	ticks := float64(length / (20 * time.Millisecond))
	s.clock.ticks += ticks
	if s.calls > s.holds {
		s.clock.late += ticks / 100
	}
	if length == measured && s.late > 0 {
		s.late--
		s.clock.late++
	}
	r := &load.Result{
		Calls: s.calls, Participants: 2 * s.calls, Cores: float64(s.calls) / 200, Memory: 300,
		Delivery: 1, Generator: s.generator * float64(s.calls),
	}
	if s.lossy > 0 && s.calls >= s.lossy {
		r.Delivery = 0.99
	}
	return r, nil
}

func (s *server) Counter(_ context.Context, name string) (float64, error) {
	switch name {
	case "botd_mix_ticks_total":
		return s.clock.ticks, nil
	case "botd_mix_late_ticks_total":
		return s.clock.late, nil
	}
	return 0, servers.ErrCounter
}

const measured = 20 * time.Second

func fill(t *testing.T, s *server) Held {
	t.Helper()
	h, err := Fill(t.Context(), s, s, Config{
		Step: 10, Most: 200, Late: 0.001, Tries: 3, Settle: time.Second, Length: measured, Progress: io.Discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestCallsAreAddedUntilTheClockIsLate(t *testing.T) {
	h := fill(t, &server{holds: 75})
	if h.Calls != 70 || h.PerCore() != 200 || h.Memory() != 600 || !strings.Contains(h.Limit, "1.00 % of ticks") {
		t.Errorf("%+v, %v calls a core, %v KiB each", h, h.PerCore(), h.Memory())
	}
}

func TestATickThatIsLateByChanceIsForgiven(t *testing.T) {
	if h := fill(t, &server{holds: 75, late: 2}); h.Calls != 70 {
		t.Errorf("%+v", h)
	}
	if h := fill(t, &server{holds: 75, late: 3}); h.Calls != 0 || h.PerCore() != 0 || h.Memory() != 0 {
		t.Errorf("%+v", h)
	}
}

func TestALimitThatIsNotTheClocksIsNamed(t *testing.T) {
	if h := fill(t, &server{holds: 1000, lossy: 55}); h.Calls != 50 || !strings.Contains(h.Limit, "packets") {
		t.Errorf("%+v", h)
	}
	if h := fill(t, &server{holds: 1000, generator: 0.01}); h.Calls != 90 || !strings.Contains(h.Limit, "generator") {
		t.Errorf("%+v", h)
	}
	if h := fill(t, &server{holds: 1000}); h.Calls != 200 || h.Limit != "there are no more" {
		t.Errorf("%+v", h)
	}
}

func TestAServerThatRefusesEndsTheBench(t *testing.T) {
	full := errors.New("full")
	if _, err := Fill(t.Context(), &server{failed: full}, nil, Config{Step: 1, Most: 2}); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}
