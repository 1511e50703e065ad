package netlab

import (
	"math"
	"slices"
	"testing"
	"time"
)

const packet = 20 * time.Millisecond

// fates sends packets every 20 ms and returns how each was delayed; nil is lost.
func fates(w Weather, seed uint64, n int) (all [][]time.Duration, counts Counts) {
	l := NewLine(w, seed)
	for i := range n {
		sent := time.Duration(i) * packet
		var delays []time.Duration
		for _, at := range l.Fate(nil, sent) {
			delays = append(delays, at-sent)
		}
		all = append(all, delays)
	}
	return all, l.Counts()
}

// rows are the lengths of the rows of what was lost.
func rows(all [][]time.Duration) (lengths []int) {
	row := 0
	for _, f := range all {
		if f == nil {
			row++
			continue
		}
		if row > 0 {
			lengths = append(lengths, row)
		}
		row = 0
	}
	return lengths
}

func TestAsMuchIsLostAsWasAskedFor(t *testing.T) {
	const n = 200_000
	for _, row := range []struct {
		name string
		Weather
		mean float64 // of what is lost in a row
	}{
		{"nothing", Weather{}, 0},
		{"one by one", Weather{Loss: 0.05}, 1 / 0.95},
		{"a fifth, one by one", Weather{Loss: 0.2}, 1 / 0.8},
		{"in bursts", Weather{Loss: 0.05, Burst: 3}, 3.05},
		{"a fifth, in bursts", Weather{Loss: 0.2, Burst: 4}, 4.25},
		{"ten in a row", Weather{Loss: 0.05, Row: 10}, 10.05},
	} {
		all, counts := fates(row.Weather, 7, n)
		lengths := rows(all)
		if part := float64(counts.Lost) / n; counts.Seen != n || math.Abs(part-row.Loss) > 0.1*row.Loss {
			t.Errorf("%s: %v, a part of %.4f", row.name, counts, part)
		}
		if row.mean == 0 {
			continue
		}
		sum := 0
		for _, l := range lengths {
			sum += l
		}
		if mean := float64(sum) / float64(len(lengths)); math.Abs(mean-row.mean) > 0.1*row.mean {
			t.Errorf("%s: %.2f in a row in the mean, want %.2f", row.name, mean, row.mean)
		}
		if longest := slices.Max(lengths); longest != counts.Longest {
			t.Errorf("%s: %d in a row, counted %d", row.name, longest, counts.Longest)
		}
		if least := slices.Min(lengths); row.Row > 0 && least < row.Row {
			t.Errorf("%s: only %d in a row", row.name, least)
		}
	}
}

func TestJitterIsNeverMoreThanWasAskedFor(t *testing.T) {
	const most, delay = 100 * time.Millisecond, 30 * time.Millisecond
	for _, spread := range []Spread{Overtaking, Queueing, Stalling} {
		all, _ := fates(Weather{Delay: delay, Jitter: most, Spread: spread}, 7, 20_000)
		var before, longest, sum time.Duration
		overtaken := 0
		for i, f := range all {
			d := f[0]
			if d < delay || d > delay+most {
				t.Fatalf("%v: held up by %v", spread, d)
			}
			at := d + time.Duration(i)*packet
			if at < before {
				overtaken++
			}
			before, longest, sum = at, max(longest, d), sum+d-delay
		}
		mean := sum / time.Duration(len(all))
		t.Logf("%v: %v in the mean, %v at most, %d overtaken", spread, mean, longest-delay, overtaken)
		if longest < delay+most*9/10 || mean < most/50 {
			t.Errorf("%v: held up by %v in the mean and %v at most", spread, mean, longest)
		}
		if (overtaken > 0) != (spread == Overtaking) {
			t.Errorf("%v: %d were overtaken", spread, overtaken)
		}
	}
}

func TestSomeComeTwiceAndSomeAreHeldBack(t *testing.T) {
	const n, hold = 20_000, 60 * time.Millisecond
	all, _ := fates(Weather{Duplicate: 0.05, Reorder: 0.1, Hold: hold}, 7, n)
	twice, held := 0, 0
	for _, f := range all {
		if len(f) == 2 {
			twice++
		}
		if f[0] == hold {
			held++
		}
	}
	if math.Abs(float64(twice)/n-0.05) > 0.005 || math.Abs(float64(held)/n-0.1) > 0.01 {
		t.Errorf("of %d, %d came twice and %d were held back", n, twice, held)
	}
}

func TestNothingPassesInAnOutage(t *testing.T) {
	all, _ := fates(Weather{Outages: []Span{{time.Second, 4 * time.Second}}}, 7, 500)
	for i, f := range all {
		if out := i >= 50 && i < 200; out != (f == nil) {
			t.Errorf("packet %d: %v", i, f)
		}
	}
}

func TestTheSameSeedDoesTheSame(t *testing.T) {
	w := Weather{Loss: 0.1, Burst: 3, Jitter: 100 * time.Millisecond, Reorder: 0.1, Hold: packet, Duplicate: 0.1}
	one, _ := fates(w, 1, 1000)
	again, _ := fates(w, 1, 1000)
	other, _ := fates(w, 2, 1000)
	if !slices.EqualFunc(one, again, slices.Equal) || slices.EqualFunc(one, other, slices.Equal) {
		t.Error("the seed does not decide")
	}
}
