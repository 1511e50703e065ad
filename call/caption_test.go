package call_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Caption has the phone show it.
func (l *phone) Caption(c call.Caption) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.captions = append(l.captions, string(c.Identity)+": "+c.Text)
}

// captioned takes the captions since the last time.
func (l *phone) captioned() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.captions
	l.captions = nil
	return append([]string{}, list...)
}

func TestACaptionIsShownToThoseWhoHearWhoSpeaks(t *testing.T) {
	inHouse(t, func(h *house) {
		alices, bobs, cn := h.conference()
		stages := make(chan *call.Stage, 1)
		op := until("captions", 0)
		op.Beside, op.Run = true, func(ctx context.Context, s *call.Stage) call.Event {
			stages <- s
			<-ctx.Done()
			return done{"captions"}
		}
		h.want(cn.Start(h.Context(), op), nil)
		s := <-stages
		says := func(l *phone, who identity.ID, text string) {
			s.Caption(call.Caption{ID: l.p.ID(), Identity: who, Text: text, Final: true})
			synctest.Wait()
		}
		says(alices, alice, "hello")
		h.want([][]string{alices.captioned(), bobs.captioned()}, [][]string{{string(alice) + ": hello"}, {string(alice) + ": hello"}})
		// Only the application hears Bob from now on.
		pairs := []call.Pair{{Listener: bob, Speaker: alice}}
		h.want(cn.Route(h.Context(), call.Routing{Preset: call.HearPairs, Pairs: pairs}, call.Reference{}), nil)
		says(bobs, bob, "a secret")
		says(alices, alice, "what?")
		h.want(alices.captioned(), []string{string(alice) + ": what?"})
		h.want(bobs.captioned(), []string{string(bob) + ": a secret", string(alice) + ": what?"})
		h.want(cn.Leave(h.Context()), nil)
	})
}
