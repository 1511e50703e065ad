package botd

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"runtime"
	"testing"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/remote"
)

// elsewhere is a bot that stays until its call ends.
func elsewhere(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func TestABotInAnotherProcessAnswersCalls(t *testing.T) {
	s, w := start(t, func(*Config) {}), listenTo(t)
	for name, cfg := range map[string]remote.Config{
		"a key over http":            {URL: "http://" + s.HTTPAddr(), Key: s.keys[0]},
		"no key on the same machine": {URL: "http://" + s.HTTPAddr()},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan error, 1)
		go func() { over <- remote.Run(ctx, cfg, remote.Bot("elsewhere", elsewhere)) }()
		for !s.gateway.Has("elsewhere") {
			runtime.Gosched()
		}
		status, body := ask(t, s, http.MethodPost, createPath,
			`{"targets":[{"rawId":"elsewhere"}],"callbackUri":"`+w.URL+`"}`, nil)
		if status != http.StatusCreated {
			t.Fatalf("%s: %d: %s", name, status, body)
		}
		w.next(t, "CallConnected")
		cancel() // the bot leaves, and its call ends
		w.next(t, "CallDisconnected")
		if err := <-over; err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for s.gateway.Has("elsewhere") {
			runtime.Gosched()
		}
	}
	if err := s.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestBotsOfStrangersAreRefused(t *testing.T) {
	s := start(t, func(c *Config) { c.Dev = false; c.HTTPAddr = "127.0.0.1:0" })
	for name, cfg := range map[string]remote.Config{
		"no key":           {},
		"another key":      {Key: base64.StdEncoding.EncodeToString([]byte("another"))},
		"a token of users": {Token: func(context.Context) (string, error) { return "none", nil }},
	} {
		cfg.URL = "http://" + s.HTTPAddr()
		if err := remote.Run(t.Context(), cfg, remote.Bot("elsewhere", elsewhere)); !errors.Is(err, remote.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := remote.Run(t.Context(), remote.Config{URL: "http://" + s.HTTPAddr(), Key: s.keys[0]}, remote.Bot("patient", elsewhere))
	if !errors.Is(err, remote.ErrRefused) {
		t.Errorf("a bot of the server's own name: %v", err)
	}
	if err := s.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}
