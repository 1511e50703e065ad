package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// program is an application under Node: the service's own packages, unchanged.
type program struct {
	t      *testing.T
	cancel context.CancelFunc
	stdin  io.WriteCloser
	lines  <-chan progress
	events []json.RawMessage // as its parser gave them, so far
}

// node starts the scenario with nothing but a connection string, a prompt and
// a colleague.
func node(t *testing.T, s server, prompt, colleague string) *program {
	t.Helper()
	return launch(t, s, "scenario.mjs", prompt, colleague)
}

// launch starts a program with a connection string and what else it wants.
func launch(t *testing.T, s server, name string, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, installed(t), append([]string{name, s.ConnectionString()}, args...)...)
	cmd.Dir = "sdk"
	cmd.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+s.RootFile())
	cmd.Stderr = t.Output()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan progress, 1000) // more than it tells
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(lines)
		for scan := bufio.NewScanner(stdout); scan.Scan(); {
			var line progress
			if json.Unmarshal(scan.Bytes(), &line) == nil {
				lines <- line
			}
		}
		_ = cmd.Wait() // what it told says how it went
	}()
	t.Cleanup(func() { cancel(); <-done })
	return &program{t: t, cancel: cancel, stdin: stdin, lines: lines}
}

// installed finds Node and, the first time, installs the packages.
func installed(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("there is no Node.js; run the tests with `make test`, which fetches one")
	}
	if _, err := os.Stat(filepath.Join("sdk", "node_modules", "ws")); err == nil {
		return path
	}
	cmd := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = "sdk"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return path
}

func (p *program) step(name string) progress {
	p.t.Helper()
	for line := range p.lines {
		switch line.Step {
		case name:
			return line
		case "event":
			p.events = append(p.events, line.Event)
		case "failed":
			p.t.Fatalf("before %q the application failed: %s", name, line.Error)
		}
	}
	p.t.Fatalf("the application ended before %q", name)
	return progress{}
}

func (p *program) end() {
	p.t.Helper()
	if _, err := p.stdin.Write([]byte("\n")); err != nil {
		p.t.Fatal(err)
	}
}

// kinds are the kinds of the events it has received, in order.
func (p *program) kinds() []string {
	p.t.Helper()
	kinds := make([]string, len(p.events))
	for i, e := range p.events {
		var event struct {
			Kind string `json:"kind"`
		}
		if err := json.Unmarshal(e, &event); err != nil {
			p.t.Fatal(err)
		}
		kinds[i] = event.Kind
	}
	return kinds
}
