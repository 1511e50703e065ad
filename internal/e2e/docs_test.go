package e2e

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/identity"
)

// ideas are what the documentation has a page of, with an example in curl,
// JavaScript and Go, and what each example says at last.
var ideas = map[string]*regexp.Regexp{
	"events":   regexp.MustCompile(`told (now:|and answered 200) Microsoft.Communication.CallConnected`),
	"calls":    regexp.MustCompile(`The call ended with 0/7000: .* terminate`),
	"rooms":    regexp.MustCompile(`there is no such room any more`),
	"transfer": regexp.MustCompile(`and all of it is over`),
	"tokens":   regexp.MustCompile(`(?s)8:orgid:eve may call.*and the user is gone`),
}

// longestExample is how long an example may take.
const longestExample = 2 * time.Minute

func TestEveryExampleOfTheDocumentationRuns(t *testing.T) {
	node, dir := installed(t), t.TempDir()
	exhibit(t, dir)
	company := employ(t)
	cfg := settings(t)
	cfg.OIDCIssuer = company.url
	s := serveWith(t, cfg)
	known := append(os.Environ(),
		"BOTD_CONNECTION_STRING="+s.ConnectionString(),
		"CURL_CA_BUNDLE="+s.RootFile(), "NODE_EXTRA_CA_CERTS="+s.RootFile(), "SSL_CERT_FILE="+s.RootFile(),
		"COMPANY_TOKEN="+company.badge(t, "eve", "portal"), "COMPANY_APP_ID=portal", "COMPANY_USER_ID=eve",
	)
	wrong, _, _ := strings.Cut(s.ConnectionString(), "accesskey=")
	wrong += "accesskey=" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	dana := sit(t, s, named(t, s, "Dana"))
	for idea, said := range ideas {
		for language, command := range map[string][]string{
			"curl": {"bash", "curl.sh"}, "JavaScript": {node, "js.mjs"}, "Go": {filepath.Join(dir, "bin", idea)},
		} {
			t.Run(idea+" in "+language, func(t *testing.T) {
				e := example{s, dana, filepath.Join(dir, idea), command, known}
				told, err := e.run(t)
				if err != nil || !said.MatchString(told) {
					t.Errorf("it told %q: %v", told, err)
				}
				s.empties(t)
			})
			t.Run(idea+" in "+language+" with a wrong key", func(t *testing.T) {
				e := example{s, dana, filepath.Join(dir, idea), command, append(known, "BOTD_CONNECTION_STRING="+wrong)}
				if told, err := e.run(t); !errors.As(err, new(*exec.ExitError)) {
					t.Errorf("it told %q: %v", told, err)
				}
			})
		}
	}
}

// named is the user whom an application calls by a name.
func named(t *testing.T, s server, name string) identity.ID {
	t.Helper()
	got, err := s.ask(t.Context(), http.MethodPost, "/identities?api-version=2023-10-01", map[string]string{"customId": name})
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ Identity struct{ ID string } }
	if err := got.decode(&made); err != nil || got.status != http.StatusCreated {
		t.Fatalf("%d %s", got.status, got.body)
	}
	return identity.ID(made.Identity.ID)
}

// exhibit puts the examples where they find the SDKs, and those in Go as
// programs.
func exhibit(t *testing.T, dir string) {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS("../../docs/examples")); err != nil {
		t.Fatal(err)
	}
	lend(t, dir)
	build := []string{"build", "-o", filepath.Join(dir, "bin") + "/"}
	for idea := range ideas {
		build = append(build, "../../docs/examples/"+idea)
	}
	if out, err := exec.CommandContext(t.Context(), "go", build...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}

// lend puts the SDKs where programs in a directory find them.
func lend(t *testing.T, dir string) {
	t.Helper()
	packages, err := filepath.Abs("sdk/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
}

// example is a program of the documentation, and whom it talks to.
type example struct {
	server  server
	person  *desk
	dir     string
	command []string
	known   []string // its environment
}

// invitation is how an example asks the person to come to a room.
var invitation = regexp.MustCompile(`Dana, come to (\S+)`)

// run runs it to its end and returns what it told. The person goes wherever
// they are asked to.
func (e example) run(t *testing.T) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longestExample)
	defer cancel()
	cmd := exec.CommandContext(ctx, e.command[0], e.command[1:]...)
	cmd.Env, cmd.Dir, cmd.Stderr = e.known, e.dir, t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	var told strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Fprintln(&told, lines.Text())
		if m := invitation.FindStringSubmatch(lines.Text()); m != nil {
			if err := e.come(ctx, m[1]); err != nil {
				t.Errorf("the person does not come: %v", err)
			}
		}
	}
	return told.String(), cmd.Wait()
}

// empties waits until there is no call any more.
func (s server) empties(t *testing.T) {
	t.Helper()
	late := time.After(10 * time.Second)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for s.Counts().Calls > 0 {
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("%d calls are left", s.Counts().Calls)
		}
	}
}

// come brings the person to the lobby of the room with a link.
func (e example) come(ctx context.Context, link string) error {
	got, err := e.server.ask(ctx, http.MethodGet, "/rooms?api-version=2025-03-13", nil)
	if err != nil {
		return err
	}
	var rooms struct {
		Value []struct{ ID, MeetingLink string }
	}
	if err := got.decode(&rooms); err != nil {
		return err
	}
	for _, r := range rooms.Value {
		if r.MeetingLink == link {
			return e.person.knock(ctx, r.ID)
		}
	}
	return fmt.Errorf("no room has the link %s", link)
}
