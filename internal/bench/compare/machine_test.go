package compare

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/internal/bench/servers"
)

// program writes a shell script that stands for the bench.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bench")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// listener is a server that does nothing but listen.
func listener(t *testing.T) servers.Kind {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	host, port, _ := strings.Cut(address, ":")
	return servers.WHIP("listener", []string{"python3", "-m", "http.server", "--bind", host, port}, address, "http://x/{room}")
}

func TestTheGeneratorIsToldWhatToMeasure(t *testing.T) {
	said := filepath.Join(t.TempDir(), "said")
	m := &Machine{
		Program: program(t, `case $1 in
			floor) echo '{"encode": 100}';;
			load) echo "$@" >`+said+`; echo '{"cpu_ms": 2, "delivery": 0.5}';;
		esac`),
		Servers: map[string]servers.Kind{"other": listener(t)},
		Settle:  time.Second, Length: 7 * time.Second,
	}
	costs, err := m.Floor(t.Context())
	if err != nil || costs.Encode != 100 {
		t.Fatalf("%+v, %v", costs, err)
	}
	r, err := m.Load(t.Context(), "other", Cell{Participants: 20, Speakers: 3, Open: true})
	if err != nil || r.CPU != 2 || r.Delivery != 0.5 {
		t.Fatalf("%+v, %v", r, err)
	}
	args, err := os.ReadFile(said)
	if err != nil {
		t.Fatal(err)
	}
	for _, arg := range []string{"-n 20 ", "-k 3 ", "-open=true ", "-settle 1s ", "-t 7s ", "-whip http://x/{room} "} {
		if !strings.Contains(string(args), arg) {
			t.Errorf("no %s in %s", arg, args)
		}
	}
}

func TestAGeneratorThatFailsSaysWhy(t *testing.T) {
	m := &Machine{Program: program(t, "echo too many files >&2; exit 1"), Servers: map[string]servers.Kind{"other": listener(t)}}
	if _, err := m.Load(t.Context(), "other", Cell{Participants: 2}); err == nil || !strings.Contains(err.Error(), "too many files") {
		t.Errorf("%v", err)
	}
	if _, err := m.Load(t.Context(), "nobody", Cell{}); !errors.Is(err, servers.ErrStart) {
		t.Errorf("%v", err)
	}
}
