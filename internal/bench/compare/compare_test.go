package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/botd-dev/botd/internal/bench/floor"
	"github.com/botd-dev/botd/internal/bench/load"
)

// script is a bench whose machine does what it is told.
type script struct {
	said    []string
	cpu     map[string][]float64 // by server, one a run
	foreign map[string][]float64
	costs   []floor.Costs
	fail    error
}

func (s *script) Floor(context.Context) (*floor.Costs, error) {
	s.said = append(s.said, "floor")
	c := floor.Costs{Send: 1, SendOne: 1}
	if len(s.costs) > 0 {
		c, s.costs = s.costs[0], s.costs[1:]
	}
	return &c, nil
}

func (s *script) Load(_ context.Context, server string, _ Cell) (*load.Result, error) {
	s.said = append(s.said, server)
	r := &load.Result{CPU: 1, Delivery: 1}
	if all := s.cpu[server]; len(all) > 0 {
		r.CPU, s.cpu[server] = all[0], all[1:]
	}
	if all := s.foreign[server]; len(all) > 0 {
		r.Foreign, s.foreign[server] = all[0], all[1:]
	}
	return r, s.fail
}

func configured(accepted, tries int) Config {
	return Config{Accepted: accepted, Tries: tries, Foreign: 0.15, Log: io.Discard, Progress: io.Discard}
}

func TestServersTakeTurnsWithTheFloorOnBothSides(t *testing.T) {
	s := &script{}
	if _, err := Measure(t.Context(), s, configured(2, 2), Cells([]int{10}, []string{"a", "b"})); err != nil {
		t.Fatal(err)
	}
	want := strings.Fields("floor a floor floor b floor floor a floor floor b floor")
	if !slices.Equal(s.said, want) {
		t.Errorf("%v, want %v", s.said, want)
	}
}

func TestARunThatOthersDisturbedIsMadeAgain(t *testing.T) {
	s := &script{
		cpu:     map[string][]float64{"a": {50, 2, 4, 3}, "b": {8, 10, 9}},
		foreign: map[string][]float64{"a": {0.5}},
	}
	var log, table bytes.Buffer
	cfg := configured(3, 6)
	cfg.Log = &log
	runs, err := Measure(t.Context(), s, cfg, Cells([]int{50}, []string{"a", "b"}))
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != 7 {
		t.Errorf("%d runs, want 4 of a and 3 of b", len(runs))
	}
	all := rows(runs)
	if len(all) != 2 || all[0].runs != 3 || all[0].cpu != 3 || all[1].cpu != 9 || all[0].other != 3.0/9 || all[1].other != 0 {
		t.Errorf("%+v", all)
	}
	if err := Print(&table, runs); err != nil || !strings.Contains(table.String(), "0.333") {
		t.Errorf("%v:\n%s", err, &table)
	}
	lines := 0
	for line := range strings.Lines(log.String()) {
		lines++
		var r Run
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Result == nil || r.Participants != 50 {
			t.Errorf("%v: %s", err, line)
		}
	}
	if lines != len(runs) {
		t.Errorf("%d lines for %d runs", lines, len(runs))
	}
}

func TestWithoutAQuietRunTheDisturbedOnesAreShownAsSuch(t *testing.T) {
	s := &script{foreign: map[string][]float64{"a": {1, 1, 1}}}
	runs, err := Measure(t.Context(), s, configured(1, 3), Cells([]int{10}, []string{"a"}))
	if err != nil {
		t.Fatal(err)
	}
	if all := rows(runs); len(all) != 1 || all[0].count() != "3 disturbed" || all[0].cpu != 1 {
		t.Errorf("%+v", all)
	}
}

func TestARunIsComparedWithTheFloorAroundIt(t *testing.T) {
	// Ten packets 50 times a second: 500 times the microseconds of one, for ten.
	s := &script{costs: []floor.Costs{{Send: 1, SendOne: 9}, {Send: 3, SendOne: 9}}, cpu: map[string][]float64{"a": {0.5}}}
	runs, err := Measure(t.Context(), s, configured(1, 1), Cells([]int{10}, []string{"a"}))
	if err != nil {
		t.Fatal(err)
	}
	if got := runs[0].Floor; got != 0.1 {
		t.Errorf("the floor is %v ms, want 0.1", got)
	}
	if got := runs[0].ratio(); got != 5 {
		t.Errorf("%v times the floor, want 5", got)
	}
}

func TestASelfToneInAnyRunIsShown(t *testing.T) {
	r := func(self, marks int, disturbed bool) Run {
		return Run{Disturbed: disturbed, Floor: 1, Result: &load.Result{SelfTones: self, Marks: marks, MarksDue: 10}}
	}
	if all := rows([]Run{r(0, 10, false), r(1, 7, true)}); all[0].selfTones != 1 || all[0].unheard != 3 {
		t.Errorf("%+v", all)
	}
}

func TestACellThatFailsEndsTheBench(t *testing.T) {
	broken := errors.New("no server")
	if _, err := Measure(t.Context(), &script{fail: broken}, configured(3, 3), Cells([]int{10}, []string{"a"})); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func TestJanusIsSparedCallsItCannotHold(t *testing.T) {
	cells := Cells([]int{2, 100, 200}, []string{"botd", "janus"})
	if got := cells[2].Servers; !slices.Equal(got, []string{"botd"}) {
		t.Errorf("%v with 200", got)
	}
	if got := cells[1].Servers; !slices.Equal(got, []string{"botd", "janus"}) {
		t.Errorf("%v with 100", got)
	}
	if cells[0].Speakers != 2 || cells[1].Speakers != 3 || cells[1].sending() != 3 || OpenCell(nil).sending() != 20 {
		t.Errorf("%+v", cells)
	}
}

func TestATappedCallIsComparedWithItselfAndTheOthersWithJanus(t *testing.T) {
	s := &script{cpu: map[string][]float64{"botd": {2}, "janus": {20}, Tapped: {3}, "listening": {2.5}}}
	cells := append(Cells([]int{50}, []string{"botd", "janus"}), TapCell(50))
	runs, err := Measure(t.Context(), s, configured(1, 1), cells)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, r := range rows(runs) {
		got[r.server] = r.other
	}
	want := map[string]float64{"botd": 0.1, "janus": 0, Tapped: 1.2, "listening": 0}
	if !maps.Equal(got, want) {
		t.Errorf("divided by the other %v, want %v", got, want)
	}
}
