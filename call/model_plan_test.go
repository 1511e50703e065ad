package call_test

import "pgregory.net/rapid"

// plan is what will happen. It is drawn whole before anything does, so that a
// failure can be made smaller.
type plan struct {
	start   int // who begins
	slow    bool
	patient bool // all time-outs are waited for in the end, else the server is closed
	steps   []planned
}

// most is how many people a call holds: few, so that some are full, or more.
func (p plan) most() int {
	if p.patient {
		return 5
	}
	return 8
}

// planned is one act. a and b choose among who and what is there by then.
type planned struct {
	act, a, b int
	together  bool // with the next one, in no particular order
}

func drawPlan(rt *rapid.T) plan {
	step := rapid.Custom(func(t *rapid.T) planned {
		return planned{
			act: even(t, "act", len(acts)), a: even(t, "a", 16), b: even(t, "b", 8), together: rapid.Bool().Draw(t, "together"),
		}
	})
	p := plan{
		start: even(rt, "start", starts), slow: rapid.Bool().Draw(rt, "slow"), patient: rapid.Bool().Draw(rt, "patient"),
	}
	// A list of lists is longer: alone it would have six on average.
	for _, steps := range rapid.SliceOfN(rapid.SliceOfN(step, 1, 10), 1, 4).Draw(rt, "steps") {
		p.steps = append(p.steps, steps...)
	}
	return p
}

// even draws a number below n. Those that rapid draws are small more often than
// not, and there are no small acts.
func even(t *rapid.T, label string, n int) int {
	i := 0
	for range 10 {
		i *= 2
		if rapid.Bool().Draw(t, label) {
			i++
		}
	}
	return i % n
}
