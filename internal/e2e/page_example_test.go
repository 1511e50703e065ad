package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestAPageCallsWithTheExampleAndNothingElse runs the example of the page about
// calls in pages, in a page that has nothing.
func TestAPageCallsWithTheExampleAndNothingElse(t *testing.T) {
	s := serve(t)
	code, err := os.ReadFile("../../docs/examples/browser/call.js")
	must(t, err)
	shown, err := os.ReadFile("../../docs/browser.md")
	must(t, err)
	if !strings.Contains(string(shown), "```js\n"+string(code)+"```") {
		t.Error("the page shows another example")
	}
	// A module without an address of its own imports others by their whole address.
	module, err := json.Marshal(strings.Replace(string(code), "'/client/", "'"+s.page+"/client/", 1))
	must(t, err)
	tab := browse(t, s.page+"/healthz", 440)
	run[bool](tab, fmt.Sprintf(`(async () => {
		const { call } = await import(URL.createObjectURL(new Blob([%s], { type: 'text/javascript' })));
		const answer = await fetch('/dev/token', {
			method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"displayName":"Ada"}',
		});
		const { token } = await answer.json();
		window.told = [];
		await new Promise((connected, failed) => {
			window.made = call('echo', { token, displayName: 'Ada', tell: (state, reason) => {
				told.push(state);
				if (state === 'Connected') connected();
				if (state === 'Disconnected') failed(new Error(JSON.stringify(reason)));
			} }).catch(failed);
		});
		ears.mark('connected');
		return true;
	})()`, module))
	isTone(t, "the page", tab.heard("connected", 4*time.Second).between(time.Second, 4*time.Second), 440)
	told := run[[]string](tab, `made.then(({ signOut }) => signOut()).then(() => told)`)
	if told[0] != "Connecting" || told[len(told)-1] != "Disconnected" {
		t.Errorf("the page was told %v", told)
	}
	within(t, 5*time.Second, "the call is over", s.empty)
}
