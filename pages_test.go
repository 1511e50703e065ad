package botd

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/prometheus/client_golang/prometheus"
)

// allPages is the text of everything that a user reads.
func allPages(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, page := range pagesOf(t) {
		all.WriteString(contents(t, page))
	}
	return all.String()
}

// TestEveryOperationIsOnAPage asks the server what can be asked of it.
func TestEveryOperationIsOnAPage(t *testing.T) {
	s, pages := start(t, func(*Config) {}), allPages(t)
	status, body := ask(t, s, http.MethodGet, "/openapi.json", "", nil)
	var document struct{ Paths map[string]any }
	if err := json.Unmarshal(body, &document); err != nil || status != http.StatusOK || len(document.Paths) < 48 {
		t.Fatalf("%d, %v, %d paths", status, err, len(document.Paths))
	}
	last := regexp.MustCompile(`([:/][A-Za-z]+)(/\{\w+\})?(\.json)?$`) // such as :muteAll
	for p := range document.Paths {
		if name := last.FindStringSubmatch(p); name == nil || !strings.Contains(pages, name[1]) {
			t.Errorf("no page has %v (of %s)", name, p)
		}
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestWhatIsNoOperationIsOnAPageToo is for what the document of the API leaves out.
func TestWhatIsNoOperationIsOnAPageToo(t *testing.T) {
	pages := allPages(t)
	for _, path := range []string{
		"/healthz", "/readyz", "/metrics", "/drain", "/bots", "/client/signal", "/client/calling.js", "/whip/", "/dev/token", "/openapi.json",
	} {
		if !strings.Contains(pages, path) {
			t.Errorf("no page has %s", path)
		}
	}
}

// TestEveryCommandIsOnThePageOfOperations compares the page with the command line.
func TestEveryCommandIsOnThePageOfOperations(t *testing.T) {
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	page := contents(t, "docs/operations.md")
	for _, c := range parser.Model.Leaves(false) {
		if !strings.Contains(page, "| `botd "+c.Name) {
			t.Errorf("docs/operations.md lacks botd %s", c.Name)
		}
	}
}

// TestTheMetricsOnThePagesAreCounted compares names with what is registered.
func TestTheMetricsOnThePagesAreCounted(t *testing.T) {
	s := start(t, func(*Config) {})
	described, there := make(chan *prometheus.Desc), map[string]bool{}
	go func() {
		defer close(described)
		s.telemetry.Metrics.Describe(described)
	}()
	name := regexp.MustCompile(`fqName: "([a-z_]+)"`)
	for d := range described {
		there[name.FindStringSubmatch(d.String())[1]] = true
	}
	for _, m := range regexp.MustCompile("`(botd_[a-z_]+[a-z])[`{]").FindAllStringSubmatch(allPages(t), -1) {
		if !there[m[1]] {
			t.Errorf("a page names %s, which nobody counts", m[1])
		}
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestThePageOfOperationsKnowsEveryFile compares the list on the page with the
// data directory of a server that has run.
func TestThePageOfOperationsKnowsEveryFile(t *testing.T) {
	s := start(t, func(*Config) {})
	files, err := os.ReadDir(s.cfg.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	page := contents(t, "docs/operations.md")
	for _, f := range files {
		name := f.Name()
		if f.IsDir() {
			name += "/"
		}
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("docs/operations.md does not say what %s is", name)
		}
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestTheFirstPageShowsProgramsThatThereAre holds the README against the examples.
func TestTheFirstPageShowsProgramsThatThereAre(t *testing.T) {
	page := contents(t, "README.md")
	code := regexp.MustCompile("(?s)```go\n(.*?)```").FindStringSubmatch(page)
	echo := strings.ReplaceAll(contents(t, "examples/echo/main.go"), "echo", "parrot")
	if code == nil || !strings.Contains(echo, code[1]) {
		t.Errorf("examples/echo is not this: %q", code)
	}
	programs, err := os.ReadDir("examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		row := "| [`example-" + p.Name() + "`](examples/" + p.Name() + "/main.go) |"
		if p.IsDir() && !strings.Contains(page, row) {
			t.Errorf("README.md lacks %s", row)
		}
	}
}

// TestThePageOfLimitsHasThemAll compares its table with the defaults.
func TestThePageOfLimitsHasThemAll(t *testing.T) {
	page := contents(t, "docs/limits.md")
	short := strings.NewReplacer(" in a second", "/1s", " in a minute", "/60s", " in 30 seconds", "/30s", " GiB", "GiB", " % of `GOMEMLIMIT`", "")
	for _, s := range settings {
		if !strings.HasPrefix(s.key, "limits-") && s.key != "max-participants" && s.key != "log-max-bytes" {
			continue
		}
		row := regexp.MustCompile("\\| `" + s.key + "` \\| ([^|]*) \\|").FindStringSubmatch(page)
		if row == nil || short.Replace(row[1]) != s.fallback {
			t.Errorf("docs/limits.md has %q for %s, which is %s", row, s.key, s.fallback)
		}
	}
}
