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
	echo := heard.between(began, began+10*time.Second)
	isTone(t, "the caller", echo, 440)
	gap := echo.longestGap()
	if gap > 60*time.Millisecond {
		t.Errorf("the echo has a gap of %v", gap)
	}
	t.Logf("heard after %v, longest gap %v", began, gap)
	p.do(
		chromedp.Click(control("hangup-button")),
		chromedp.WaitVisible(control("ended-view")),
	)
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
