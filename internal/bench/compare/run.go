package compare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/botd-dev/botd/internal/bench/floor"
	"github.com/botd-dev/botd/internal/bench/load"
)

// Run is one measurement of one server.
type Run struct {
	Cell
	Server string       `json:"server"`
	Result *load.Result `json:"result"`
	// Costs are the means of what was measured just before and just after, and
	// Floor what comes of them, in milliseconds for each participant and second.
	Costs floor.Costs `json:"costs"`
	Floor float64     `json:"floor_ms"`
	// Disturbed says that other programs used more of the machine than allowed.
	Disturbed bool `json:"disturbed"`
}

// Bench is what runs are made with.
type Bench interface {
	// Floor measures what the least work costs now.
	Floor(ctx context.Context) (*floor.Costs, error)
	// Load measures a fresh server once.
	Load(ctx context.Context, server string, c Cell) (*load.Result, error)
}

// Config says how often and with how much patience.
type Config struct {
	// Accepted is how many runs of each server and cell are wanted, Tries how
	// many there may be.
	Accepted, Tries int
	// Foreign is how much of the processors other programs may use, in
	// processors.
	Foreign float64
	// Pause is how long the machine rests between two runs.
	Pause time.Duration
	// Log takes every run, as a line of JSON.
	Log io.Writer
	// Progress takes a line to read about every run.
	Progress io.Writer
}

// Measure runs every cell, its servers in turn, until there are enough runs that
// were not disturbed.
func Measure(ctx context.Context, b Bench, cfg Config, cells []Cell) ([]Run, error) {
	var all []Run
	for _, c := range cells {
		runs, err := measureCell(ctx, b, cfg, c)
		if err != nil {
			return all, err
		}
		all = append(all, runs...)
	}
	return all, nil
}

func measureCell(ctx context.Context, b Bench, cfg Config, c Cell) ([]Run, error) {
	var runs []Run
	accepted := map[string]int{}
	for range cfg.Tries {
		for _, server := range c.Servers {
			if accepted[server] >= cfg.Accepted {
				continue
			}
			r, err := once(ctx, b, cfg, c, server)
			if err != nil {
				return nil, fmt.Errorf("%s with %s: %w", c, server, err)
			}
			if !r.Disturbed {
				accepted[server]++
			}
			runs = append(runs, *r)
		}
	}
	return runs, nil
}

// once measures one server, and the floor on both sides of it.
func once(ctx context.Context, b Bench, cfg Config, c Cell, server string) (*Run, error) {
	select {
	case <-time.After(cfg.Pause):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	before, err := b.Floor(ctx)
	if err != nil {
		return nil, fmt.Errorf("floor: %w", err)
	}
	result, err := b.Load(ctx, server, c)
	if err != nil {
		return nil, err
	}
	after, err := b.Floor(ctx)
	if err != nil {
		return nil, fmt.Errorf("floor: %w", err)
	}
	r := &Run{Cell: c, Server: server, Result: result, Costs: floor.Mean(*before, *after)}
	r.Floor = r.Costs.Call(c.Participants, c.Speakers, c.sending())
	r.Disturbed = result.Foreign > cfg.Foreign
	return r, errors.Join(json.NewEncoder(cfg.Log).Encode(r), r.print(cfg.Progress))
}

// ratio is the server's CPU divided by the floor's.
func (r *Run) ratio() float64 { return r.Result.CPU / r.Floor }

// print says on one line how a run went.
func (r *Run) print(w io.Writer) error {
	note := ""
	if r.Disturbed {
		note = " (disturbed)"
	}
	_, err := fmt.Fprintf(w, "%-13s %-8s %7.3f ms = %5.2f x floor, core %.2f, delivered %.4f, delay %.1f/%.1f ms, spacing %.1f ms, others %.2f%s\n",
		r.Cell, r.Server, r.Result.CPU, r.ratio(), r.Result.Cores, r.Result.Delivery,
		r.Result.DelayMedian, r.Result.DelayP95, r.Result.SpacingP99, r.Result.Foreign, note)
	return err
}
