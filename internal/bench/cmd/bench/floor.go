package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"runtime"

	"github.com/botd-dev/botd/internal/bench/floor"
	"github.com/botd-dev/botd/internal/bench/proc"
)

// runFloor measures the floor of one processor.
func runFloor(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("floor", flag.ContinueOnError)
	processor := f.Int("processor", 0, "where to measure")
	if err := f.Parse(args); err != nil {
		return err
	}
	// Only this thread: those who receive are to run elsewhere.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := proc.Pin(*processor); err != nil {
		return err
	}
	costs, err := floor.Measure(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(costs)
}
