package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/measure"
)

func TestThreeWhoCameByOneRequestHearTheOthersAndNotThemselves(t *testing.T) {
	s := serve(t)
	tones := []int{440, 620, 870}
	var all []*passer
	for i, hz := range tones {
		p := s.pass(t)
		p.come(fmt.Sprintf("team?name=guest%d", i))
		p.sing(hz)
		all = append(all, p)
	}
	all[2].next(time.Second) // until everybody is heard
	for _, p := range all {
		p.tape.forget()
	}
	for i, p := range all {
		p.lasts(4 * time.Second)
		heard := p.tape.copied()
		own := measure.ToneLevel(heard, rate, float64(tones[i]))
		t.Logf("%d Hz hears itself at %.1f dBFS", tones[i], own)
		for j, hz := range tones {
			if level := loudest(heard, float64(hz)); j != i && (level < audible || level-own < 45) {
				t.Errorf("%d Hz hears %d Hz at %.1f dBFS, and itself at %.1f", tones[i], hz, level, own)
			}
		}
	}
	for _, p := range all {
		p.goAway()
	}
	within(t, 5*time.Second, "the call is over", s.empty)
}

// loudest is the level of a tone in the half second in which it is loudest: a
// frame that comes late shifts a tone, which in a longer time cancels itself.
func loudest(heard sound, hz float64) float64 {
	level := math.Inf(-1)
	for part := range slices.Chunk(heard, rate/2) {
		level = max(level, measure.ToneLevel(part, rate, hz))
	}
	return level
}

func TestARestartOfICEIsHardlyHeard(t *testing.T) {
	s := serve(t)
	a, b := s.pass(t), s.pass(t)
	a.come("team?name=a")
	b.come("team?name=b")
	a.sing(440)
	b.sing(620)
	a.next(time.Second)
	b.next(time.Second)
	for range 3 {
		a.restart()
		a.lasts(a.tape.length() + time.Second)
	}
	b.lasts(4 * time.Second)
	for hz, p := range map[float64]*passer{620: a, 440: b} {
		heard := p.tape.copied()
		if gap := heard.longestGap(); gap > 2*time.Second {
			t.Errorf("%.0f Hz is not heard for %v", hz, gap)
		} else {
			t.Logf("%.0f Hz: the longest gap is %v", hz, gap)
		}
		if level := loudest(p.next(time.Second), hz); level < audible {
			t.Errorf("%.0f Hz is at %.0f dBFS after the restarts", hz, level)
		}
	}
}

func TestARoomIsEnteredByOneRequestAsItsListSays(t *testing.T) {
	h := openHouse(t)
	presenter, consumer, stranger := h.newUser(), h.newUser(), h.newUser()
	room := h.newRoom(nil, map[string]call.Role{presenter.id: call.Presenter, consumer.id: call.Consumer}).ID
	h.pass(stranger).refused(room, http.StatusForbidden)
	h.pass(stranger).refused("99999999999999999", http.StatusNotFound)
	p, c := h.pass(presenter), h.pass(consumer)
	p.come(room)
	c.come(room)
	p.sing(440)
	c.sing(620)
	c.next(time.Second)
	heard := p.next(time.Second)
	if level := measure.LevelDBFS(heard); level > audible {
		t.Errorf("the consumer is heard at %.0f dBFS", level)
	}
	isTone(t, "the consumer", c.next(time.Second), 440, 620)
	if role := h.member(room, consumer.id).Role; role != call.Consumer {
		t.Errorf("the consumer is a %s", role)
	}
}

func TestWhoIsReturnedToTheLobbyHearsNothingUntilAdmitted(t *testing.T) {
	h := openHouse(t)
	presenter, waiting := h.newUser(), h.newUser()
	room := h.newRoom(nil, map[string]call.Role{presenter.id: call.Presenter, waiting.id: call.Attendee}).ID
	p, w := h.pass(presenter), h.pass(waiting)
	p.come(room)
	p.sing(440)
	w.come(room)
	w.sing(620)
	isTone(t, "whoever waits", w.next(time.Second), 440)
	h.lobby(room, "return", waiting)
	p.next(500 * time.Millisecond) // what was under way
	w.tape.forget()
	if level := measure.LevelDBFS(p.next(time.Second)); level > audible {
		t.Errorf("whoever waits is heard at %.0f dBFS", level)
	}
	if heard := w.tape.copied(); len(heard) > 0 && measure.LevelDBFS(heard) > audible {
		t.Errorf("%v of sound came to the lobby", seconds(len(heard)))
	}
	h.lobby(room, "admit", waiting)
	isTone(t, "whoever was admitted", w.next(time.Second), 440)
}

// lobby does something about somebody at the door of a room.
func (h *house) lobby(room, what string, u user) {
	h.t.Helper()
	h.rest(http.StatusNoContent, http.MethodPost, "/rooms/"+room+"/lobby/:"+what+roomsAPI, map[string]any{
		"participants": []any{map[string]any{"rawId": u.id}},
	})
}

func TestACallThatIsFullTakesNobodyByOneRequestEither(t *testing.T) {
	cfg := settings(t)
	cfg.MaxParticipants = 2
	s := serveWith(t, cfg)
	a, b := s.pass(t), s.pass(t)
	a.come("team?name=a")
	b.come("team?name=b")
	s.pass(t).refused("team?name=c", http.StatusForbidden)
	b.goAway()
	s.pass(t).come("team?name=c")
}

func TestOnlyThisMachineNeedsNoToken(t *testing.T) {
	s := serve(t)
	p := s.pass(t)
	p.refused("team?name=a", http.StatusUnauthorized, "Host", "rebound.example")
	p.refused("team?name=a", http.StatusForbidden, "Origin", "https://elsewhere.example")
	h := openHouse(t)
	h.pass(user{}).refused("team?name=a", http.StatusUnauthorized)
}

func TestHundredsWhoComeAndGoLeaveNothingBehind(t *testing.T) {
	s := serve(t)
	for range 40 {
		var group sync.WaitGroup
		for i := range 5 {
			p := s.pass(t)
			group.Go(func() {
				p.come(fmt.Sprintf("team?name=%d", i))
				p.goAway()
			})
		}
		group.Wait()
	}
	within(t, 10*time.Second, "the calls are over", s.empty)
}

func TestAPageNeedsNoMoreThanTheExample(t *testing.T) {
	s := serve(t)
	code, err := os.ReadFile("../../docs/examples/whip/join.js")
	must(t, err)
	page, err := os.ReadFile("../../docs/whip.md")
	must(t, err)
	if !strings.Contains(string(page), "```js\n"+string(code)+"```") {
		t.Error("the page shows another example")
	}
	module, err := json.Marshal(string(code))
	must(t, err)
	p := s.pass(t)
	p.come("team?name=program")
	p.sing(620)
	tab := browse(t, s.page+"/healthz", 440)
	run[bool](tab, fmt.Sprintf(`(async () => {
		const { join } = await import(URL.createObjectURL(new Blob([%s], { type: 'text/javascript' })));
		const microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
		window.joined = join('team', { name: 'page', microphone, hear: () => {} });
		await joined;
		ears.mark('joined');
		return true;
	})()`, module))
	isTone(t, "the page", tab.heard("joined", 4*time.Second).between(time.Second, 4*time.Second), 620, 440)
	isTone(t, "the program", p.next(2*time.Second), 440, 620)
	run[bool](tab, "joined.then((leave) => leave()).then(() => true)")
	p.goAway()
	within(t, 5*time.Second, "the call is over", s.empty)
}
