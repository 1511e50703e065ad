package botd

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// result is what a run of the program left.
type result struct {
	status   int
	out, err string
	served   *Config
}

func command(t *testing.T, environ []string, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	var r result
	p := &program{out: &out, err: &errOut, environ: environ, serve: func(_ context.Context, c Config) error {
		r.served = &c
		if c.DataDir == "broken" {
			return errors.New("no such room")
		}
		return nil
	}}
	r.status = p.run(t.Context(), args)
	r.out, r.err = out.String(), errOut.String()
	return r
}

func TestPlainBotdServes(t *testing.T) {
	for _, args := range [][]string{nil, {"serve"}, {"--http-addr", "127.0.0.1:8080"}, {"serve", "--http-addr=127.0.0.1:8080"}, {"--http-addr=127.0.0.1:8080", "serve"}} {
		r := command(t, nil, args...)
		if r.status != exitClean || r.served == nil || r.served.HTTPAddr != "127.0.0.1:8080" {
			t.Errorf("botd %v: %+v", args, r)
		}
	}
}

func TestEverySettingIsAFlag(t *testing.T) {
	r := command(t, nil, "--help")
	for _, s := range settings {
		if !strings.Contains(r.out, "--"+s.key) {
			t.Errorf("--%s is not in the help", s.key)
		}
	}
	if r.status != exitClean || r.served != nil {
		t.Errorf("--help ended with %d", r.status)
	}
}

func TestTheHelpOfACommandBeginsWithItsOwnFlags(t *testing.T) {
	for name, own := range map[string]string{"token": "--user", "events": "--follow", "fsm": "--format"} {
		r := command(t, nil, name, "--help")
		mine, ours := strings.LastIndex(r.out, "--"+own[2:]), strings.LastIndex(r.out, "--data-dir=")
		if mine < 0 || ours < 0 || mine > ours {
			t.Errorf("botd %s --help has %s at %d, settings from %d on", name, own, mine, ours)
		}
	}
}

func TestAFlagNeedsNoValueIfItIsASwitch(t *testing.T) {
	if r := command(t, nil, "serve", "--dev"); r.served == nil || !r.served.Dev {
		t.Errorf("got %+v", r)
	}
	if r := command(t, []string{"BOTD_DEV=true"}, "serve"); r.served == nil || !r.served.Dev {
		t.Errorf("got %+v", r)
	}
}

func TestTheExitStatusSaysWhoseFaultItIs(t *testing.T) {
	for _, row := range []struct {
		name   string
		args   []string
		status int
	}{
		{"a clean stop", nil, exitClean},
		{"a failure", []string{"--data-dir", "broken"}, exitFailed},
		{"a flag that there is not", []string{"--http-adr", "x"}, exitUsage},
		{"a value that is not allowed", []string{"--media-udp-port", "x"}, exitUsage},
		{"a file that is not there", []string{"--config", "nowhere.yaml"}, exitUsage},
		{"a command that there is not", []string{"sing"}, exitUsage},
		{"a flag without its value", []string{"--http-addr"}, exitUsage},
		{"a token for nobody", []string{"token", "--user="}, exitUsage},
		{"a token for what there is not", []string{"token", "--user=a", "--scope=fly"}, exitUsage},
		{"a token that lives too short", []string{"token", "--user=a", "--life=59m"}, exitUsage},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := command(t, nil, row.args...)
			if r.status != row.status {
				t.Errorf("status %d, want %d: %s", r.status, row.status, r.err)
			}
			if row.status != exitClean && (strings.Count(r.err, "\n") != 1 || r.out != "") {
				t.Errorf("%q is not one line", r.err)
			}
		})
	}
}

func TestABadVariableIsTheUsersFault(t *testing.T) {
	r := command(t, []string{"BOTD_HTTP_ADDR=here"}, "serve")
	want := `botd: http-addr: "here" is not allowed: want host:port`
	if r.status != exitUsage || !strings.HasPrefix(r.err, want) {
		t.Errorf("status %d, %q, want %q", r.status, r.err, want)
	}
}

func TestConfigPrintsWhatIsInEffect(t *testing.T) {
	r := command(t, []string{"BOTD_HTTP_ADDR=127.0.0.1:1"}, "config", "--drain-timeout=10s")
	if r.status != exitClean || !strings.Contains(r.out, "http-addr: 127.0.0.1:1\n") || !strings.Contains(r.out, "drain-timeout: 10s\n") {
		t.Errorf("%+v", r)
	}
}

