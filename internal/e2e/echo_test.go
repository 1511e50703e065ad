package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// watchCall marks every state that the softphone shows.
const watchCall = `new MutationObserver(() => {
	const state = document.querySelector('[data-testid=call-state]')?.dataset.state;
	if (state) ears.mark(state);
}).observe(document, { subtree: true, childList: true, attributes: true }); true`

func TestTheEchoBotSaysBackWhatABrowserSays(t *testing.T) {
	s := serve(t)
	p := browse(t, s.page, 440)
	run[bool](p, watchCall)
	p.do(
		chromedp.SendKeys(control("name-input"), "Alice"),
		chromedp.Click(control("continue-button")),
		chromedp.Click(control("bot-echo")),
		chromedp.WaitVisible(chromedp.CSS("[data-testid=call-state][data-state=Connected]")),
	)
	heard := p.heard("Connected", 11*time.Second)
	began, ok := heard.begins()
	if !ok || began > time.Second {
		t.Fatalf("sound begins after %v (%v), want within 1 s of Connected", began, ok)
	}
	isTone(t, "the caller", heard.between(began, began+10*time.Second), 440)
	if gap := p.smoothest(began); gap > 60*time.Millisecond {
		t.Errorf("in each ten seconds of the echo is a gap, the shortest is %v", gap)
	}
	p.do(
		chromedp.Click(control("hangup-button")),
		chromedp.WaitVisible(control("ended-view")),
	)
}

// smoothest listens for ten seconds, and for another ten if it heard a gap: a
// machine that does other things at the same time may keep the browser from its
// sound for a moment, a server that leaves gaps leaves them everywhere. It
// returns the longest gap of the best ten seconds.
func (p *tab) smoothest(began time.Duration) time.Duration {
	p.t.Helper()
	const part, parts = 10 * time.Second, 3
	best := part
	for from := began; from < began+parts*part && best > 60*time.Millisecond; from += part {
		gap := p.heard("Connected", from+part).between(from, from+part).longestGap()
		p.t.Logf("from %v on the longest gap is %v", from, gap)
		best = min(best, gap)
	}
	return best
}

// control finds what the softphone's authors named for tests.
func control(testid string) chromedp.CSS {
	return chromedp.CSS("[data-testid=" + testid + "]")
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatalf("in the page: %v", err)
	}
}
