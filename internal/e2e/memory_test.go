package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// offered asks for a call to the echo. It returns the call's connection, or
// nothing if the server has no room; it must say so, and when to come again.
func (p *process) offered() (connection string) {
	p.t.Helper()
	got, err := p.ask(p.t.Context(), http.MethodPost, calling, map[string]any{
		"targets": []any{map[string]string{"rawId": "echo"}}, "callbackUri": "http://127.0.0.1:9/",
	})
	must(p.t, err)
	var made struct{ CallConnectionID string }
	if got.status == http.StatusCreated {
		must(p.t, got.decode(&made))
		return made.CallConnectionID
	}
	refused(p.t, got, http.StatusServiceUnavailable, "9999", "")
	if wait, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || wait < 1 {
		p.t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
	}
	return ""
}

// resident is how much memory the process has, as the kernel counts it.
func (p *process) resident() string {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	must(p.t, err)
	return string(regexp.MustCompile(`VmRSS:\s+(.*)`).FindSubmatch(status)[1])
}

// TestNearItsLimitOfMemoryAServerRefusesCallsAndKeepsThoseItHas fills a program
// with calls that may have only so much memory, and goes on asking.
func TestNearItsLimitOfMemoryAServerRefusesCallsAndKeepsThoseItHas(t *testing.T) {
	const most = 5000
	p := build(t, []byte(drainKey), "--timeout-empty-call", "1h") // they last without people
	t.Setenv("GOMEMLIMIT", "100MiB")
	p.start()
	first := p.offered()
	in, out := []string{first}, 0
	for ; out < 200 && len(in) < most; out++ {
		for id := p.offered(); id != "" && len(in) < most; id = p.offered() {
			in = append(in, id)
		}
	}
	t.Logf("%d calls were let in, and then %d were not; the process has %s", len(in), out, p.resident())
	if len(in) == most {
		t.Fatal("nobody was refused")
	}
	for _, id := range in {
		got, err := p.ask(t.Context(), http.MethodPost, calling+"/"+id+":terminate", nil)
		must(t, err)
		if got.status != http.StatusNoContent {
			t.Errorf("a call that was let in: %d %s", got.status, got.body)
		}
	}
	within(t, time.Minute, "calls are let in again", func(context.Context) error {
		if p.offered() == "" {
			return fmt.Errorf("it has %s", p.resident())
		}
		return nil
	})
}