func TestVersionSaysWhatWasBuilt(t *testing.T) {
	if r := command(t, nil, "version"); r.status != exitClean || !strings.HasPrefix(r.out, "botd ") || !strings.Contains(r.out, "go1.") {
		t.Errorf("%+v", r)
	}
}

func TestTokenPrintsNothingButTheToken(t *testing.T) {
	var asked map[string]any
	dir, address := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/identities" || json.NewDecoder(r.Body).Decode(&asked) != nil {
			t.Errorf("asked for %s", r.URL)
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprint(w, `{"identity":{"id":"8:acs:a_b"},"accessToken":{"token":"t0ken","expiresOn":"2026-11-22T00:00:00Z"}}`)
	})
	r := command(t, nil, "token", "--user", "alice", "--scope", "voip", "--data-dir", dir, "--http-addr", address)
	if r.status != exitClean || r.out != "t0ken\n" || !strings.Contains(r.err, "8:acs:a_b") {
		t.Errorf("%+v", r)
	}
	if asked["customId"] != "alice" || fmt.Sprint(asked["createTokenWithScopes"]) != "[voip]" {
		t.Errorf("asked with %v", asked)
	}
}

func TestEventsPrintsPageAfterPage(t *testing.T) {
	dir, address := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("call") != "c1" {
			t.Errorf("asked for %s", r.URL)
		}
		switch r.URL.Query().Get("after") {
		case "5":
			_, _ = fmt.Fprint(w, `{"value":[{"n":6},{"n":7}],"cursor":"7"}`)
		case "7":
			_, _ = fmt.Fprint(w, `{"value":[],"cursor":"7"}`)
		}
	})
	r := command(t, nil, "events", "--call", "c1", "--after", "5", "--data-dir", dir, "--http-addr", address)
	if r.status != exitClean || r.out != "{\"n\":6}\n{\"n\":7}\n" {
		t.Errorf("%+v", r)
	}
}

func TestEventsFollowPrintsAsTheyCome(t *testing.T) {
	dir, address := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "text/event-stream" {
			t.Errorf("accepts %s", r.Header.Get("Accept"))
		}
		_, _ = fmt.Fprint(w, ": open\n\nid: 1\nevent: x\ndata: {\"n\":1}\n\ndata: {\ndata: \"n\":2}\n\n")
	})
	r := command(t, nil, "events", "--follow", "--data-dir", dir, "--http-addr", address)
	if r.status != exitClean || r.out != "{\"n\":1}\n{\"n\":2}\n" {
		t.Errorf("%+v", r)
	}
}

func TestARefusalIsToldInTheServersWords(t *testing.T) {
	dir, address := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprint(w, `{"error":{"code":"8522","message":"no such call"}}`)
	})
	r := command(t, nil, "events", "--call", "x", "--data-dir", dir, "--http-addr", address)
	if r.status != exitFailed || r.err != "botd: the server answered 404 Not Found: no such call (8522)\n" {
		t.Errorf("%+v", r)
	}
}

func TestWithoutAServersKeyACommandSaysWhatIsMissing(t *testing.T) {
	r := command(t, nil, "events", "--data-dir", t.TempDir())
	if r.status != exitFailed || !strings.Contains(r.err, "has a server run with this data-dir?") {
		t.Errorf("%+v", r)
	}
}

func TestHealthIsTheServersOwnWord(t *testing.T) {
	status := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			t.Errorf("asked for %s", r.URL)
		}
		w.WriteHeader(status)
	}))
	address := strings.TrimPrefix(s.URL, "http://")
	if r := command(t, nil, "health", "--http-addr", address); r.status != exitClean {
		t.Errorf("alive: %+v", r)
	}
	status = http.StatusServiceUnavailable
	if r := command(t, nil, "health", "--http-addr", address); r.status != exitFailed {
		t.Errorf("not well: %+v", r)
	}
	s.Close()
	if r := command(t, nil, "health", "--http-addr", address); r.status != exitFailed {
		t.Errorf("gone: %+v", r)
	}
}

// server answers signed requests and has its key in a data directory.
func server(t *testing.T, answer http.HandlerFunc) (dir, address string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Authorization"), "HMAC-SHA256 ") {
			t.Error("the request is not signed")
		}
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	dir = t.TempDir()
	key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 64))
	if err := os.WriteFile(filepath.Join(dir, accessKeyFile), []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, strings.TrimPrefix(s.URL, "http://")
}
