package web_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/botd-dev/botd/web"
)

func TestWhatABrowserLoadsIsInTheBinary(t *testing.T) {
	for _, c := range []struct{ name, says string }{
		{"index.html", `<div id="app">`},
		{"favicon.svg", "<svg"},
		{"client/calling.js", "export {"},
		{"client/calling.d.ts", "export declare class CallClient"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if text := read(t, c.name); !strings.Contains(text, c.says) {
				t.Errorf("%s does not contain %q", c.name, c.says)
			}
		})
	}
}

func TestTheClientExportsItsNames(t *testing.T) {
	text := read(t, "client/calling.js")
	exports := text[strings.LastIndex(text, "export {"):]
	for _, name := range []string{
		"CallClient", "AzureCommunicationTokenCredential", "LocalAudioStream", "Features",
		"CommunicationServicesError", "AzureLogger", "setLogLevel", "createIdentifierFromRawId", "getIdentifierRawId",
	} {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(exports) {
			t.Errorf("calling.js does not export %s", name)
		}
	}
}

func TestThePageLoadsNothingFromElsewhere(t *testing.T) {
	loads := regexp.MustCompile(`(?:src|href)="([^"]*)"`)
	inline := regexp.MustCompile(`<script[^>]*>[^<]|<style|\sstyle=|\son[a-z]+="`)
	page := read(t, "index.html")
	if found := inline.FindString(page); found != "" {
		t.Errorf("the page has something inline that a content security policy forbids: %q", found)
	}
	for _, m := range loads.FindAllStringSubmatch(page, -1) {
		name, local := strings.CutPrefix(m[1], "/")
		if !local {
			t.Errorf("the page loads %s", m[1])
			continue
		}
		read(t, name)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := fs.ReadFile(web.Files(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
