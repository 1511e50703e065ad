package e2e

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// front is the application of the README and the subscription it is told by, on
// a port that is free here.
type front struct {
	program       string
	subscriptions []botd.Subscription
	address       string
}

// frontPage reads the README as somebody does who follows it.
func frontPage(t *testing.T) front {
	t.Helper()
	page, err := os.ReadFile("../../README.md")
	must(t, err)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "localhost:0")
	must(t, err)
	must(t, l.Close())
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	text := strings.ReplaceAll(string(page), "3000", port)
	program := regexp.MustCompile("(?s)```js\n(// hello.mjs.*?)```").FindStringSubmatch(text)
	subscriptions := regexp.MustCompile(`BOTD_SUBSCRIPTIONS='(.*)' make run`).FindStringSubmatch(text)
	if program == nil || subscriptions == nil {
		t.Fatal("the README has no application")
	}
	f := front{program: program[1], address: "localhost:" + port}
	must(t, json.Unmarshal([]byte(subscriptions[1]), &f.subscriptions))
	return f
}

// start runs the application until the test ends, and waits until it listens.
func (f front) start(t *testing.T, s server) {
	t.Helper()
	node, dir := installed(t), t.TempDir()
	lend(t, dir)
	must(t, os.WriteFile(filepath.Join(dir, "hello.mjs"), []byte(f.program), 0o600))
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, node, "hello.mjs")
	cmd.Env = append(os.Environ(), "CONNECTION_STRING="+s.ConnectionString(), "NODE_EXTRA_CA_CERTS="+s.RootFile())
	cmd.Dir, cmd.Stderr = dir, t.Output()
	must(t, cmd.Start())
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was killed
	})
	within(t, time.Minute, "the application listens", func(ctx context.Context) error {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", f.address)
		if err != nil {
			return err
		}
		return c.Close()
	})
}

// TestTheApplicationOfTheFirstPageSaysHello calls the application that the README
// shows. It is started after the server, as there.
func TestTheApplicationOfTheFirstPageSaysHello(t *testing.T) {
	f, cfg := frontPage(t), settings(t)
	cfg.Subscriptions = f.subscriptions
	s := serveWith(t, cfg)
	f.start(t, s)
	caller := &visitor{pair: media.NewPair(), over: make(chan call.Reason, 1)}
	heard := make(chan bool, 1)
	go func() { heard <- somethingIn(caller.pair.Speaker()) }()
	_, err := s.Calls().Offer(t.Context(), call.Offer{Leg: caller, From: "8:acs:r_caller", To: []identity.ID{"hello"}})
	must(t, err)
	if why := <-caller.over; why.Code != 0 {
		t.Errorf("the caller was told %v", why)
	}
	if !<-heard {
		t.Error("the caller heard nothing")
	}
}

// somethingIn says whether anything could be heard until the source ended.
func somethingIn(s media.Source) (heard bool) {
	for f := media.NewFrame(media.Rate); s.Read(f) == nil; {
		heard = heard || media.Level(f) < 50 // -dBov
	}
	return heard
}
