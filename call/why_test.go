package call_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
)

// why is what is said of the only call.
func (h *house) why() call.Explanation {
	h.book.mu.Lock()
	defer h.book.mu.Unlock()
	return call.Explain(h.book.records)
}

func (h *house) because(kinds ...string) {
	h.Helper()
	e := h.why()
	var story []string
	for _, b := range e.Because {
		story = append(story, b.Kind+": "+b.What)
	}
	at := 0
	for _, line := range story {
		if at < len(kinds) && strings.Contains(line, kinds[at]) {
			at++
		}
	}
	if at < len(kinds) {
		h.Errorf("%q is missing in\n%s\n%s", kinds[at], e.Summary, strings.Join(story, "\n"))
	}
}

func TestACallThatGoesOnSaysSo(t *testing.T) {
	inHouse(t, func(h *house) {
		h.answered()
		h.want(h.why().Ended, false)
	})
}

func TestALostPeerIsFoundFromTheEndBack(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, _ := h.answered()
		leg.p.Lost()
		h.pass(121 * time.Second)
		h.because("end: The call ended: 410/3112", "timer: The reconnect time-out of "+string(alice)+" ran out after 120 s.",
			"network: No packets came from "+string(alice), "Connected", "start: ")
	})
}

func TestWhatAnApplicationDidIsFoundFromTheEndBack(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.want(cn.Terminate(h.Context()), nil)
		synctest.Wait()
		h.because("end: ", "action: An application asked: terminate", "invitation: ")
		if s := h.why().Summary; !strings.Contains(s, "terminate") {
			h.Errorf("summary: %s", s)
		}
	})
}

func TestNobodyAnsweringIsFoundFromTheEndBack(t *testing.T) {
	inHouse(t, func(h *house) {
		h.offer(alice, bob)
		h.pass(86 * time.Second)
		h.because("end: The call ended: 487/10004", "timer: The invitation time-out of "+string(bob), "invitation: ")
	})
}
