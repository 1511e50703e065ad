// Command bench measures the audio bridge side by side with others.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is one thing that bench does.
type command struct {
	does string
	run  func(ctx context.Context, args []string, out io.Writer) error
}

// order is how they are listed.
var order = []string{"compare", "small", "load", "floor", "wire"}

func commands() map[string]command {
	return map[string]command{
		"compare": {"botd and others, in turn: a table", runCompare},
		"small":   {"how many small calls one processor holds", runSmall},
		"load":    {"one measurement of a server that runs, as JSON", runLoad},
		"wire":    {"how even the packets in a capture of tcpdump were sent", runWire},
		"floor":   {"what the least work of a bridge costs on this machine, as JSON", runFloor},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		if c, ok := commands()[args[0]]; ok {
			return c.run(ctx, args[1:], out)
		}
	}
	for _, name := range order {
		fmt.Fprintf(os.Stderr, "bench %-8s %s; -h for more\n", name, commands()[name].does)
	}
	return flag.ErrHelp
}
