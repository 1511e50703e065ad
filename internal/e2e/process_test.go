package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is the real program, as it is shipped.
type process struct {
	account
	t    *testing.T
	path string
	data string // its data directory
	args []string
	log  *os.File
	cmd  *exec.Cmd

	checking sync.Once // what it is asked, and answers
}

// build makes the program and a data directory for it; start starts it.
func build(t *testing.T, key []byte, args ...string) *process {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "botd")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../../cmd/botd")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	p := &process{
		account: account{endpoint: "http://" + address, key: key, http: &http.Client{
			Transport: &http.Transport{MaxIdleConnsPerHost: 128}, Timeout: 10 * time.Second,
		}},
		t: t, path: path, data: filepath.Join(dir, "data"), log: log,
		args: append([]string{
			"serve", "--dev", "--data-dir", filepath.Join(dir, "data"), "--http-addr", address,
			"--https-addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0", "--media-udp-port", "0",
		}, args...),
	}
	t.Cleanup(func() {
		p.kill()
		p.http.CloseIdleConnections()
		if t.Failed() {
			t.Logf("the end of the server's log:\n%s", tail(log.Name(), 8000))
		}
		_ = log.Close() // only written to by the server
	})
	return p
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start starts the program and waits until it takes calls.
func (p *process) start() {
	p.t.Helper()
	p.startWithin(15 * time.Second)
}

// startWithin is start that has no more time than that.
func (p *process) startWithin(d time.Duration) {
	p.t.Helper()
	p.cmd = exec.Command(p.path, p.args...)
	p.cmd.Env = append(os.Environ(), "BOTD_ACCESS_KEY="+base64.StdEncoding.EncodeToString(p.key))
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	within(p.t, d, "the server takes calls", func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.endpoint+"/readyz", nil)
		if err != nil {
			return err
		}
		got, err := p.send(req)
		if err == nil && got.status != http.StatusOK {
			err = fmt.Errorf("readyz: %d", got.status)
		}
		return err
	})
	p.checking.Do(func() { p.checked(p.t) })
}

// kill ends the program as a power switch does.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended by itself
	_ = p.cmd.Wait()         // killed is what it was
	p.cmd = nil
}

// tail is the last bytes of a file.
func tail(name string, bytes int) string {
	b, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-bytes):])
}

// within tries something again and again until it succeeds.
func within(t *testing.T, d time.Duration, what string, try func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("not within %v: %s: %v", d, what, err)
		case <-again.C:
		}
	}
}
