package botd

import (
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/botd-dev/botd"

// mayImport is who may look into whom: a room may import the rooms on its line
// and nothing else of ours. "x/*" is every room below x; a room that is not here
// has the line of the room above it.
var mayImport = map[string]string{
	"media":          "",
	"media/codec":    "media",
	"media/jitter":   "media",
	"media/mix":      "media",
	"media/forward":  "media",
	"media/dtmf":     "media",
	"media/speech":   "media media/voice",
	"media/speech/*": "media media/speech media/voice media/measure",
	"media/measure":  "media",
	"media/quality":  "media",
	"media/voice":    "media",
	"media/turn":     "media media/voice",
	"media/answerer": "media media/voice",
	"media/prompt":   "media media/codec media/speech",
	"media/stream":   "media media/dtmf internal/strict",
	"rtt":            "media",
	"identity":       "",
	"web":            "",
	"internal":       "",
	"internal/e2e":   "*",

	"internal/netlab":  "media media/codec media/measure",
	"internal/bench/*": "internal/bench/* automation/rest bot media media/codec media/jitter media/mix media/speech media/speech/espeak",

	"call":         "media identity",
	"call/room":    "call identity",
	"call/journal": "call identity",
	"recording":    "call media media/codec media/jitter media/forward rtt",
	"webhooks":     "call call/journal identity",

	"leg/browser": "call identity media media/codec media/jitter media/dtmf media/forward media/quality media/voice rtt internal/strict",
	"leg/phone":   "call identity media media/codec media/jitter media/dtmf media/forward media/quality media/voice rtt",

	"automation":      "call call/room identity recording media media/* rtt",
	"automation/rest": "automation call call/journal call/room identity recording webhooks internal/cluster internal/throttle",

	"bot":         "identity media rtt",
	"bot/demo":    "bot identity media rtt",
	"bot/wire":    "bot identity media internal/strict",
	"bot/remote":  "bot bot/wire identity media rtt",
	"bot/local":   "bot automation call call/journal identity media rtt",
	"bot/gateway": "bot bot/wire automation call call/journal identity media rtt internal/strict",
	"bot/bottest": "bot bot/local automation call identity media media/* rtt",

	"bot/bottest/astest": "bot/bottest",

	"":         "*",
	"cmd":      "*",
	"examples": "*",

	"docs/examples": "*",
}

// keptIn are libraries that only some rooms may know; the front door may know
// all of them.
var keptIn = map[string]string{
	"github.com/labstack/echo":    "automation/rest",
	"github.com/pion":             "leg leg/* media/jitter media/dtmf media/forward media/prompt recording internal/bench/* internal/netlab",
	"github.com/emiago/sipgo":     "leg/phone",
	"github.com/nats-io":          "call/journal internal/cluster",
	"github.com/cloudevents":      "webhooks",
	"gocloud.dev":                 "recording",
	"github.com/looplab/fsm":      "call",
	"github.com/hraban/opus":      "media/codec internal/bench/*",
	"github.com/coder/websocket":  "leg/browser automation/rest bot/remote bot/gateway bot/wire internal/strict media/stream media/speech/socket internal/bench/* internal/realtime examples/agent",
	"github.com/alecthomas/kong":  "",
	"github.com/knadh/koanf":      "",
	"go.opentelemetry.io/otel":    "internal/telemetry automation/rest webhooks call",
	"github.com/hajimehoshi":      "media/prompt",
	"github.com/getkin":           "automation/rest internal/openapitest",
	"github.com/golang-jwt":       "identity automation/rest",
	"github.com/chromedp":         "internal/e2e",
	"github.com/go-jose/go-jose/": "identity automation/rest",
}

// TestNobodyLooksIntoARoomThatIsNotTheirs compares every import with the two
// tables. Imports of tests are not looked at.
func TestNobodyLooksIntoARoomThatIsNotTheirs(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		room := strings.TrimPrefix(strings.TrimPrefix(words[0], module), "/")
		if strings.Contains(room, "node_modules") {
			continue
		}
		for _, imported := range words[1:] {
			if !allowed(t, room, imported) {
				t.Errorf("%s may not import %s", room, imported)
			}
		}
	}
}

func allowed(t *testing.T, room, imported string) bool {
	t.Helper()
	inside, ours := strings.CutPrefix(imported, module+"/")
	line, known := lineOf(room)
	if !known {
		t.Errorf("%s has no line in the table", room)
		return true
	}
	if line == "*" {
		return true
	}
	if ours {
		return within(inside, line)
	}
	for library, rooms := range keptIn {
		if strings.HasPrefix(imported, library) && !within(room, rooms) {
			return false
		}
	}
	return true
}

// lineOf finds the line of a room: its own, that of its siblings, or that of
// the room above.
func lineOf(room string) (line string, ok bool) {
	for {
		if line, ok = mayImport[room]; ok {
			return line, true
		}
		above := path.Dir(room)
		if line, ok = mayImport[above+"/*"]; ok {
			return line, true
		}
		if above == "." {
			return "", false
		}
		room = above
	}
}

func within(room, list string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(entry string) bool {
		above, all := strings.CutSuffix(entry, "/*")
		return entry == room || all && strings.HasPrefix(room, above+"/")
	})
}
