package web_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestScreensArePhotographed writes a picture of every screen into the
// directory $SCREENS names, to be looked at.
func TestScreensArePhotographed(t *testing.T) {
	dir := os.Getenv("SCREENS")
	if dir == "" {
		t.Skip("$SCREENS names no directory")
	}
	for _, look := range []struct {
		name, scheme  string
		width, height int64
	}{
		{"light", "light", 1280, 800},
		{"dark", "dark", 1280, 800},
		{"narrow", "light", 390, 844},
		{"narrow-dark", "dark", 390, 844},
	} {
		t.Run(look.name, func(t *testing.T) {
			f := newFakeServer(t)
			ctx := newBrowser(t)
			features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}}
			if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
				do(ctx, t, chromedp.Navigate("about:blank"))
				if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
					t.Fatal(err)
				}
			}
			do(ctx, t, chromedp.EmulateViewport(look.width, look.height), chromedp.Navigate(f.URL))
			photograph(ctx, t, f, filepath.Join(dir, look.name))
		})
	}
}

func photograph(ctx context.Context, t *testing.T, f *fakeServer, prefix string) {
	t.Helper()
	shoot := func(name string) {
		t.Helper()
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(prefix+"-"+name+".png", png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	do(ctx, t, chromedp.WaitVisible(id("name-input")))
	shoot("1-door")
	signIn(ctx, t, "Ada Lovelace")
	do(ctx, t, chromedp.Click(id("test-microphone-button")))
	eventually(ctx, t, `document.querySelectorAll('.level .lit').length > 2`)
	shoot("2-home")
	do(ctx, t, chromedp.Click(id("bot-menu")))
	eventually(ctx, t, inState("Connected"))
	call := f.wait(ctx, t, "start", 1)["call"]
	f.say(people(call, "menu"))
	do(ctx, t, chromedp.Click(id("keypad-button")), chromedp.Click(id("key-4")), chromedp.Click(id("key-2")))
	eventually(ctx, t, `document.querySelector('[data-testid="quality"]').dataset.quality === 'good'`)
	shoot("3-keypad")
	do(ctx, t, chromedp.Click(id("hangup-button")), chromedp.WaitVisible(id("ended-view")))
	shoot("4-ended")
	do(ctx, t, chromedp.Click(id("done-button")), chromedp.SendKeys(id("group-input"), "launch-review"), chromedp.Click(id("join-group-button")))
	eventually(ctx, t, inState("Connected"))
	call = f.wait(ctx, t, "join", 1)["call"]
	f.say(people(call, "grace", "kay", "+14255550123", "echo"))
	eventually(ctx, t, `document.querySelectorAll('[data-testid="person"]').length === 4`)
	eventually(ctx, t, `document.querySelector('[data-testid="quality"]').dataset.quality === 'good'`)
	shoot("5-group")
	do(ctx, t, chromedp.Click(id("sound-button")))
	eventually(ctx, t, `document.querySelectorAll('.level .lit').length > 2`)
	f.say(message{"type": "incoming", "call": "c9", "from": message{"rawId": "8:acs:r_karen"}, "displayName": "Karen Spärck Jones"})
	do(ctx, t, chromedp.WaitVisible(id("incoming-call")), chromedp.Click(id("mute-button")))
	eventually(ctx, t, `document.getAnimations().every((a) => a.effect.getTiming().iterations === Infinity || a.playState === 'finished')`)
	shoot("6-incoming")
	do(ctx, t, chromedp.Click(id("decline-button")), chromedp.Click(id("sound-button")), chromedp.Click(id("mute-button")))
	f.say(message{"type": "role", "call": call, "role": "Presenter"})
	f.say(room(call))
	eventually(ctx, t, `document.querySelectorAll('[data-testid="lobby-person"]').length === 2`)
	do(ctx, t, chromedp.Click(id("hold-button")))
	eventually(ctx, t, inState("LocalHold"))
	shoot("7-lobby")
	f.say(message{"type": "state", "call": call, "state": "Connected"})
	f.say(message{"type": "state", "call": call, "state": "InLobby"})
	f.say(message{"type": "role", "call": call, "role": "Attendee"})
	f.say(message{"type": "roster", "call": call, "serverCallId": "s", "participants": []any{}})
	do(ctx, t, chromedp.WaitVisible(id("waiting")))
	eventually(ctx, t, `document.querySelectorAll('.level .lit').length > 2`)
	shoot("8-waiting")
	do(ctx, t, chromedp.Click(id("hangup-button")), chromedp.WaitVisible(id("ended-view")), chromedp.Click(id("done-button")))
	do(ctx, t, chromedp.SendKeys(id("group-input"), "123 456 789 012"), chromedp.WaitVisible(id("passcode-input")))
	shoot("9-meeting")
}

// people is a roster of these.
func people(call any, who ...string) message {
	known := map[string]message{
		"menu":         {"identifier": message{"rawId": "menu"}, "displayName": "Menu", "isSpeaking": true},
		"echo":         {"identifier": message{"rawId": "echo"}, "displayName": "Echo"},
		"grace":        {"identifier": message{"rawId": "8:acs:r_grace"}, "displayName": "Grace Hopper", "isSpeaking": true},
		"kay":          {"identifier": message{"rawId": "8:acs:r_kay"}, "displayName": "Kay McNulty", "isMuted": true},
		"+14255550123": {"identifier": message{"rawId": "4:+14255550123"}, "displayName": "+1 425 555 0123", "state": "Ringing"},
	}
	var list []any
	for _, name := range who {
		m := message{"participantId": name, "state": "Connected"}
		for k, v := range known[name] {
			m[k] = v
		}
		list = append(list, m)
	}
	return message{"type": "roster", "call": call, "serverCallId": "s", "participants": list}
}
