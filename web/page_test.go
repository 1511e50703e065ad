package web_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// open gives the test a window of Chromium with the page of a fake server.
func open(t *testing.T, f *fakeServer) context.Context {
	t.Helper()
	ctx := newBrowser(t)
	do(ctx, t, chromedp.Navigate(f.URL))
	return ctx
}

// newBrowser starts a Chromium whose microphone hums, which `make test` installs.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	path := os.Getenv("CHROME")
	if path == "" {
		path = "chromium"
	}
	path, err := exec.LookPath(path)
	if err != nil {
		t.Fatal("there is no Chromium; `make test` installs it, or $CHROME names one")
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU,
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("allow-loopback-in-peer-connection", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("disable-features", "WebRtcHideLocalIpsWithMdns"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en"),
	)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func do(ctx context.Context, t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func id(testid string) string { return fmt.Sprintf(`[data-testid="%s"]`, testid) }

// eventually waits until a JavaScript expression is true in the page.
func eventually(ctx context.Context, t *testing.T, expression string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(15*time.Second))); err != nil {
		said, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
		t.Fatalf("%s: %v; the page says:\n%s", expression, err, said)
	}
}

func text(ctx context.Context, t *testing.T, testid string) string {
	t.Helper()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector('%s').innerText`, id(testid))))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func signIn(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	do(ctx, t,
		chromedp.WaitVisible(id("name-input")),
		chromedp.SendKeys(id("name-input"), name),
		chromedp.Click(id("continue-button")),
		chromedp.WaitVisible(id("bot-echo")),
	)
}

func inState(state string) string {
	return fmt.Sprintf(`document.querySelector('%s')?.dataset.state === %q`, id("call-state"), state)
}

func TestAPersonCallsABotPressesKeysAndHangsUp(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	signIn(ctx, t, "Ada Lovelace")
	if got := text(ctx, t, "own-id"); got != userID {
		t.Errorf("the page shows the id %s, not %s", got, userID)
	}

	do(ctx, t, chromedp.Click(id("bot-echo")))
	eventually(ctx, t, inState("Connected"))
	call := f.wait(ctx, t, "start", 1)
	f.say(message{"type": "roster", "call": call["call"], "serverCallId": "s", "participants": []any{
		message{"participantId": "1", "identifier": message{"rawId": "echo"}, "displayName": "Echo", "state": "Connected", "isSpeaking": true},
	}})
	eventually(ctx, t, `document.querySelector('[data-testid="person"][data-id="echo"]')?.dataset.speaking === 'true'`)

	do(ctx, t, chromedp.Click(id("keypad-button")), chromedp.Click(id("key-4")), chromedp.KeyEvent("2"), chromedp.Click(id("key-pound")))
	eventually(ctx, t, `document.querySelector('[data-testid="digits"]').value === '42#'`)
	heard := func() bool { return f.echo.pressed() == "42#" }
	waitFor(ctx, t, heard, func() string { return "keys heard: " + f.echo.pressed() })

	do(ctx, t, chromedp.Click(id("mute-button")))
	f.wait(ctx, t, "mute", 1)
	do(ctx, t, chromedp.Click(id("hangup-button")), chromedp.WaitVisible(id("ended-view")))
	if got := text(ctx, t, "end-reason"); got != "Call ended" {
		t.Errorf("the page says %q", got)
	}
	if got := text(ctx, t, "end-code"); !strings.HasPrefix(got, "0/0") {
		t.Errorf("the page gives the code %q", got)
	}
}

func TestAnIncomingCallRingsAndIsAccepted(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	signIn(ctx, t, "Ada")
	f.say(message{"type": "incoming", "call": "c1", "from": message{"rawId": "8:acs:r_grace"}, "displayName": "Grace Hopper"})
	do(ctx, t, chromedp.WaitVisible(id("incoming-call")))
	if got := text(ctx, t, "incoming-caller"); got != "Grace Hopper" {
		t.Errorf("%q is calling", got)
	}
	do(ctx, t, chromedp.Click(id("accept-button")))
	if m := f.wait(ctx, t, "accept", 1); m["call"] != "c1" {
		t.Errorf("accepted %v", m["call"])
	}
	eventually(ctx, t, inState("Connected"))
}

func TestAnIncomingCallCanBeDeclinedOrEndByItself(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	signIn(ctx, t, "Ada")
	f.say(message{"type": "incoming", "call": "c1", "from": message{"rawId": "8:acs:r_grace"}})
	do(ctx, t, chromedp.WaitVisible(id("incoming-call")), chromedp.Click(id("decline-button")))
	f.wait(ctx, t, "reject", 1)
	f.say(message{"type": "incoming", "call": "c2", "from": message{"rawId": "4:+14255550123"}})
	do(ctx, t, chromedp.WaitVisible(id("incoming-call")))
	f.say(message{"type": "incomingEnded", "call": "c2", "reason": message{"code": 487, "subCode": 10003}})
	do(ctx, t, chromedp.WaitNotPresent(id("incoming-call")))
}

func TestACallOutlivesADroppedSocket(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	signIn(ctx, t, "Ada")
	do(ctx, t, chromedp.SendKeys(id("group-input"), "standup"), chromedp.Click(id("join-group-button")))
	eventually(ctx, t, inState("Connected"))
	call := f.wait(ctx, t, "join", 1)["call"]
	f.drop()
	if m := f.wait(ctx, t, "hello", 2); m["resume"] != "r" {
		t.Errorf("it came back with %v", m)
	}
	f.say(message{"type": "state", "call": call, "state": "Connected"})
	eventually(ctx, t, `document.querySelector('[data-testid="connection-state"]').dataset.state === 'Connected'`)
	f.say(message{"type": "muted", "call": call})
	eventually(ctx, t, `document.querySelector('[data-testid="mute-button"]').ariaPressed === 'true'`)
	do(ctx, t, chromedp.Click(id("end-for-all-button")))
	if m := f.wait(ctx, t, "hangup", 1); m["forEveryone"] != true {
		t.Errorf("it hung up with %v", m)
	}
}

func TestAServerThatHandsOutNoTokensIsGivenOne(t *testing.T) {
	f := newFakeServer(t)
	f.tokens = false
	ctx := open(t, f)
	do(ctx, t,
		chromedp.SendKeys(id("name-input"), "Ada"),
		chromedp.Click(id("continue-button")),
		chromedp.WaitVisible(id("token-input")),
		chromedp.SendKeys(id("token-input"), "pasted"),
		chromedp.Click(id("continue-button")),
		chromedp.WaitVisible(id("bot-echo")),
	)
	if m := f.wait(ctx, t, "hello", 1); m["token"] != "pasted" || m["displayName"] != "Ada" {
		t.Errorf("it said %v", m)
	}
}

func TestACallWithoutAMicrophoneSaysWhy(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	eventually(ctx, t, `document.activeElement?.dataset.testid === 'name-input'`)
	signIn(ctx, t, "Ada")
	denied := `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')); true`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](denied)); err != nil {
		t.Fatal(err)
	}
	do(ctx, t, chromedp.Click(id("bot-echo")), chromedp.WaitVisible(id("ended-view")))
	if got := text(ctx, t, "end-reason"); got != "No access to the microphone" {
		t.Errorf("the page says %q", got)
	}
}

// waitFor waits for something outside the page.
func waitFor(ctx context.Context, t *testing.T, ready func() bool, explain func() string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(explain())
		}
	}
}
