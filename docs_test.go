package botd

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// link is one in Markdown: where to, and which heading there.
var link = regexp.MustCompile(`\]\(([^)#\s]*)(#[^)\s]*)?\)`)

// TestLinksInTheDocumentationLeadSomewhere looks at links to files and to their
// headings; those into the world are not followed.
func TestLinksInTheDocumentationLeadSomewhere(t *testing.T) {
	for _, page := range pagesOf(t) {
		for _, m := range link.FindAllStringSubmatch(contents(t, page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			to := page
			if m[1] != "" {
				to = filepath.Join(filepath.Dir(page), m[1])
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: %v", page, err)
			} else if m[2] != "" && !slices.Contains(headingsOf(contents(t, to)), m[2]) {
				t.Errorf("%s: %s has no heading %s", page, to, m[2])
			}
		}
	}
}

// headingsOf are the anchors that a page has when it is shown as HTML.
func headingsOf(text string) []string {
	heading := regexp.MustCompile(`(?m)^#+ (.*)$`)
	dropped := regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
	var anchors []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		anchors = append(anchors, "#"+strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return anchors
}

func TestTheAnchorOfAHeadingIsMadeOfItsWords(t *testing.T) {
	got := headingsOf("# What's new, and `why`\n\ntext # no heading\n## A 2nd one")
	if want := []string{"#whats-new-and-why", "#a-2nd-one"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestThePagesShowWhatRuns compares the code on the page of an idea with the
// examples that the tests of the whole server run.
func TestThePagesShowWhatRuns(t *testing.T) {
	const examples = "docs/examples"
	block := regexp.MustCompile("(?s)```(sh|js|go)\n(.*?)```")
	for _, idea := range []string{"events", "calls", "rooms", "transfer", "tokens"} {
		code := map[string]string{
			"sh": contents(t, filepath.Join(examples, idea, "curl.sh")) + contents(t, filepath.Join(examples, "sign.sh")),
			"js": contents(t, filepath.Join(examples, idea, "js.mjs")),
			"go": contents(t, filepath.Join(examples, idea, "main.go")),
		}
		shown := map[string]int{}
		for _, m := range block.FindAllStringSubmatch(contents(t, "docs/"+idea+".md"), -1) {
			if shown[m[1]]++; !strings.Contains(code[m[1]], m[2]) {
				t.Errorf("the example of %s does not have this:\n%s", idea, m[2])
			}
		}
		if len(shown) != len(code) {
			t.Errorf("the page of %s shows %v", idea, shown)
		}
	}
}

// TestEveryIdeaIsSaidInTheWordsOfOthersToo is for those who come from elsewhere.
func TestEveryIdeaIsSaidInTheWordsOfOthersToo(t *testing.T) {
	for _, idea := range []string{"events", "calls", "rooms", "transfer", "tokens", "bots", "browser"} {
		_, table, _ := strings.Cut(contents(t, "docs/"+idea+".md"), "\n## Coming from elsewhere\n")
		head, _, _ := strings.Cut(strings.TrimSpace(table), "\n")
		for _, other := range []string{"Azure Communication Services", "Twilio", "LiveKit", "jambonz", "Asterisk"} {
			if !strings.Contains(head, other) {
				t.Errorf("the page of %s does not say what %s calls it", idea, other)
			}
		}
	}
}

// TestThePageOfTestsShowsOneThatRuns compares the play on the page with the test
// of its example.
func TestThePageOfTestsShowsOneThatRuns(t *testing.T) {
	block := regexp.MustCompile("(?s)```go\n(func Test.*?)```").FindStringSubmatch(contents(t, "docs/testing-bots.md"))
	if block == nil || !strings.Contains(contents(t, "docs/examples/frontdesk/main_test.go"), block[1]) {
		t.Errorf("the example does not have this: %q", block)
	}
}

func contents(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// pagesOf are the pages at the root and below docs.
func pagesOf(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir("docs", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// TestTheEventsPageListsEveryTypeOfOurs holds the page against the sources of
// whoever writes into the log.
func TestTheEventsPageListsEveryTypeOfOurs(t *testing.T) {
	page, found := contents(t, "docs/events.md"), 0
	for _, dir := range []string{"call", "automation", "bot/local", "bot/gateway", "webhooks"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range regexp.MustCompile(`"(botd\.[a-z]+\.[a-z]+)"`).FindAllStringSubmatch(contents(t, file), -1) {
				if found++; !strings.Contains(page, "`"+m[1]+"`") {
					t.Errorf("docs/events.md does not list %s of %s", m[1], file)
				}
			}
		}
	}
	if found < 30 {
		t.Fatalf("%d types in the sources", found)
	}
}
