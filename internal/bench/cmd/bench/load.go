package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"time"

	"github.com/botd-dev/botd/internal/bench/control"
	"github.com/botd-dev/botd/internal/bench/join"
	"github.com/botd-dev/botd/internal/bench/load"
)

// runLoad measures a server once.
func runLoad(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	var door join.Door
	f.StringVar(&door.WHIP, "whip", "http://127.0.0.1:8080/whip/{room}?name={name}", "where to join by WHIP")
	f.StringVar(&door.Token, "token", "", "bearer token of a user")
	f.StringVar(&door.Janus, "janus", "", "join a Janus instead: the address of its WebSocket")
	pid := f.Int("pid", 0, "the server's process")
	plan := load.Plan{}
	calls := f.Int("calls", 1, "calls")
	f.IntVar(&plan.Participants, "n", 10, "participants of each call")
	f.IntVar(&plan.Speakers, "k", 3, "of these, speakers")
	f.BoolVar(&plan.Open, "open", false, "the others have open microphones")
	settle := f.Duration("settle", 4*time.Second, "time before the measurement")
	length := f.Duration("t", 12*time.Second, "length of the measurement")
	api := f.String("api", "", "base URL of a botd, for -tap")
	key := f.String("key", "", "the file with its access key")
	tap := f.Bool("tap", false, "have two bots listen, to the mix and to one speaker")
	if err := f.Parse(args); err != nil {
		return err
	}
	engine, err := join.NewEngine()
	if err != nil {
		return err
	}
	if plan.Way, err = door.Open(ctx, engine); err != nil {
		return err
	}
	defer plan.Way.Close()
	if *tap {
		application, err := control.New(ctx, *api, *key)
		if err != nil {
			return err
		}
		defer application.Close()
		plan.Joined = tapping(application)
	}
	plan.Server = *pid
	if plan.Voices, err = load.NewVoices(ctx); err != nil {
		return err
	}
	result, err := measure(ctx, plan, *calls, *settle, *length)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}

// tapping has bots listen in every call.
func tapping(a *control.Application) func(context.Context, string, []string) error {
	return func(ctx context.Context, room string, speakers []string) error {
		seat, err := a.Enter(ctx, room)
		if err != nil {
			return err
		}
		return seat.Tap(ctx, speakers)
	}
}

func measure(ctx context.Context, plan load.Plan, calls int, settle, length time.Duration) (*load.Result, error) {
	s, err := load.NewSession(plan)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := s.Grow(ctx, calls); err != nil {
		return nil, err
	}
	return s.Measure(ctx, settle, length)
}
