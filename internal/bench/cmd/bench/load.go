package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"time"

	"github.com/botd-dev/botd/internal/bench/join"
	"github.com/botd-dev/botd/internal/bench/load"
)

// runLoad measures a server once.
func runLoad(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	whip := f.String("whip", "http://127.0.0.1:8080/whip/{room}?name={name}", "where to join by WHIP")
	token := f.String("token", "", "bearer token of a user")
	janus := f.String("janus", "", "join a Janus instead: the address of its WebSocket")
	pid := f.Int("pid", 0, "the server's process")
	plan := load.Plan{}
	calls := f.Int("calls", 1, "calls")
	f.IntVar(&plan.Participants, "n", 10, "participants of each call")
	f.IntVar(&plan.Speakers, "k", 3, "of these, speakers")
	f.BoolVar(&plan.Open, "open", false, "the others have open microphones")
	settle := f.Duration("settle", 4*time.Second, "time before the measurement")
	length := f.Duration("t", 12*time.Second, "length of the measurement")
	if err := f.Parse(args); err != nil {
		return err
	}
	engine, err := join.NewEngine()
	if err != nil {
		return err
	}
	if plan.Way, err = way(ctx, engine, *janus, *whip, *token); err != nil {
		return err
	}
	defer plan.Way.Close()
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

func way(ctx context.Context, e *join.Engine, janus, whip, token string) (join.Way, error) {
	if janus != "" {
		return join.NewJanus(ctx, e, janus)
	}
	return join.NewWHIP(e, whip, token), nil
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
