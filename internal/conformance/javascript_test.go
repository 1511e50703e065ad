package conformance

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/internal/throttle"
)

// longest is how long a program may take.
const longest = 5 * time.Minute

func TestTheJavaScriptSDKCallsEveryMethod(t *testing.T) {
	s := open(t)
	node(t, s, "main.mjs", s.ConnectionString(), s.door)
	reached(t, s.heard)
}

// TestTheJavaScriptSDKWaitsAsLongAsItIsTold has more asked than is allowed. A
// development server limits nobody on its own machine.
func TestTheJavaScriptSDKWaitsAsLongAsItIsTold(t *testing.T) {
	s := open(t, func(cfg *botd.Config) {
		cfg.Dev = false
		cfg.LimitsIdentity = throttle.Rate{Count: 5, Per: 2 * time.Second}
	})
	node(t, s, "throttled.mjs", s.ConnectionString())
}

// TestTheJavaScriptSDKAsksAgainAndMakesNoSecondCall loses the answer to a call
// that was made.
func TestTheJavaScriptSDKAsksAgainAndMakesNoSecondCall(t *testing.T) {
	s := open(t)
	network := between(t, s.front)
	control := httptest.NewServer(http.HandlerFunc(network.cut))
	t.Cleanup(control.Close)
	through := strings.Replace(s.ConnectionString(), s.front, network.listener.Addr().String(), 1)
	node(t, s, "retried.mjs", through, s.door, control.URL)
	if n := s.Counts().Calls; n != 1 {
		t.Errorf("there are %d calls", n)
	}
}

// node runs a program under Node.
func node(t *testing.T, s house, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	program := exec.CommandContext(ctx, installed(t), args...)
	program.Dir = "js"
	program.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+s.RootFile())
	follow(t, program)
}

// installed finds Node and, the first time, installs the packages.
func installed(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("there is no Node.js; run the tests with `make test`, which fetches one")
	}
	if _, err := os.Stat(filepath.Join("js", "node_modules", ".package-lock.json")); err == nil {
		return path
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = "js"
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return path
}
