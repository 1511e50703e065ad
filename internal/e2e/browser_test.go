package e2e

import (
	"context"
	_ "embed"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

//go:embed ears.js
var ears string

// tab is a page in a Chromium of its own, whose microphone hears one tone.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// browse starts a Chromium with a tone for a microphone and opens a page in
// it. It ends with the test.
func browse(t *testing.T, url string, hz int) *tab {
	t.Helper()
	bound, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(stop)
	alloc, closed := chromedp.NewExecAllocator(bound, flags(chromium(t), microphone(t, hz))...)
	t.Cleanup(closed)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx}
	p.listen()
	p.open(url)
	return p
}

// chromium finds the browser: $CHROME, or what a package installed.
func chromium(t *testing.T) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	if given := os.Getenv("CHROME"); given != "" {
		names = []string{given}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatalf("there is no browser (%v); set $CHROME, or run the tests with `make test`, which installs Chromium", names)
	return ""
}

// flags lets a page use the file as microphone without asking, talk to
// loopback addresses, and play sound without a click.
func flags(path, microphone string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", microphone),
		chromedp.Flag("allow-loopback-in-peer-connection", true),
		chromedp.Flag("disable-features", "WebRtcHideLocalIpsWithMdns,Translate"),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
	)
}

// listen puts ears on every document the tab will open, also on those whose
// security policy would not have them.
func (p *tab) listen() {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: ears})
	if err != nil {
		p.t.Fatalf("start Chromium: %v", err)
	}
	if _, err := chromedp.Call(p.ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *tab) open(url string) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.Navigate(url)); err != nil {
		p.t.Fatalf("open %s: %v", url, err)
	}
}

// run evaluates a script in the page, waits for its promise and returns the
// value.
func run[T any](p *tab, script string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("in the page: %v\n%s", err, script)
	}
	return v
}
