package e2e

import (
	"bufio"
	"context"
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
// JavaScript and Go.
var ideas = []string{"events", "calls", "rooms", "transfer", "tokens"}

// longestExample is how long an example may take.
const longestExample = 2 * time.Minute

func TestEveryExampleOfTheDocumentationRuns(t *testing.T) {
	node, dir := installed(t), t.TempDir()
	exhibit(t, dir)
	s := serve(t)
	dana := sit(t, s, named(t, s, "Dana"))
	for _, idea := range ideas {
		for language, command := range map[string][]string{
			"curl": {"bash", "curl.sh"}, "JavaScript": {node, "js.mjs"}, "Go": {filepath.Join(dir, "bin", idea)},
		} {
			t.Run(idea+" in "+language, func(t *testing.T) {
				e := example{s, dana, filepath.Join(dir, idea), command}
				e.run(t)
				s.empties(t)
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
	packages, err := filepath.Abs("sdk/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	build := []string{"build", "-o", filepath.Join(dir, "bin") + "/"}
	for _, idea := range ideas {
		build = append(build, "../../docs/examples/"+idea)
	}
	if out, err := exec.CommandContext(t.Context(), "go", build...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}

// example is a program of the documentation, and whom it talks to.
type example struct {
	server  server
	person  *desk
	dir     string
	command []string
}

// invitation is how an example asks the person to come to a room.
var invitation = regexp.MustCompile(`Dana, come to (\S+)`)

// run runs it to its end. The person goes wherever they are asked to.
func (e example) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longestExample)
	defer cancel()
	cmd := exec.CommandContext(ctx, e.command[0], e.command[1:]...)
	root := e.server.RootFile()
	cmd.Env = append(os.Environ(), "BOTD_CONNECTION_STRING="+e.server.ConnectionString(),
		"CURL_CA_BUNDLE="+root, "NODE_EXTRA_CA_CERTS="+root, "SSL_CERT_FILE="+root)
	cmd.Dir, cmd.Stderr = e.dir, t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	told := 0
	for lines := bufio.NewScanner(out); lines.Scan(); told++ {
		t.Log(lines.Text())
		if m := invitation.FindStringSubmatch(lines.Text()); m != nil {
			if err := e.come(ctx, m[1]); err != nil {
				t.Errorf("the person does not come: %v", err)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v", strings.Join(e.command, " "), err)
	}
	if told == 0 {
		t.Error("it shows nothing")
	}
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
