package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	warned   = "[data-testid=call-warning][data-diagnostic=speakingWhileMicrophoneIsMuted]"
	speaking = "[data-testid=person][data-speaking=true][data-muted=false]"
	muted    = "[data-testid=person][data-speaking=false][data-muted=true]"
)

// TestThePageShowsWhoSpeaksAndThatOneIsMuted has two people in a group call
// whose microphones never fall silent.
func TestThePageShowsWhoSpeaksAndThatOneIsMuted(t *testing.T) {
	s := serve(t)
	alice, bob := gather(t, s, "Alice", 440), gather(t, s, "Bob", 620)
	alice.shows(speaking)
	bob.shows(speaking)
	alice.shows("[data-testid=quality-send][data-quality=good]")
	alice.shows("[data-testid=quality-receive][data-quality=good]")

	alice.do(chromedp.Click(control("mute-button")))
	alice.shows(warned)
	bob.shows(muted)
	alice.shows(speaking)
	if run[bool](bob, "document.querySelector('[data-diagnostic]') !== null") {
		t.Error("Bob, who is not muted, is warned as well")
	}

	alice.do(chromedp.Click(chromedp.CSS(warned + " button")))
	alice.do(chromedp.WaitNotPresent(chromedp.CSS(warned)))
	bob.shows(speaking)
}

// gather opens the page in a browser of its own and joins a group.
func gather(t *testing.T, s server, name string, hz int) *tab {
	t.Helper()
	p := browse(t, s.page, hz)
	p.do(
		chromedp.SendKeys(control("name-input"), name),
		chromedp.Click(control("continue-button")),
		chromedp.SendKeys(control("group-input"), "talk"),
		chromedp.Click(control("join-group-button")),
	)
	p.shows("[data-testid=call-state][data-state=Connected]")
	return p
}

// shows waits until the page shows something.
func (p *tab) shows(selector string) {
	p.t.Helper()
	p.do(chromedp.WaitVisible(chromedp.CSS(selector)))
}
