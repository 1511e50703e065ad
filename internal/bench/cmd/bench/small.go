package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/botd-dev/botd/internal/bench/control"
	"github.com/botd-dev/botd/internal/bench/join"
	"github.com/botd-dev/botd/internal/bench/load"
	"github.com/botd-dev/botd/internal/bench/servers"
	"github.com/botd-dev/botd/internal/bench/small"
)

// pinned tells the program that it is already on its processor.
const pinned = "BENCH_PINNED"

// echo is the bot that people call.
const echo = "echo"

// filling is what the flags of small say.
type filling struct {
	botd              string
	bots              bool
	server, generator int
	config            small.Config
}

// runSmall fills a botd with small calls.
func runSmall(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("small", flag.ContinueOnError)
	w := filling{config: small.Config{Progress: out}}
	f.StringVar(&w.botd, "botd", "bin/botd", "the botd to measure")
	f.BoolVar(&w.bots, "bots", true, "a person and a bot in each call; else two people")
	f.IntVar(&w.config.Step, "step", 20, "calls added at a time")
	f.IntVar(&w.config.Most, "most", 1000, "calls at most")
	f.Float64Var(&w.config.Late, "late", 0.001, "part of ticks from which on it is too much")
	f.IntVar(&w.config.Tries, "tries", 3, "measurements before calls count as too many")
	f.DurationVar(&w.config.Settle, "settle", 2*time.Second, "time before each measurement")
	f.DurationVar(&w.config.Length, "t", 20*time.Second, "length of each measurement")
	f.IntVar(&w.server, "server-processor", 0, "processor of the server")
	f.IntVar(&w.generator, "generator-processor", 1, "processor of the generator")
	if err := f.Parse(args); err != nil {
		return err
	}
	if os.Getenv(pinned) == "" {
		return again(ctx, w.generator, args, out)
	}
	return w.run(ctx, out)
}

// again runs this program once more, on its processor.
func again(ctx context.Context, processor int, args []string, out io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args = append([]string{"-c", strconv.Itoa(processor), self, "small"}, args...)
	cmd := exec.CommandContext(ctx, "taskset", args...) //nolint:gosec // our own program
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	cmd.Env = append(os.Environ(), pinned+"=1")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd.Run()
}

func (w filling) run(ctx context.Context, out io.Writer) error {
	s, err := servers.Start(ctx, servers.Botd("botd", w.botd), w.server)
	if err != nil {
		return err
	}
	defer s.Stop()
	engine, err := join.NewEngine()
	if err != nil {
		return err
	}
	way, err := s.Door.Open(ctx, engine)
	if err != nil {
		return err
	}
	defer way.Close()
	plan := load.Plan{Way: way, Server: s.PID, Participants: 2, Speakers: 2}
	if plan.Voices, err = load.NewVoices(ctx); err != nil {
		return err
	}
	if w.bots {
		application, err := control.New(ctx, s.API.Base, s.API.KeyFile)
		if err != nil {
			return err
		}
		defer application.Close()
		plan.Participants, plan.Speakers, plan.Echoed, plan.Joined = 1, 1, true, adding(application)
	}
	session, err := load.NewSession(plan)
	if err != nil {
		return err
	}
	defer session.Close()
	held, err := small.Fill(ctx, session, s, w.config)
	if err != nil {
		return err
	}
	return w.print(out, held)
}

// adding brings the echo into every call.
func adding(a *control.Application) func(context.Context, string, []string) error {
	return func(ctx context.Context, room string, _ []string) error {
		seat, err := a.Enter(ctx, room)
		if err != nil {
			return err
		}
		return seat.Add(ctx, echo)
	}
}

func (w filling) print(out io.Writer, h small.Held) error {
	of := "two people"
	if w.bots {
		of = "a person and a bot"
	}
	_, err := fmt.Fprintf(out, "%d calls of %s on one processor, with %.3f %% of ticks late: %.0f a core by CPU time, %.0f KiB each; then %s\n",
		h.Calls, of, 100*h.Late, h.PerCore(), h.Memory(), h.Limit)
	return err
}
