package servers

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestACounterIsFoundByItsWholeName(t *testing.T) {
	page := []byte("# HELP late Rounds.\n# TYPE late counter\nlater 7\nlate{a=\"b\"} 8\nlate 1.5e+06\nother 2\n")
	if got, err := parseCounter(page, "late"); err != nil || got != 1.5e6 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := parseCounter(page, "lat"); !errors.Is(err, ErrCounter) {
		t.Errorf("%v", err)
	}
	if _, err := parseCounter([]byte("late x\n"), "late"); err == nil {
		t.Error("x is a number")
	}
}

func FuzzCounters(f *testing.F) {
	f.Add([]byte("late 12\n"), "late")
	f.Add([]byte("late NaN\n"), "late")
	f.Fuzz(func(t *testing.T, page []byte, name string) {
		got, err := parseCounter(page, name)
		if err == nil && !math.IsNaN(got) && !strings.Contains(string(page), name) {
			t.Errorf("%v out of nothing", got)
		}
	})
}

func TestAServerThatEndsAtOnceSaysWhy(t *testing.T) {
	k := WHIP("broken", []string{"sh", "-c", "echo no luck today; exit 3"}, "127.0.0.1:1", "")
	if _, err := Start(t.Context(), k, 0); !errors.Is(err, ErrStart) || !strings.Contains(err.Error(), "no luck today") {
		t.Errorf("%v", err)
	}
}

func TestAServerRunsInADirectoryOfItsOwnThatGoesWithIt(t *testing.T) {
	address, err := freeAddress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := strings.Cut(address, ":")
	k := WHIP("listener", []string{"python3", "-m", "http.server", "--bind", host, port}, address, "http://x/{room}")
	s, err := Start(t.Context(), k, 0)
	if err != nil {
		t.Fatal(err)
	}
	at, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(s.PID), "cwd"))
	if err != nil || at != s.dir {
		t.Errorf("it runs in %s, %v, want %s", at, err, s.dir)
	}
	if s.Door.WHIP != "http://x/{room}" {
		t.Errorf("%+v", s.Door)
	}
	s.Stop()
	if _, err := os.Stat(s.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", s.dir, err)
	}
	select {
	case <-s.exited:
	case <-time.After(time.Minute):
		t.Error("the server still runs")
	}
}

func TestOnlyTheEndOfWhatAServerSaysIsKept(t *testing.T) {
	var log tail
	for range 1000 {
		_, _ = log.Write([]byte("noise noise noise\n"))
	}
	_, _ = log.Write([]byte("the end\n"))
	if said := log.String(); len(said) > kept || !strings.HasSuffix(said, "noise\nthe end") {
		t.Errorf("%d bytes, ending in %q", len(said), said[len(said)-20:])
	}
}

func TestJanusLoadsOnlyWhatIsMeasured(t *testing.T) {
	library, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{"plugins/libjanus_audiobridge.so", "plugins/libjanus_sip.so", "transports/libjanus_websockets.so", "transports/libjanus_http.so"} {
		path := filepath.Join(library, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeJanus(dir, library, "127.0.0.1:4711"); err != nil {
		t.Fatal(err)
	}
	for file, lines := range map[string][]string{
		"janus.jcfg":                      {`disable = "libjanus_sip.so"`, `disable = "libjanus_http.so"`, `plugins_folder = "` + library + `/plugins"`},
		"janus.transport.websockets.jcfg": {"ws_port = 4711"},
		"janus.plugin.audiobridge.jcfg":   {"room-1234:", "default_bitrate = 32000"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if !strings.Contains(string(text), line) {
				t.Errorf("%s lacks %s:\n%s", file, line, text)
			}
		}
	}
}
