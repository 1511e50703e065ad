package compare

import (
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
)

// row is what the runs of one server with one cell come to.
type row struct {
	Cell
	server             string
	runs, disturbed    int
	cpu, ratio, other  float64 // other: CPU divided by that of the cell's last server
	cores, delivery    float64
	delay, p95         float64
	spacing, memory    float64
	selfTones, unheard int
}

// Print prints a row for each server and cell, in the order they were measured.
func Print(w io.Writer, runs []Run) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(format string, values ...any) { _, _ = fmt.Fprintf(t, format, values...) } // Flush tells
	line("participants\tserver\truns\tCPU ms\t÷ floor\t÷ other\tcores\tdelivered\tdelay ms\tp95 ms\tspacing ms\tKiB each\tself\tunheard\t\n")
	for _, r := range rows(runs) {
		line("%s\t%s\t%s\t%.3f\t%.2f\t%s\t%.3f\t%.4f\t%.1f\t%.1f\t%.1f\t%.0f\t%d\t%d\t\n",
			r.Cell, r.server, r.count(), r.cpu, r.ratio, dash(r.other), r.cores, r.delivery,
			r.delay, r.p95, r.spacing, r.memory, r.selfTones, r.unheard)
	}
	return t.Flush()
}

// count is how many runs the medians are of; those that were disturbed are only
// taken where there are no others.
func (r row) count() string {
	if r.disturbed > 0 {
		return fmt.Sprintf("%d disturbed", r.disturbed)
	}
	return fmt.Sprint(r.runs)
}

func dash(v float64) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", v)
}

// rows sums up the runs.
func rows(runs []Run) []row {
	var all []row
	for len(runs) > 0 {
		first := runs[0]
		same := func(r Run) bool { return r.Server == first.Server && r.key() == first.key() }
		var these, others []Run
		for _, r := range runs {
			if same(r) {
				these = append(these, r)
			} else {
				others = append(others, r)
			}
		}
		all, runs = append(all, sum(these)), others
	}
	for i := range all {
		all[i].compare(all)
	}
	return all
}

// key tells cells apart.
func (c Cell) key() [3]int {
	open := 0
	if c.Open {
		open = 1
	}
	return [3]int{c.Participants, c.Speakers, open}
}

// sum takes the medians of the runs that were not disturbed, or of all if all
// were.
func sum(runs []Run) row {
	good := slices.DeleteFunc(slices.Clone(runs), func(r Run) bool { return r.Disturbed })
	r := row{Cell: runs[0].Cell, server: runs[0].Server, runs: len(good)}
	if len(good) == 0 {
		good, r.disturbed = runs, len(runs)
	}
	of := func(value func(Run) float64) float64 { return median(good, value) }
	r.cpu = of(func(r Run) float64 { return r.Result.CPU })
	r.ratio = of(func(r Run) float64 { return r.ratio() })
	r.cores = of(func(r Run) float64 { return r.Result.Cores })
	r.delivery = of(func(r Run) float64 { return r.Result.Delivery })
	r.delay = of(func(r Run) float64 { return r.Result.DelayMedian })
	r.p95 = of(func(r Run) float64 { return r.Result.DelayP95 })
	r.spacing = of(func(r Run) float64 { return r.Result.SpacingP99 })
	r.memory = of(func(r Run) float64 { return r.Result.Memory })
	// One is too many, in any run.
	for _, each := range runs {
		r.selfTones += each.Result.SelfTones
		r.unheard += each.Result.MarksDue - each.Result.Marks
	}
	return r
}

// compare divides the CPU by that of the last server that the cell names.
func (r *row) compare(all []row) {
	if len(r.Servers) == 0 {
		return
	}
	last := r.Servers[len(r.Servers)-1]
	for _, other := range all {
		if other.server == last && r.server != last && other.key() == r.key() && other.cpu > 0 {
			r.other = r.cpu / other.cpu
		}
	}
}

// median is the middle one of values, the mean of two in the middle.
func median(runs []Run, value func(Run) float64) float64 {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = value(r)
	}
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	return (values[(n-1)/2] + values[n/2]) / 2
}
