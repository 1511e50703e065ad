package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"time"

	"github.com/botd-dev/botd/internal/bench/floor"
	"github.com/botd-dev/botd/internal/bench/join"
	"github.com/botd-dev/botd/internal/bench/load"
	"github.com/botd-dev/botd/internal/bench/servers"
)

// Machine makes runs on this machine. It fits Bench.
type Machine struct {
	// Program is the bench itself, which measures the floor and is the generator
	// in processes of its own.
	Program string
	// Servers are what can be started, by name.
	Servers map[string]servers.Kind
	// Server and Generator are the processors they are kept on.
	Server, Generator int
	// Settle and Length are those of each measurement.
	Settle, Length time.Duration
}

// Floor fits Bench.
func (m *Machine) Floor(ctx context.Context) (*floor.Costs, error) {
	c := &floor.Costs{}
	return c, m.ask(ctx, c, m.Program, "floor", "-processor", strconv.Itoa(m.Server))
}

// Load fits Bench.
func (m *Machine) Load(ctx context.Context, server string, c Cell) (*load.Result, error) {
	kind, ok := m.Servers[server]
	if !ok {
		return nil, fmt.Errorf("%w: %s", servers.ErrStart, server)
	}
	s, err := servers.Start(ctx, kind, m.Server)
	if err != nil {
		return nil, err
	}
	defer s.Stop()
	args := []string{
		"-c", strconv.Itoa(m.Generator), m.Program, "load", "-pid", strconv.Itoa(s.PID),
		"-n", strconv.Itoa(c.Participants), "-k", strconv.Itoa(c.Speakers), "-open=" + strconv.FormatBool(c.Open),
		"-settle", m.Settle.String(), "-t", m.Length.String(),
	}
	if server == Tapped {
		args = append(args, "-tap", "-api", s.API.Base, "-key", s.API.KeyFile)
	}
	r := &load.Result{}
	return r, m.ask(ctx, r, "taskset", append(args, flags(s.Door)...)...)
}

// flags are those with which the generator finds a door.
func flags(d join.Door) []string {
	return []string{"-whip", d.WHIP, "-token", d.Token, "-janus", d.Janus}
}

// ask runs a program that answers in JSON.
func (m *Machine) ask(ctx context.Context, answer any, program string, args ...string) error {
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // our own program
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", program, args[0], err, bytes.TrimSpace(complaint.Bytes()))
	}
	return json.Unmarshal(out.Bytes(), answer)
}
