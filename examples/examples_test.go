// Package examples holds programs to copy. This test runs each of them as its
// reader would: built, started, called, and stopped.
package examples

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/botd-dev/botd/automation/rest"
)

// connection is what a program prints to connect with.
var connection = regexp.MustCompile(`endpoint=(\S+)/;accesskey=(\S+)`)

// page is where its softphone is.
var page = regexp.MustCompile(`Softphone\s+(http://\S+)/`)

func TestEveryExampleAnswersACall(t *testing.T) {
	programs := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", programs, "./...").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for name, bot := range map[string]string{
		"echo": "echo", "menu": "frontdesk", "voicemail": "voicemail", "announcer": "announcer", "coach": "help",
		"survey": "survey", "agent": "agent", "transcriber": "transcriber",
	} {
		t.Run(name, func(t *testing.T) {
			address, key, stop := run(t, filepath.Join(programs, name))
			connected := make(chan string, 10)
			webhook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				var events []struct{ Type string }
				if err := json.NewDecoder(r.Body).Decode(&events); err == nil && len(events) == 1 {
					connected <- events[0].Type
				}
			}))
			defer webhook.Close()
			create(t, address, key, `{"targets":[{"rawId":"`+bot+`"}],"callbackUri":"`+webhook.URL+`"}`)
			if got := <-connected; got != "Microsoft.Communication.CallConnected" {
				t.Errorf("the first event is %s", got)
			}
			stop()
		})
	}
}

// run starts an example and returns where it is, its access key, and what stops it.
func run(t *testing.T, program string) (address, key string, stop func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "--dev", "--data-dir", t.TempDir(), "--drain-timeout", "0s",
		"--http-addr", "127.0.0.1:0", "--https-addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0", "--media-udp-port", "0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); (address == "" || key == "") && lines.Scan(); {
		if m := page.FindStringSubmatch(lines.Text()); m != nil {
			address = m[1]
		}
		if m := connection.FindStringSubmatch(lines.Text()); m != nil {
			key = m[2]
		}
	}
	if address == "" || key == "" {
		t.Fatalf("it does not say where it is: %v", cmd.Wait())
	}
	return address, key, func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			t.Errorf("it stopped with %v", err)
		}
	}
}

// create places a call by REST.
func create(t *testing.T, address, key, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		address+"/calling/callConnections?api-version=2026-03-12", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	secret, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	rest.Sign(req, []byte(body), secret, time.Now())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusCreated {
		answer, _ := io.ReadAll(res.Body)
		t.Fatalf("%s: %s", res.Status, answer)
	}
}
