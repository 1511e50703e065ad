// Package small finds how many small calls one processor holds: it adds calls
// to a server until its media clock is late more often than allowed.
package small

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/botd-dev/botd/internal/bench/load"
)

// The counters of the server's media clock.
const (
	ticksCounter = "botd_mix_ticks_total"
	lateCounter  = "botd_mix_late_ticks_total"
)

// Calls are the calls that go on.
type Calls interface {
	// Grow begins so many more.
	Grow(ctx context.Context, calls int) error
	// Measure counts for a length of time, after another to settle.
	Measure(ctx context.Context, settle, length time.Duration) (*load.Result, error)
}

// Counters are the server's.
type Counters interface {
	Counter(ctx context.Context, name string) (float64, error)
}

// Config says how a server is filled.
type Config struct {
	// Step is how many calls are added at a time, Most when to stop.
	Step, Most int
	// Late is the part of ticks that may be late.
	Late float64
	// Tries is how often a number of calls is measured before it counts as too
	// many: other programs make ticks late as well.
	Tries int
	// Settle and Length are those of each measurement.
	Settle, Length time.Duration
	// Progress takes a line to read about every measurement.
	Progress io.Writer
}

// Held is the most that was held.
type Held struct {
	// Calls is how many, and Result what was measured with them; nil if not even
	// one step was held.
	Calls  int
	Result *load.Result
	// Late is the part of ticks that were late.
	Late float64
	// Limit is what was too much for the next step.
	Limit string
}

// PerCore is how many calls one processor would hold at the CPU time that each
// of them took.
func (h Held) PerCore() float64 {
	if h.Result == nil || h.Result.Cores == 0 {
		return 0
	}
	return float64(h.Calls) / h.Result.Cores
}

// Memory is what each call takes, in KiB.
func (h Held) Memory() float64 {
	if h.Result == nil || h.Calls == 0 {
		return 0
	}
	return h.Result.Memory * float64(h.Result.Participants) / float64(h.Calls)
}

const (
	// delivered is the part of packets that has to come; a call that is held
	// less well is not held.
	delivered = 0.999
	// generatorBusy is from where on it is the generator's limit that is found.
	generatorBusy = 0.95
)

// Fill adds calls until there are too many.
func Fill(ctx context.Context, calls Calls, counters Counters, cfg Config) (Held, error) {
	held := Held{Limit: "there are no more"}
	for n := cfg.Step; n <= cfg.Most; n += cfg.Step {
		if err := calls.Grow(ctx, cfg.Step); err != nil {
			return held, err
		}
		tried, limit, err := try(ctx, calls, counters, cfg)
		if err != nil {
			return held, err
		}
		if limit != "" {
			held.Limit = limit
			return held, nil
		}
		held.Calls, held.Result, held.Late = n, tried.Result, tried.Late
	}
	return held, nil
}

// try measures until the calls are held, or have not been too often.
func try(ctx context.Context, calls Calls, counters Counters, cfg Config) (h Held, limit string, err error) {
	for range cfg.Tries {
		if h, err = once(ctx, calls, counters, cfg); err != nil {
			return h, "", err
		}
		if limit = h.beyond(cfg.Late); limit == "" {
			return h, "", nil
		}
	}
	return h, limit, nil
}

// once measures what goes on.
func once(ctx context.Context, calls Calls, counters Counters, cfg Config) (h Held, err error) {
	if _, err = calls.Measure(ctx, 0, cfg.Settle); err != nil {
		return h, err
	}
	before, err := readClock(ctx, counters)
	if err != nil {
		return h, err
	}
	if h.Result, err = calls.Measure(ctx, 0, cfg.Length); err != nil {
		return h, err
	}
	after, err := readClock(ctx, counters)
	if err != nil {
		return h, err
	}
	h.Calls = h.Result.Calls
	h.Late = (after.late - before.late) / max(1, after.ticks-before.ticks)
	_, err = fmt.Fprintf(cfg.Progress, "%4d calls: %.2f of a core, %.3f %% of ticks late, delivered %.4f, delay %.1f ms, generator %.2f, others %.2f\n",
		h.Calls, h.Result.Cores, 100*h.Late, h.Result.Delivery, h.Result.DelayMedian, h.Result.Generator, h.Result.Foreign)
	return h, err
}

// beyond says which limit was passed, if one was.
func (h Held) beyond(late float64) string {
	switch {
	case h.Result.Generator > generatorBusy:
		return "the generator is busy"
	case h.Late >= late:
		return fmt.Sprintf("%.2f %% of ticks are late", 100*h.Late)
	case h.Result.Delivery < delivered:
		return fmt.Sprintf("only %.2f %% of packets come", 100*h.Result.Delivery)
	}
	return ""
}

// clock is what the media clock has counted.
type clock struct {
	ticks, late float64
}

func readClock(ctx context.Context, c Counters) (k clock, err error) {
	if k.ticks, err = c.Counter(ctx, ticksCounter); err != nil {
		return k, err
	}
	k.late, err = c.Counter(ctx, lateCounter)
	return k, err
}
