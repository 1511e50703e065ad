// Package servers starts the servers that are compared, each afresh, with its
// files in a directory of its own and its ports where they are free.
package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/botd-dev/botd/internal/bench/join"
)

const (
	// ready is how long a server may take to answer, asked how often it is asked.
	ready = 30 * time.Second
	asked = 100 * time.Millisecond
	// leave is how long it may take to stop before it is killed.
	leave = 5 * time.Second
)

// ErrStart is a server that did not start.
var ErrStart = errors.New("did not start")

// Kind is a program that can be started.
type Kind struct {
	Name string
	// prepare writes the files a server needs into dir, and says how it is
	// started and joined.
	prepare func(ctx context.Context, dir string) (*recipe, error)
}

// recipe is how one server is started and joined.
type recipe struct {
	command []string
	env     []string
	ready   string // address that answers when the server is ready
	door    join.Door
	api     API
	metrics string // URL of its counters; empty if it has none
}

// API is a botd's: the base of its URLs and the file with its access key.
type API struct {
	Base, KeyFile string
}

// Server is one that runs.
type Server struct {
	// PID is its process.
	PID int
	// Door is where it is joined.
	Door join.Door
	// API is where it is asked, if it is a botd.
	API API

	recipe *recipe
	dir    string
	cmd    *exec.Cmd
	log    tail
	exited chan struct{}
}

// Start starts a server on one processor.
func Start(ctx context.Context, k Kind, processor int) (*Server, error) {
	dir, err := os.MkdirTemp("", "bench-"+k.Name+"-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, exited: make(chan struct{})}
	if err := s.start(ctx, k, processor); err != nil {
		s.Stop()
		return nil, fmt.Errorf("%s: %w", k.Name, err)
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, k Kind, processor int) (err error) {
	if s.recipe, err = k.prepare(ctx, s.dir); err != nil {
		return err
	}
	s.Door, s.API = s.recipe.door, s.recipe.api
	// taskset becomes the server, so its process is the server's.
	args := append([]string{"-c", strconv.Itoa(processor)}, s.recipe.command...)
	cmd := exec.CommandContext(ctx, "taskset", args...) //nolint:gosec // the operator's command
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), s.recipe.env...)
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.PID = cmd, cmd.Process.Pid
	go func() {
		_ = cmd.Wait() // however it ended, it has
		close(s.exited)
	}()
	return s.waitReady(ctx)
}

// waitReady waits until the server answers, or has ended.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, ready)
	defer cancel()
	tick := time.NewTicker(asked)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if answers(ctx, s.recipe.ready) {
				return nil
			}
		case <-s.exited:
			return fmt.Errorf("%w: %s", ErrStart, &s.log)
		case <-ctx.Done():
			return fmt.Errorf("%w: %w: %s", ErrStart, ctx.Err(), &s.log)
		}
	}
}

// answers says whether somebody takes connections at an address.
func answers(ctx context.Context, address string) bool {
	conn, err := (&net.Dialer{Timeout: asked}).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = conn.Close() // it was there
	return true
}

// Stop stops the server and removes its files.
func (s *Server) Stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		timer := time.NewTimer(leave)
		defer timer.Stop()
		select {
		case <-s.exited:
		case <-timer.C:
			_ = s.cmd.Process.Kill()
			<-s.exited
		}
	}
	_ = os.RemoveAll(s.dir) // what is left is in the temporary directory
}

// Counter reads one counter or gauge of the server.
func (s *Server) Counter(ctx context.Context, name string) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.recipe.metrics, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close() //nolint:errcheck // read only
	page, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return 0, err
	}
	return parseCounter(page, name)
}

// ErrCounter is a counter that a server does not have.
var ErrCounter = errors.New("no such counter")

// parseCounter finds an unlabelled value in Prometheus' text format.
func parseCounter(page []byte, name string) (float64, error) {
	for line := range bytes.Lines(page) {
		if rest, ok := bytes.CutPrefix(line, []byte(name+" ")); ok {
			return strconv.ParseFloat(string(bytes.TrimSpace(rest)), 64)
		}
	}
	return 0, fmt.Errorf("%w: %s", ErrCounter, name)
}

// freeAddress is one on the loopback interface that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close() //nolint:errcheck // it is to be free
	return l.Addr().String(), nil
}
