package botd

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ways are the names by which a package can get out of the process: to another
// machine, or to a log that nobody redacts.
var ways = map[string][]string{
	"net/http": {"Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm"},
	"net": {
		"Resolver", "DefaultResolver", "Dial", "DialTimeout", "DialIP", "DialTCP", "DialUDP", "DialUnix", "Dialer",
		"LookupHost", "LookupIP", "LookupAddr", "LookupCNAME", "LookupMX", "LookupNS", "LookupPort", "LookupSRV", "LookupTXT",
	},
	"crypto/tls":                 {"Client", "Dial", "DialWithDialer", "Dialer"},
	"github.com/coder/websocket": {"Dial"},
	"golang.org/x/net/websocket": {"Dial", "DialConfig"},
	"net/smtp":                   {"Dial", "SendMail"},
	"net/http/httputil":          {"*"},
	// Libraries that find their own way if nobody tells them one.
	"github.com/nats-io/nats.go":                                      {"Connect"},
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp": {"New"},
	"net/rpc":                    {"Dial", "DialHTTP"},
	"log":                        {"*"},
	"log/slog":                   {"*"},
	"fmt":                        {"Print", "Printf", "Println"},
	"os":                         {"Stdout", "Stderr"},
	"go.uber.org/zap":            {"New", "NewProduction", "NewDevelopment", "NewExample", "L", "S", "ReplaceGlobals", "RedirectStdLog"},
	"go.uber.org/zap/zapcore":    {"NewCore"},
	"github.com/sirupsen/logrus": {"*"},
	"github.com/rs/zerolog":      {"*"},
	"github.com/pion/logging":    {"NewDefaultLoggerFactory"},
}

// allowedWays are who may nevertheless, and why.
var allowedWays = map[string][]string{
	// The guarded dialer itself.
	"internal/egress": {"net.Dialer", "net.Resolver", "net.DefaultResolver", "net/http.Client", "net/http.Transport"},
	// The redacting logger itself. Traces go to the collector in the configuration,
	// with the guarded client.
	"internal/telemetry": {
		"os.Stderr", "go.uber.org/zap.New", "go.uber.org/zap/zapcore.NewCore", "net/http.Client",
		"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp.New",
	},
	// The store is the operator's, and in the configuration; it speaks no HTTP.
	"internal/cluster": {"github.com/nats-io/nats.go.Connect"},
	// The commands talk to the operator's own server, whose address is in the
	// configuration.
	"client.go": {"net/http.Client", "net/http.Transport"},
	// What a command prints is its result.
	"bot/bottest/astest": {"os.Stdout", "os.Stderr"},
	// Examples are programs of their own: what they print is their result.
	"examples": {"os.Stdout", "net/http.Client", "github.com/coder/websocket.Dial"},
	// What the commands print is their result.
	"main.go": {"os.Stdout", "os.Stderr"},
	// A program of its own, of which the server has nothing: it measures servers
	// that it has started on this machine.
	"internal/bench": {
		"os.Stdout", "os.Stderr", "net/http.Client", "net/http.DefaultClient", "net.Dialer", "github.com/coder/websocket.Dial",
	},
	// A UDP socket learns which of our addresses faces another; nothing is sent.
	"leg/browser/engine.go": {"net.Dial"},
	// net/http has no other way to say something than into a *log.Logger: this one
	// writes into ours.
	"complaints.go": {"log.*"},
	// Types of what is handed from room to room.
	"server.go":       {"net/http.Client"},
	"automation/rest": {"net/http.Client"},
	"webhooks":        {"net/http.Client"},
	"media/prompt":    {"net/http.Client"},
	"drivers.go":      {"net/http.Client"},

	"media/speech/openai": {"net/http.Client"},
	"media/speech/socket": {"net/http.Client", "github.com/coder/websocket.Dial"},
	// What it asks for comes from the test, not from a network.
	"bot/bottest": {"net/http.Client"},
	// The other end of our own socket: a program of the operator's, which connects to
	// the server that its author named.
	"bot/remote": {"net/http.Client", "github.com/coder/websocket.Dial"},
	// Sockets are opened with the guarded client.
	"media/stream": {"net/http.Client", "github.com/coder/websocket.Dial"},
}

func TestThereIsOneWayOutAndOneLog(t *testing.T) {
	used := map[string]bool{}
	for _, file := range sources(t) {
		for _, way := range waysOut(t, file) {
			who := allowance(file, way)
			if who == "" {
				t.Errorf("%s uses %s: requests go out through internal/egress, logs through internal/telemetry", file, way)
			}
			used[who+" "+way] = true
		}
	}
	for who, list := range allowedWays {
		for _, way := range list {
			if !used[who+" "+way] {
				t.Errorf("%s may use %s but does not", who, way)
			}
		}
	}
}

// allowance is the line of the table that lets a file use something.
func allowance(file, way string) string {
	for who, list := range allowedWays {
		if (file == who || strings.HasPrefix(file, who+"/")) && slices.Contains(list, way) {
			return who
		}
	}
	return ""
}

// sources are the program's files, without tests.
func sources(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && path != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "tools" || path == "docs") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, filepath.ToSlash(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("only %d files are looked at", len(files))
	}
	return files
}

// waysOut lists what a file uses of the ways, as "import/path.Name".
func waysOut(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return waysOutOf(t, parsed)
}

func waysOutOf(t *testing.T, file *ast.File) []string {
	t.Helper()
	names := map[string]string{} // of the imports
	var found []string
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], ".go")
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = path
		if list := ways[path]; slices.Equal(list, []string{"*"}) || len(list) > 0 && name == "." {
			found = append(found, path+".*")
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if called, ok := n.(*ast.CallExpr); ok {
			if of, ok := called.Fun.(*ast.Ident); ok && (of.Name == "print" || of.Name == "println") {
				found = append(found, of.Name) // they write to standard error
			}
		}
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if of, ok := selector.X.(*ast.Ident); ok {
			if path := names[of.Name]; slices.Contains(ways[path], selector.Sel.Name) {
				found = append(found, path+"."+selector.Sel.Name)
			}
		}
		return true
	})
	return found
}

func TestAWayOutIsSeenUnderAnyName(t *testing.T) {
	for name, source := range map[string]string{
		"a client":              `package x; import "net/http"; var c = &http.Client{}`,
		"an import renamed":     `package x; import web "net/http"; func f() { web.Get("x") }`,
		"an import without":     `package x; import . "net/http"; var c = Client{}`,
		"a dialer":              `package x; import "net"; var d net.Dialer`,
		"a value not called":    `package x; import "net"; var dial = net.Dial`,
		"a log":                 `package x; import "log"; func f() { log.Print() }`,
		"a log under no name":   `package x; import _ "log/slog"`,
		"the standard output":   `package x; import "os"; var w = os.Stdout`,
		"what is written to it": `package x; import "fmt"; func f() { fmt.Println() }`,
		"a library's own way":   `package x; import "github.com/nats-io/nats.go"; func f() { nats.Connect("x") }`,
		"what needs no import":  `package x; func f() { println("x") }`,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if len(waysOutOf(t, file)) == 0 {
			t.Errorf("%s is not seen", name)
		}
	}
}
