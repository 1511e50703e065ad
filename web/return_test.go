package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestSoundFollowsTheClientIntoAnotherNetwork(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	signIn(ctx, t, "Ada Lovelace")
	do(ctx, t, chromedp.Click(id("bot-echo")))
	eventually(ctx, t, inState("Connected"))
	do(ctx, t, chromedp.Click(id("keypad-button")))
	for n := 1; n <= 3; n++ {
		eventually(ctx, t, `dispatchEvent(new Event("online"))`)
		f.wait(ctx, t, "offer", n)
		again := func() bool { return f.echo.connected() > n }
		waitFor(ctx, t, again, func() string { return fmt.Sprintf("connected %d times", f.echo.connected()) })
		do(ctx, t, chromedp.Click(id(fmt.Sprintf("key-%d", n))))
		want := "123"[:n]
		heard := func() bool { return f.echo.pressed() == want }
		waitFor(ctx, t, heard, func() string { return "keys heard: " + f.echo.pressed() })
	}
	eventually(ctx, t, inState("Connected"))
}

func TestAReloadHangsUpAndStaysSignedIn(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	signIn(ctx, t, "Ada Lovelace")
	do(ctx, t, chromedp.Click(id("bot-echo")))
	eventually(ctx, t, inState("Connected"))
	do(ctx, t, chromedp.Reload())
	f.wait(ctx, t, "hangup", 1)
	do(ctx, t, chromedp.WaitVisible(id("bot-echo")))
	if got := text(ctx, t, "own-name"); got != "Ada Lovelace" {
		t.Errorf("after the reload the page belongs to %q", got)
	}
	do(ctx, t, chromedp.Click(id("sign-out-button")), chromedp.WaitVisible(id("name-input")), chromedp.Reload(), chromedp.WaitVisible(id("name-input")))
}

func TestSomebodyIsCalledByNameOnADevelopmentServer(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	signIn(ctx, t, "Ada Lovelace")
	do(ctx, t, chromedp.Click(id("call-name-button")))
	eventually(ctx, t, inState("Connected"))
	if got := text(ctx, t, "call-title"); got != "Dana" {
		t.Errorf("the call is titled %q", got)
	}
	targets, ok := f.wait(ctx, t, "start", 1)["targets"].([]any)
	if !ok || len(targets) != 1 {
		t.Fatalf("the call goes to %v", targets)
	}
	if target, _ := targets[0].(map[string]any); target["rawId"] != userID {
		t.Errorf("the call goes to %v, not %s", target["rawId"], userID)
	}
}

func TestATokenThatEndsLeadsBackToTheDoor(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	signIn(ctx, t, "Ada Lovelace")
	f.say(message{"type": "unregistered", "code": 401, "subCode": 10009, "message": "the token has expired"})
	do(ctx, t, chromedp.WaitVisible(id("sign-in-error")), chromedp.Click(id("continue-button")), chromedp.WaitVisible(id("bot-echo")))
}
