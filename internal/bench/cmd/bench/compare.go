package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/botd-dev/botd/internal/bench/compare"
	"github.com/botd-dev/botd/internal/bench/servers"
)

// tapCall is how many are in the call that is tapped.
const tapCall = 50

// comparison is what the flags of compare say.
type comparison struct {
	machine compare.Machine
	config  compare.Config
	cells   []compare.Cell
	file    string
}

// runCompare measures servers in turn and prints a table.
func runCompare(ctx context.Context, args []string, out io.Writer) error {
	c, err := parseComparison(args, out)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(c.file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	c.config.Log, c.config.Progress = log, out
	runs, err := compare.Measure(ctx, &c.machine, c.config, c.cells)
	return errors.Join(err, log.Close(), compare.Print(out, runs))
}

func parseComparison(args []string, out io.Writer) (*comparison, error) {
	c := &comparison{machine: compare.Machine{Servers: map[string]servers.Kind{}}}
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	botd := f.String("botd", "bin/botd", "the botd to measure")
	names := f.String("servers", "", "of botd, janus and other, in this order; the last is what is compared with (default: those that are there)")
	listening := f.String("listening", "", "botd with the bots that listen: what two taps cost is measured with it")
	other := f.String("other", "", "another server that is joined by WHIP: the command that starts it")
	otherReady := f.String("other-ready", "127.0.0.1:8089", "where it answers once it has started")
	otherURL := f.String("other-whip", "http://127.0.0.1:8089/whip/{room}?name={name}", "where it is joined")
	sizes := f.String("n", "2,10,50,100,200,400", "sizes of the calls")
	open := f.Bool("open", true, "also a call with open microphones")
	f.IntVar(&c.config.Accepted, "reps", 3, "runs wanted of each")
	tries := f.Int("more", 3, "runs more that may be made where others were disturbed")
	f.Float64Var(&c.config.Foreign, "foreign", 0.15, "processors that other programs may use")
	f.DurationVar(&c.config.Pause, "pause", time.Second, "rest between two runs")
	f.DurationVar(&c.machine.Settle, "settle", 4*time.Second, "time before each measurement")
	f.DurationVar(&c.machine.Length, "t", 12*time.Second, "length of each measurement")
	f.IntVar(&c.machine.Server, "server-processor", 0, "processor of the server")
	f.IntVar(&c.machine.Generator, "generator-processor", 1, "processor of the generator")
	f.StringVar(&c.file, "o", "bench.jsonl", "every run is appended here")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	c.config.Tries = c.config.Accepted + *tries
	c.machine.Servers["botd"] = servers.Botd("botd", *botd)
	c.machine.Servers[compare.Tapped] = servers.Botd(compare.Tapped, *listening)
	c.machine.Servers["listening"] = servers.Botd("listening", *listening)
	c.machine.Servers["janus"] = servers.Janus()
	c.machine.Servers["other"] = servers.WHIP("other", strings.Fields(*other), *otherReady, *otherURL)
	var err error
	if c.machine.Program, err = os.Executable(); err != nil {
		return nil, err
	}
	list := present(*names, *other, out)
	c.cells, err = parseCells(*sizes, *open, list)
	if *listening != "" {
		c.cells = append(c.cells, compare.TapCell(tapCall))
	}
	return c, err
}

// present are the servers to measure: those asked for, or those there are.
func present(names, other string, out io.Writer) []string {
	if names != "" {
		return strings.Split(names, ",")
	}
	list := []string{"botd"}
	if other != "" {
		list = append(list, "other")
	}
	if err := servers.HaveJanus(); err != nil {
		_, _ = fmt.Fprintf(out, "not compared with Janus: %v\n", err)
		return list
	}
	return append(list, "janus")
}

func parseCells(sizes string, open bool, names []string) ([]compare.Cell, error) {
	var numbers []int
	for _, s := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-n %s: not a number of participants", s)
		}
		numbers = append(numbers, n)
	}
	cells := compare.Cells(numbers, names)
	if open {
		cells = append(cells, compare.OpenCell(names))
	}
	return cells, nil
}
