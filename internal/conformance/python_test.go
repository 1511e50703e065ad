package conformance

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

func TestThePythonSDKCallsEveryMethod(t *testing.T) {
	python := environment(t)
	for _, flavour := range []string{"sync", "async"} {
		t.Run(flavour, func(t *testing.T) {
			s := open(t)
			ctx, cancel := context.WithTimeout(t.Context(), longest)
			defer cancel()
			program := exec.CommandContext(ctx, python, "main.py", s.ConnectionString(), s.door, flavour)
			program.Dir = "python"
			program.Env = append(os.Environ(), "REQUESTS_CA_BUNDLE="+s.RootFile(), "SSL_CERT_FILE="+s.RootFile(),
				"PYTHONDONTWRITEBYTECODE=1")
			follow(t, program)
			reached(t, s.heard)
		})
	}
}

// everywhere skips a test outside of `make conformance`, which sets CONFORMANCE.
func everywhere(t *testing.T) {
	t.Helper()
	if os.Getenv("CONFORMANCE") != "all" {
		t.Skip("`make conformance` runs it")
	}
}

// unreachable is how pip and Maven say that there is no registry.
var unreachable = regexp.MustCompile(`(?i)NewConnectionError|name resolution|ConnectTimeout|ProxyError|Unknown host|Connection refused|Network is unreachable|Connect timed out`)

// prepare runs a command that fetches packages, and skips the test if the
// registry that they come from cannot be reached.
func prepare(t *testing.T, registry, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
	case unreachable.Match(out):
		t.Skipf("%s cannot be reached", registry)
	default:
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

// environment is a Python with the packages, made the first time.
func environment(t *testing.T) string {
	t.Helper()
	everywhere(t)
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no Python 3")
	}
	if err := exec.CommandContext(t.Context(), python, "-c", "import venv, ensurepip").Run(); err != nil {
		t.Skip("this Python makes no virtual environments")
	}
	dir, err := filepath.Abs(filepath.Join("python", ".venv"))
	if err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(dir, "bin", "python")
	if _, err := os.Stat(inside); err != nil {
		prepare(t, "PyPI", "python", python, "-m", "venv", dir)
	}
	prepare(t, "PyPI", "python", inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt")
	return inside
}
